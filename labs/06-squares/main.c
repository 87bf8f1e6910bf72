/* Five named processes print three lines each, and send a square back.
 *
 *   make run LAB=06                              start all, then wait for all: 1 s
 *   make run LAB=06 ARGS="--how one-by-one"      start one, wait, start the next: 5 s
 *   make run LAB=06 ARGS="--trace build/squares.json"    who was there when, for ui.perfetto.dev */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "06-squares/squares.h"
#include "common/clock.h"
#include "common/program/lines.h"
#include "common/program/options.h"
#include "common/program/traced.h"
#include "common/tasks.h"
#include "common/trace.h"

enum { MOST = 1000, ONE_BY_ONE = 0, TOGETHER = 1 };

/* Set before a child is made. */
static long task_ms = 1000;

static void delay(long value)
{
    trace_begin();
    task_wait(task_ms, &value);
    trace_end();
}

int main(int argc, char **argv)
{
    static const char *const ways[] = {"one-by-one", "together", NULL};
    static long values[MOST], squares[MOST];
    long n = 5;
    const char *trace = NULL;
    int how = TOGETHER, failed;
    const struct option_row rows[] = {
        {.name = "how",
         .help = "one-by-one or together (the default)",
         .kind = OPTION_CHOICE,
         .target = &how,
         .choices = ways},
        OPTION_ROW_N(&n, "how many processes (5)", MOST),
        OPTION_ROW_TASK_MS(&task_ms),
        OPTION_ROW_TRACE(&trace),
    };
    int64_t begin;

    options_parse("Squares numbers in named processes.", rows, sizeof rows / sizeof rows[0], argc,
                  argv);
    for (long i = 0; i < n; i++)
        values[i] = i + 1;
    traced_open(trace);
    traced_start((size_t)n);
    begin = clock_wall();
    failed = how == TOGETHER ? squares_together(values, squares, (size_t)n, STDOUT_FILENO, delay)
                             : squares_one_by_one(values, squares, (size_t)n, STDOUT_FILENO, delay);
    if (failed || line_run_time(clock_wall() - begin)) {
        perror(how == TOGETHER ? "squares_together" : "squares_one_by_one");
        return EXIT_FAILURE;
    }
    if (traced_end(how == TOGETHER ? "squares_together" : "squares_one_by_one")) {
        perror("--trace");
        return EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}
