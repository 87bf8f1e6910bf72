/* The fifth powers of a few numbers, each of which takes a while to work out, as a list.
 *
 *   make run LAB=04                              1 .. 12 on a pool of 6: 2 rounds of 1 s
 *   make run LAB=04 ARGS="--how single"          0 .. 11 in one process: 12 s
 *   make run LAB=04 ARGS="--workers 3"           4 rounds
 *   make run LAB=04 ARGS="--from 6200"           does it still fit in a long? */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "04-fifth-powers/powers.h"
#include "common/clock.h"
#include "common/program/lines.h"
#include "common/program/options.h"
#include "common/program/traced.h"
#include "common/tasks.h"

enum { MOST = 1000, SINGLE = 0, MULTI = 1 };

/* Set before a worker is made. */
static long task_ms = 1000;

/* Says where it runs, takes its time, and works out the power. */
static int announced_power(long in, long *out)
{
    long waited;

    if (line_print("value %ld is in PID : %ld", in, (long)getpid()))
        return EIO;
    task_wait(task_ms, &waited);
    return fifth_power(in, out);
}

int main(int argc, char **argv)
{
    static const char *const ways[] = {"single", "multi", NULL};
    static long values[MOST], results[MOST];
    static char list[MOST * 24];
    const char *trace = NULL;
    long n = 12, from = -1;
    int how = MULTI, workers = 6, failed;
    const struct option_row rows[] = {
        {.name = "how",
         .help = "single (one process) or multi (a pool; the default)",
         .kind = OPTION_CHOICE,
         .target = &how,
         .choices = ways},
        OPTION_ROW_N(&n, "how many numbers (12)", MOST),
        {.name = "from",
         .help = "the first number (single: 0, multi: 1)",
         .kind = OPTION_LONG,
         .target = &from,
         .min = 0,
         .max = 1000000000},
        OPTION_ROW_WORKERS(&workers, "how many processes (6)"),
        OPTION_ROW_TASK_MS(&task_ms),
        OPTION_ROW_TRACE(&trace),
    };
    task_fn *task;
    int64_t begin;

    options_parse("Fifth powers from one process, or from a pool.", rows,
                  sizeof rows / sizeof rows[0], argc, argv);
    for (long i = 0; i < n; i++)
        values[i] = i + (from >= 0 ? from : how);
    task = traced_begin(trace, announced_power, (size_t)n);
    begin = clock_wall();
    failed = how == SINGLE ? single_pool(task, values, results, (size_t)n)
                           : multi_pool(task, values, results, (size_t)n, workers);
    if (failed) {
        perror(how == SINGLE ? "single_pool" : "multi_pool");
        return EXIT_FAILURE;
    }
    begin = clock_wall() - begin;
    if (list_format(results, (size_t)n, list, sizeof list) == -1 || puts(list) == EOF ||
        fflush(stdout) || line_run_time(begin)) {
        perror("list_format");
        return EXIT_FAILURE;
    }
    if (traced_end(how == SINGLE ? "single_pool" : "multi_pool")) {
        perror("--trace");
        return EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}
