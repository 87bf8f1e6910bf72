/* How cost grows: prints one table as CSV (bench.sh makes files and pictures of them).
 *
 *   bench TABLE [quick|tiny]
 *
 *   chunks    tasks per second against the length of a chunk: pool, threads, a process per chunk
 *   workers   what a map of one task for each worker costs, against workers
 *   tasks     time of a map against the number of its tasks
 *   lock      hand-overs of the lock per second, and CPU time burnt, against computing threads
 *   memory    what a worker weighs, against workers
 *   speedup   speedup of computing, against workers
 *   sums      a sum kept right by critical, atomic, one lock, reduction, against threads
 *   fetch     requests per second, against computing for each, and what is derived for them
 *   references  taking and dropping a reference by each way to count, against threads
 *
 * A figure is the best of several runs. */
#include "tests/bench/bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "08-serial/serial.h"
#include "common/clock.h"
#include "common/program/options.h"
#include "common/program/passive.h"

static enum { TINY, QUICK, FULL } size = FULL;

long of_size(long tiny, long quick, long full)
{
    return size == TINY ? tiny : size == QUICK ? quick : full;
}

double shortest_of(void (*work)(void *), void *given, int repeats)
{
    struct timing timing;

    must(stopwatch(clock_wall, work, given, 1, repeats, &timing), "stopwatch");
    return (double)timing.min / NS_PER_S;
}

long *make_numbers(size_t n)
{
    long *numbers = calloc(n, sizeof *numbers);

    must(!numbers, "calloc");
    return numbers;
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*bench)(void);
    } tables[] = {
        {"chunks", bench_chunks}, {"workers", bench_workers}, {"tasks", bench_tasks},
        {"lock", bench_lock},     {"memory", bench_memory},   {"speedup", bench_speedup},
        {"sums", bench_sums},     {"fetch", bench_fetch},     {"references", bench_references},
    };

    passive_restart(argv);
    if (argc > 2)
        size = strcmp(argv[2], "tiny") == 0 ? TINY : QUICK;
    for (size_t i = 0; argc > 1 && i < sizeof tables / sizeof tables[0]; i++) {
        if (strcmp(argv[1], tables[i].name) == 0) {
            tables[i].bench();
            return fflush(stdout) == EOF ? EXIT_FAILURE : EXIT_SUCCESS;
        }
    }
    fputs("bench: chunks, workers, tasks, lock, memory, speedup, sums, fetch or references? And "
          "quick or tiny, if you like\n",
          stderr);
    return BAD_USAGE;
}
