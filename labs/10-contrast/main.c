/* The contrast: the same tasks through five engines, with and without a global lock. */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "10-contrast/json.h"
#include "10-contrast/report.h"
#include "10-contrast/verdict.h"
#include "common/program/language.h"
#include "common/program/machine.h"
#include "common/program/options.h"
#include "common/program/outfile.h"
#include "common/program/paragraph.h"
#include "common/program/passive.h"
#include "common/program/progress.h"
#include "common/program/sentence.h"
#include "common/program/team.h"
#include "common/program/traced.h"
#include "common/program/tracefile.h"

enum { MOST_BY_DEFAULT = 8, MOST_WORKERS = 128, COMPUTING = 0, WAITING, WORKLOADS };

struct settings {
    int workers; /* of the computing workload */
    int rounds;
    int quick;
    int waits;
    int step;
    const char *json;  /* NULL: write none */
    const char *trace; /* NULL: write none */
};

/* What the whole experiment leaves. */
struct experiment {
    struct workload works[WORKLOADS];
    char says[WORKLOADS][VERDICT_SIZE]; /* "" without figures */
    struct tracefile *trace;            /* may be NULL */
    bool step;                          /* wait for Enter after each part */
};

/* What is being timed. */
struct phase {
    const char *name;
    int rounds;
};

static void show_progress(void *context, size_t engine, int round)
{
    const struct phase *phase = context;

    progress_show(phase->name, "round %d of %d, %s", round + 1, phase->rounds,
                  engines[engine].name);
}

/* A file opened while descriptor 1 is closed would become standard output, and receive the report.
 * A descriptor that cannot be written to takes its place, so that the report fails as it should. */
static void fill_standard_streams(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) == -1)
            open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

static void read_settings(struct settings *settings, int argc, char **argv)
{
    const struct option_row rows[] = {
        {.name = "workers",
         .help = "how many workers compute at once (one for each CPU, but 2 to 8)",
         .kind = OPTION_INT,
         .target = &settings->workers,
         .min = 1,
         .max = MOST_WORKERS},
        {.name = "rounds",
         .help = "how often each engine is timed (3)",
         .kind = OPTION_INT,
         .target = &settings->rounds,
         .min = 1,
         .max = 1000},
        {.name = "quick",
         .help = "a smaller sum, for a quick look",
         .kind = OPTION_FLAG,
         .target = &settings->quick},
        {.name = "waits",
         .help = "the waiting tasks just wait, and ask no server",
         .kind = OPTION_FLAG,
         .target = &settings->waits},
        {.name = "step",
         .help = "wait for Enter between table, timelines and what they say",
         .kind = OPTION_FLAG,
         .target = &settings->step},
        {.name = "json",
         .help = "also write the figures to this file",
         .kind = OPTION_TEXT,
         .target = &settings->json},
        OPTION_ROW_TRACE(&settings->trace),
    };

    options_parse("Times the same tasks under five engines, with and without a global lock.", rows,
                  sizeof rows / sizeof rows[0], argc, argv);
    if (settings->workers == 0) {
        int cpus = machine_cpus();

        settings->workers = cpus < 2 ? 2 : cpus > MOST_BY_DEFAULT ? MOST_BY_DEFAULT : cpus;
    }
}

/* Says what failed, with errno. */
static int fail(const char *what, const char *which)
{
    fprintf(stderr, "%s: %s '%s': %s\n", program_invocation_short_name, tr(what), which,
            strerror(errno));
    return EXIT_FAILURE;
}

static void go_on(const struct experiment *all, const struct terminal *terminal)
{
    if (all->step)
        terminal_wait_for_enter(terminal);
}

/* Times all engines on one workload and prints what came of it. Returns 0, or the errno with which
 * contrast_run failed, and which is then every engine's. */
