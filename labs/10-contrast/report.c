#include "10-contrast/report.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/program/language.h"
#include "common/program/machine.h"
#include "common/program/paragraph.h"
#include "common/program/sentence.h"
#include "common/program/timeline.h"
#include "common/trace.h"

enum {
    NAME_WIDTH = 12,
    BAR_WIDTH = 18,
    TIMELINE_COLUMNS = 60,
    TIMELINE_ROWS = 8,
    LARGE_SPREAD = 15,     /* percent: a slowest round that took even longer is mentioned */
    TRACE_SPARE = 1 << 16, /* room for events that come from the lock's turns */
};

/* "503 ms", "1.72 ms", "12.3 s". */
static const char *time_text(int64_t ns, char text[16])
{
    double ms = (double)ns / NS_PER_MS;

    if (ms < 10)
        snprintf(text, 16, "%.2f ms", ms);
    else if (ms < 10000)
        snprintf(text, 16, "%.0f ms", ms);
    else
        snprintf(text, 16, "%.1f s", ms / 1000);
    return text;
}

/* A bar for `share` (0 to 1) of the full width, and blanks after it. UTF-8 has blocks for eighths
 * of a character. */
static void print_bar(const struct terminal *terminal, double share, const char *sgr)
{
    static const char *const eighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
    int length = (int)(share * BAR_WIDTH * 8 + 0.5);
    int whole = terminal->utf8 ? length / 8 : (length + 4) / 8;
    int part = terminal->utf8 ? length % 8 : 0;

    fputs(terminal_sgr(terminal, sgr), stdout);
    for (int i = 0; i < whole; i++)
        fputs(terminal->utf8 ? "█" : "#", stdout);
    printf("%s%s%*s", eighths[part], terminal_sgr(terminal, "0"), BAR_WIDTH - whole - (part > 0),
           "");
}

void report_heading(const struct terminal *terminal, const char *name, const char *title)
{
    char *about = sentence_translated(title);

    printf("\n%s", terminal_sgr(terminal, "1"));
    for (name = tr(name); *name; name++)
        putchar(toupper((unsigned char)*name));
    printf("%s%s%s\n\n", *title ? "  " : "", about, terminal_sgr(terminal, "0"));
    free(about);
}

/* One line of the table; `longest` is the time that has the longest bar. */
static void print_row(const struct terminal *terminal, const struct workload *work, int i,
                      int64_t longest)
{
    const struct contrast_row *row = &work->rows[i];
    const char *problem = engine_problem(work->rows, i);
    char wall[16], cpu[16], switches[24] = "-";

    printf("  %-*s", NAME_WIDTH, engines[i].name);
    if (problem) {
        printf("  %s%s%s\n", terminal_sgr(terminal, "31"), tr(problem),
               terminal_sgr(terminal, "0"));
        return;
    }
    if (engines[i].counter)
        snprintf(switches, sizeof switches, "%lu", row->counted);
    printf("  %9s  ", time_text(row->best, wall));
    print_bar(terminal, (double)row->best / (double)longest, row->speedup > 1.2 ? "32" : "33");
    printf("  %7.2f  %8s  %13s\n", row->speedup, time_text(row->cpu, cpu), switches);
}

/* Says which engines' rounds differed much: the table has only the best. */
static void print_spread(const struct workload *work)
{
    char text[256] = "";

    for (int i = 0; i < ENGINES; i++) {
        const struct contrast_row *row = &work->rows[i];
        size_t length = strlen(text);
        char worst[16];

        if (engine_problem(work->rows, i) || row->worst * 100 <= row->best * (100 + LARGE_SPREAD))
            continue;
        snprintf(text + length, sizeof text - length, "%s %s %s",
                 length > 0 ? "," : tr("Not all rounds were as quick; the slowest:"),
                 engines[i].name, time_text(row->worst, worst));
    }
    if (text[0]) {
        printf("\n  ");
        paragraph_print(stdout, text, 2, 80);
    }
}

void report_table(const struct terminal *terminal, const struct workload *work)
{
    int64_t longest = 1;

    for (int i = 0; i < ENGINES; i++)
        if (!engine_problem(work->rows, i) && work->rows[i].best > longest)
            longest = work->rows[i].best;
    report_heading(terminal, work->name, work->title);
    printf(tr("  engine        wall time  %*s  speedup  CPU time  lock switches\n"), BAR_WIDTH, "");
    for (int i = 0; i < ENGINES; i++)
        print_row(terminal, work, i, longest);
    print_spread(work);
}

/* Runs one engine, traced, prints its rows, and adds its events to `file`. Returns 0 or an
 * errno. */
static int print_timeline(const struct timeline *timeline, const struct workload *work, int i,
                          struct tracefile *file)
{
    char name[64];
    long *out = calloc(work->traced_n, sizeof *out);
    const struct trace_event *events;
    size_t count, lost;
    int64_t begin;
    int error = 0;

    if (!out || trace_open(work->traced_n * 8 + TRACE_SPARE)) {
        free(out);
        return ENOMEM;
    }
    begin = clock_wall();
    if (engines[i].map(work->task, work->in, out, work->traced_n, work->workers))
        error = errno;
    events = trace_events(&count, &lost);
    if (!error && timeline_rows(timeline, engines[i].name, work->workers, begin, events, count))
        error = errno;
    snprintf(name, sizeof name, "%s: %s", work->name, engines[i].name);
    if (!error && tracefile_add(file, name, begin, events, count))
        error = errno;
    if (!error && lost > 0)
        printf(tr("  %*s  (%zu events found no room)\n"), NAME_WIDTH, "", lost);
    trace_close();
    free(out);
    return error;
}

void report_timelines(const struct terminal *terminal, const struct workload *work,
                      struct tracefile *file)
{
    struct timeline timeline = {
        .stream = stdout,
        .terminal = terminal,
        .label_width = NAME_WIDTH,
        .columns = TIMELINE_COLUMNS,
        .length = work->window_ms * NS_PER_MS,
        .most_rows = TIMELINE_ROWS,
    };

    printf(
        work->traced.slices > 0
            ? tr("\n  The first %ld ms of one more, shorter run, not timed. A row is a worker:\n")
            : tr("\n  The first %ld ms of one more run, not timed. A row is a worker:\n"),
        work->window_ms);
    timeline_legend(&timeline);
    putchar('\n');
    workload_begin(work, true);
    for (int i = 0; i < ENGINES; i++) {
        int error = work->rows[i].error;

        if (!error)
            error = print_timeline(&timeline, work, i, file);
        if (error)
            printf("  %-*s     %s\n", NAME_WIDTH, engines[i].name, tr(engine_error(error)));
        fflush(stdout);
    }
    timeline_axis(&timeline);
    if (work->traced.slices > 0 && work->workers > machine_cpus())
        printf(
            tr("\n  There are more workers than CPUs: a row that computes may wait for a CPU.\n"));
    fflush(stdout);
}
