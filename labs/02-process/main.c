/* A new process for every task: each line below comes from another process. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "02-process/process_map.h"
#include "common/clock.h"
#include "common/program/lines.h"
#include "common/program/options.h"
#include "common/program/traced.h"

int main(int argc, char **argv)
{
    long n = 11, task_ms = 1000;
    int workers = 0;
    const char *trace = NULL;
    task_fn *task;
    const struct option_row rows[] = {
        OPTION_ROW_N(&n, "how many values, each in a process of its own (11)", 1000),
        OPTION_ROW_WORKERS(&workers, "how many processes at once (all)"),
        OPTION_ROW_TASK_MS(&task_ms),
        OPTION_ROW_TRACE(&trace),
    };
    long values[1000], results[1000];
    int64_t begin;

    options_parse("Runs every task in a new process.", rows, sizeof rows / sizeof rows[0], argc,
                  argv);
    for (long i = 0; i < n; i++)
        values[i] = i + 1;
    line_set_task_ms(task_ms);
    if (workers == 0)
        workers = n > 0 ? (int)n : 1;

    task = traced_begin(trace, task_line_then_wait, (size_t)n);
    begin = clock_wall();
    if (process_map(task, values, results, (size_t)n, workers)) {
        fprintf(stderr, "process_map: %s\n", strerror(errno));
        return EXIT_FAILURE;
    }
    line_run_time(clock_wall() - begin);
    line_cores();
    if (traced_end("process_map")) {
        fprintf(stderr, "--trace: %s\n", strerror(errno));
        return EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}