static int measure(struct experiment *all, struct workload *work, int rounds,
                   const struct terminal *terminal)
{
    struct phase phase = {.name = work->name, .rounds = rounds};
    const struct contrast_plan plan = {
        .task = work->task,
        .in = work->in,
        .n = work->n,
        .workers = work->workers,
        .rounds = rounds,
        .wall = clock_wall,
        .cpu = clock_cpu,
        .progress = show_progress,
        .context = &phase,
    };
    int error;

    workload_begin(work, false);
    error = contrast_run(&plan, engines, ENGINES, work->rows) ? errno : 0;
    progress_clear();
    if (error) {
        for (int i = 0; i < ENGINES; i++)
            work->rows[i] = (struct contrast_row){.error = error};
        return error;
    }
    report_table(terminal, work);
    fflush(stdout);
    go_on(all, terminal);
    report_timelines(terminal, work, all->trace);
    go_on(all, terminal);
    return 0;
}

static void print_verdicts(const struct terminal *terminal, struct experiment *all)
{
    verdict_computing(&all->works[COMPUTING], machine_cpus(), all->says[COMPUTING]);
    verdict_waiting(&all->works[WAITING], all->says[WAITING]);
    report_heading(terminal, "on this run", "");
    for (int w = 0; w < WORKLOADS; w++) {
        char *says = sentence_translated(all->says[w]);

        printf("  ");
        paragraph_print(stdout, says, 2, 80);
        free(says);
    }
    putchar('\n');
    for (const char *const *line = verdict_go_on; *line; line++)
        printf("  %s\n", tr(*line));
}

/* The whole experiment. Returns the exit status. */
static int contrast(struct experiment *all, int rounds)
{
    struct terminal terminal = terminal_look(stdout);
    int error = 0, status = EXIT_SUCCESS;
    char model[60];

    machine_model(model, sizeof model);
    puts(tr("The same tasks through five engines, with and without a global lock."));
    printf(tr("%s, %d usable CPU%s; best of %d round%s\n"), model, machine_cpus(),
           machine_cpus() == 1 ? "" : "s", rounds, rounds == 1 ? "" : "s");
    fflush(stdout);
    for (int w = 0; w < WORKLOADS; w++) {
        error = measure(all, &all->works[w], rounds, &terminal);
        for (int i = 0; i < ENGINES; i++)
            if (engine_problem(all->works[w].rows, i))
                status = EXIT_FAILURE;
    }
    if (error)
        fprintf(stderr, "%s: contrast_run: %s\n", program_invocation_short_name,
                tr(engine_error(error)));
    else
        print_verdicts(&terminal, all);
    return status;
}

int main(int argc, char **argv)
{
    struct settings settings = {.rounds = 3};
    struct experiment all = {.trace = NULL};
    int json = -1, failed, status;

    fill_standard_streams();
    passive_restart(argv);
    read_settings(&settings, argc, argv);
    if (settings.json && (json = outfile_open(settings.json)) == -1) {
        fail("--json", settings.json);
        return BAD_USAGE;
    }
    if (settings.trace && !(all.trace = tracefile_open(settings.trace))) {
        fail("--trace", settings.trace);
        return BAD_USAGE;
    }
    progress_show("computing", "looking how fast this machine is");
    failed = workload_computing(&all.works[COMPUTING], settings.workers, settings.quick);
    progress_clear();
    if (failed || workload_waiting(&all.works[WAITING], settings.waits))
        return fail("no room for", "tasks");
    team_warn(settings.workers < all.works[WAITING].workers ? all.works[WAITING].workers
                                                            : settings.workers);

    all.step = settings.step;
    status = contrast(&all, settings.rounds);
    if (settings.json && json_write(json, all.works, all.says, WORKLOADS, settings.rounds))
        status = fail("--json", settings.json);
    if (tracefile_close(all.trace))
        status = fail("--trace", settings.trace);
    for (int w = 0; w < WORKLOADS; w++)
        workload_free(&all.works[w]);
    if (fflush(stdout) || ferror(stdout)) {
        fprintf(stderr, tr("%s: the report could not be written\n"), program_invocation_short_name);
        status = EXIT_FAILURE;
    }
    return status;
}
