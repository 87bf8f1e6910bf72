/* The judge behind `make grade`: see tests/README.md for what it trusts and what it does not. Run
 * it from the top folder. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/program/language.h"
#include "common/program/machine.h"
#include "common/program/options.h"
#include "common/program/progress.h"
#include "common/program/sentence.h"
#include "tests/judge/files.h"
#include "tests/judge/grade.h"
#include "tests/judge/hints.h"
#include "tests/judge/paths.h"
#include "tests/judge/report.h"
#include "tests/judge/results.h"
#include "tests/judge/run.h"
#include "tests/judge/sandbox.h"
#include "tests/judge/subject.h"
#include "tests/judge/surroundings.h"
#include "tests/judge/trial.h"
#include "tests/watch/description.h"

/* Exit statuses. */
enum { FULL_SCORE = 0, LESS = 1, NO_VERDICT = 2 };

struct options {
    const char *build, *src, *labs, *tests, *out, *tree;
    int jobs, hint, full, brief, verbose, first, thorough, no_isolation, isolated, ready, say;
};

/* One call of the judge. */
struct session {
    struct options options;
    struct description build;
    struct grading grading;
    int64_t began_ns;
};

#define TEXT(word, variable, text)                                                                 \
    {                                                                                              \
        .name = word, .help = text, .kind = OPTION_TEXT, .target = (variable)                      \
    }
#define FLAG(word, variable, text)                                                                 \
    {                                                                                              \
        .name = word, .help = text, .kind = OPTION_FLAG, .target = (variable)                      \
    }

static void read_options(struct options *options, int argc, char **argv)
{
    const struct option_row rows[] = {
        TEXT("build", &options->build, "how things are built (build/gcc/build)"),
        TEXT("src", &options->src, "the folder of the labs' folders (labs)"),
        TEXT("labs", &options->labs, "what to grade, as labs/table calls it, with commas"),
        TEXT("tests", &options->tests, "run only these tests, with commas (all)"),
        TEXT("out", &options->out, "where results go (build/grade)"),
        TEXT("tree", &options->tree, "this tree's version, for who knows it; git is asked if not"),
        {.name = "jobs",
         .kind = OPTION_INT,
         .target = &options->jobs,
         .min = 1,
         .max = 64,
         .help = "programs at once (six for each CPU; with clang two)"},
        FLAG("hint", &options->hint, "print the next hint instead of a report"),
        FLAG("full", &options->full, "print nothing; grade only if the source has changed"),
        FLAG("brief", &options->brief, "print a line for each test instead of a report"),
        FLAG("first", &options->first, "show the first failure only"),
        FLAG("verbose", &options->verbose, "show every failure, and name what passed"),
        FLAG("thorough", &options->thorough, "let tests try larger sizes, which take longer"),
        FLAG("no-isolation", &options->no_isolation, "do without namespaces"),
        FLAG("isolated", &options->isolated, "refuse to work where not all is held"),
        FLAG("ready", &options->ready, "only say whether this machine will do"),
        FLAG("say", &options->say, "only say lines of standard input in the reader's language"),
    };

    options_parse("Grades labs.", rows, sizeof rows / sizeof rows[0], argc, argv);
}

static void stop(int signal)
{
    (void)signal;
    grade_stop();
}

static void show(size_t done, size_t all, void *context)
{
    (void)context;
    progress_show("Grading", "%zu of %zu steps", done, all);
}

/* Writes the results so far. Returns 0; or -1, and then there are none. */
static int save(void *context)
{
    const struct session *session = context;

    if (results_write(&session->grading, (double)(clock_wall() - session->began_ns) / NS_PER_S) ==
        0)
        return 0;
    results_remove(&session->grading);
    return -1;
}

/* Tries the machine, decides whether tests run in namespaces, and says what is not bounded. Returns
 * 0; or -1 if nothing can be judged here. */
static int try_machine(struct session *session)
{
    const struct options *options = &session->options;
    struct trial trial;

    if (trial_run(&trial, &session->grading, !options->no_isolation)) {
        fprintf(stderr, "judge: %s\n", trial.lacks);
        return -1;
    }
    session->grading.isolate = trial.isolated;
    session->grading.outer_proc = trial.outer_proc;
    if (options->isolated && !trial_held(&trial)) {
        trial_print_notes(&trial, options->no_isolation);
        fprintf(stderr, "judge: this system does not hold everything; nothing was run\n");
        return -1;
    }
    trial_print_notes(&trial, options->no_isolation);
    return 0;
}

/* Does this call make results of its own, whatever is known already? */
static bool needs_results(const struct options *options)
{
    return !options->ready && !options->hint && !options->full;
}

