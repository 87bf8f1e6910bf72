/* One process, one thread: what everything else is measured against.
 *
 *   make run LAB=08                              adds up 0 .. 99,999,999
 *   make run LAB=08 ARGS="--what values"         11 tasks of 1 s in a loop: 11 s, one PID
 *   make run LAB=08 ARGS="--what values --n 3"
 *
 * Compare with the same values in a process each (LAB=02) and on a pool (LAB=03), and with the
 * same sum on several threads (LAB=07) and on threads that share a lock (LAB=09). */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "08-serial/serial.h"
#include "common/clock.h"
#include "common/program/language.h"
#include "common/program/lines.h"
#include "common/program/options.h"
#include "common/program/traced.h"

enum { MOST_VALUES = 10000 };
enum { VALUES, SUM };

static int run_values(long n, const char *trace)
{
    static long values[MOST_VALUES], results[MOST_VALUES];
    task_fn *task = traced_begin(trace, task_line_then_wait, (size_t)n);
    int64_t begin = clock_wall();

    for (long i = 0; i < n; i++)
        values[i] = i + 1;
    if (serial_map(task, values, results, (size_t)n, 1)) {
        perror("serial_map");
        return EXIT_FAILURE;
    }
    if (line_run_time(clock_wall() - begin)) {
        perror("write");
        return EXIT_FAILURE;
    }
    if (traced_end("serial_map")) {
        perror("--trace");
        return EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}

static int run_sum(long n)
{
    int64_t begin = clock_wall(), took;
    long sum;

    if (serial_sum(term_identity, n, &sum)) {
        perror("serial_sum");
        return EXIT_FAILURE;
    }
    took = clock_wall() - begin;
    if (line_result(sum) || line_run_time(took)) {
        perror("write");
        return EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
    static const char *const kinds[] = {"values", "sum", NULL};
    const char *trace = NULL;
    long n = -1, task_ms = 1000;
    int what = SUM;
    const struct option_row rows[] = {
        {.name = "what",
         .help = "values: print each and wait; sum: add up 0 .. n - 1 (sum)",
         .kind = OPTION_CHOICE,
         .target = &what,
         .choices = kinds},
        OPTION_ROW_N(&n, "how many values (11), or how many numbers (100000000)", MOST_TERMS),
        OPTION_ROW_TASK_MS(&task_ms),
        {.name = "trace",
         .help = "values: also write when each was worked on to this file, for ui.perfetto.dev",
         .kind = OPTION_TEXT,
         .target = &trace},
    };

    options_parse("Runs everything in one process, one thing after the other.", rows,
                  sizeof rows / sizeof rows[0], argc, argv);
    if (what == SUM)
        return run_sum(n < 0 ? 100000000 : n);
    if (n > MOST_VALUES) {
        fprintf(stderr, tr("%s: --what values wants --n from 0 to %d, not '%ld'\n"),
                program_invocation_short_name, MOST_VALUES, n);
        return BAD_USAGE;
    }
    line_set_task_ms(task_ms);
    return run_values(n < 0 ? 11 : n, trace);
}
