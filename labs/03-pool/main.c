/* A pool: a few processes, made once, work through many tasks.
 *
 *   make run LAB=03                      99 tasks of 1 s on 6 workers: how many seconds, and why?
 *   make run LAB=03 ARGS="--chunk 1"     one task at a time: is that quicker?
 *   make run LAB=03 ARGS="--workers 2 --task-ms 50"
 *
 * Watch the values (each worker takes several in a row) and the PIDs (they come round again). */
#include <stdio.h>
#include <stdlib.h>

#include "03-pool/pool.h"
#include "common/clock.h"
#include "common/program/lines.h"
#include "common/program/options.h"
#include "common/program/traced.h"

enum { MOST_VALUES = 10000 };

/* Says why it took so long: how much the busiest worker had to do, one thing after the other.
 * Returns 0, or -1 with errno of write(2). */
static int print_rounds(size_t n, size_t chunk, int workers)
{
    size_t rounds;

    if (n == 0)
        return 0;
    if (chunk == 0)
        chunk = pool_chunk(n, workers);
    if (chunk > n)
        chunk = n;
    rounds = pool_rounds(n, chunk, workers);
    return line_print(
        "Chunks of %zu on %d workers: up to %zu chunks (%zu tasks) one after the other", chunk,
        workers, rounds, rounds * chunk);
}

int main(int argc, char **argv)
{
    long n = 99, task_ms = 1000, chunk = 0;
    int workers = 6;
    const char *trace = NULL;
    task_fn *task;
    const struct option_row rows[] = {
        OPTION_ROW_N(&n, "how many values (99)", MOST_VALUES),
        OPTION_ROW_WORKERS(&workers, "how many processes the pool has (6)"),
        OPTION_ROW_TASK_MS(&task_ms),
        {.name = "chunk",
         .help = "how many values a worker takes at a time (0: CPython's rule)",
         .kind = OPTION_LONG,
         .target = &chunk,
         .min = 0,
         .max = MOST_VALUES},
        OPTION_ROW_TRACE(&trace),
    };
    static long values[MOST_VALUES], results[MOST_VALUES];
    struct pool *pool;
    int64_t begin, took;

    options_parse("Runs many tasks on a pool of few processes.", rows, sizeof rows / sizeof rows[0],
                  argc, argv);
    for (long i = 0; i < n; i++)
        values[i] = i + 1;
    line_set_task_ms(task_ms);

    task = traced_begin(trace, task_line_then_wait, (size_t)n);
    begin = clock_wall();
    pool = pool_open(workers, n > 0 ? (size_t)n : 1);
    if (!pool) {
        perror("pool_open");
        return EXIT_FAILURE;
    }
    if (pool_map(pool, task, values, results, (size_t)n, (size_t)chunk)) {
        perror("pool_map");
        pool_close(pool);
        return EXIT_FAILURE;
    }
    if (pool_close(pool)) {
        perror("pool_close");
        return EXIT_FAILURE;
    }
    took = clock_wall() - begin;
    if (print_rounds((size_t)n, (size_t)chunk, workers) || line_run_time(took) || line_cores()) {
        perror("write");
        return EXIT_FAILURE;
    }
    if (traced_end("pool_map")) {
        perror("--trace");
        return EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}