/* Everything that comes before the first build. Returns 0, or -1 and prints why. */
static int prepare(struct session *session)
{
    const struct options *options = &session->options;
    struct grading *grading = &session->grading;

    if (!options->labs && !options->ready) {
        fprintf(stderr, "judge: --labs is missing\n");
        return -1;
    }
    if (files_make_folder(options->out)) {
        fprintf(stderr, "judge: cannot make %s: %s\n", options->out, strerror(errno));
        return -1;
    }
    *grading = (struct grading){.out = options->out,
                                .src = options->src,
                                .sure = subject_sure(),
                                .version = subject_version(options->tree),
                                .verbose = options->verbose,
                                .first = options->first,
                                .build = &session->build,
                                .build_file = options->build,
                                .thorough = options->thorough,
                                .progress = options->brief ? NULL : show,
                                .lab_done = save,
                                .context = session};
    /* Nobody must take the results of an earlier grading for this one's, whatever goes wrong. */
    if (!surroundings_lock(options->out) || (needs_results(options) && results_remove(grading)))
        return -1;
    if (!options->ready && subject_check_folder(options->src))
        return -1;
    if (!surroundings_limits_suffice() || !surroundings_room_suffices(options->out))
        return -1;
    /* The machine first: where it lacks something, a suite may not even say which tests it has. */
    if (description_read(&session->build, options->build) || try_machine(session))
        return -1;
    if (options->ready)
        return 0;
    if (subject_read(grading, options->labs))
        return -1;
    return options->tests ? subject_choose_tests(grading, options->tests) : 0;
}

/* Grades and saves the results. Returns 0; or -1, and then there are none. */
static int grade_all(struct session *session)
{
    int failed;

    /* What is known about a source that has not changed needs no grading. */
    if ((session->options.hint || session->options.full) &&
        hints_fresh(&session->grading, &session->grading.labs[0]))
        return 0;
    if (results_remove(&session->grading))
        return -1;
    session->grading.at_once = session->options.jobs;
    if (session->options.jobs == 0)
        session->grading.at_once = run_at_once(&session->build) * machine_cpus();
    failed = grade(&session->grading);

    progress_clear();
    if (!failed)
        return save(session) || hints_note(&session->grading) ? -1 : 0;
    results_remove(&session->grading);
    fprintf(stderr, tr("judge: stopped; there is no result\n"));
    return -1;
}

/* Prints what was asked for. Returns 0; or -1 if it cannot be printed. */
static int print_report(const struct session *session)
{
    const struct grading *grading = &session->grading;
    int failed = 0;

    if (session->options.full)
        return 0;
    if (session->options.hint)
        failed = hints_print(grading, &grading->labs[0]);
    else if (session->options.brief)
        report_brief(grading);
    else
        report_print(grading);
    if (failed)
        return -1;
    if (fflush(stdout) || ferror(stdout)) {
        fprintf(stderr, "judge: cannot print the report: %s\n", strerror(errno));
        return -1;
    }
    return 0;
}

static int status_of(const struct session *session)
{
    const struct grading *grading = &session->grading;

    if (session->options.full)
        return hints_full(grading, &grading->labs[0]) ? FULL_SCORE : LESS;
    if (session->options.hint)
        return FULL_SCORE;
    for (size_t i = 0; i < grading->count; i++)
        if (lab_points(&grading->labs[i]) < lab_most(&grading->labs[i]))
            return LESS;
    return FULL_SCORE;
}

/* For programs that show results, which are in English: each line at once, in the language. */
static int say_lines(void)
{
    char *line = NULL;
    size_t room = 0;
    ssize_t length;

    while ((length = getline(&line, &room, stdin)) > 0) {
        char *said;

        line[strcspn(line, "\n")] = '\0';
        said = sentence_translated(line);
        puts(said);
        fflush(stdout);
        free(said);
    }
    free(line);
    return FULL_SCORE;
}

static void free_session(struct session *session)
{
    for (size_t i = 0; i < session->grading.count; i++)
        lab_free(&session->grading.labs[i]);
    free(session->grading.labs);
    table_free(&session->grading.table);
    free((char *)session->grading.following);
    free((char *)session->grading.version);
    description_free(&session->build);
}

int main(int argc, char **argv)
{
    struct session session = {
        .options = {.build = "build/gcc/build", .src = "labs", .out = "build/grade"}};
    int status = NO_VERDICT;

    if (argc > 1 && strcmp(argv[1], TRIAL_WORD) == 0)
        return trial_inside(argc, argv);
    read_options(&session.options, argc, argv);
    if (session.options.say)
        return say_lines();
    surroundings_start_afresh(stop);
    session.began_ns = clock_wall();
    if (prepare(&session) == 0 &&
        (session.options.ready || (grade_all(&session) == 0 && print_report(&session) == 0)))
        status = status_of(&session);
    free_session(&session);
    return status;
}
