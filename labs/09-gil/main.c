/* The same sum on several threads, but a thread computes only while it holds the one lock, as
 * CPython's threads do.
 *
 *   make run LAB=09                                  is it quicker than one thread (LAB=08)?
 *   make run LAB=09 ARGS="--workers 4"               and with more threads?
 *   make run LAB=09 ARGS="--interval-us 100"         the lock goes round more often: at what cost?
 *   make run LAB=09 ARGS="--what waits"              threads that wait: at once, or in turns?
 *   make run LAB=09 ARGS="--what delay"              how long does a blocking thread wait for it?
 *   make run LAB=09 ARGS="--trace build/lock.json"   the lock goes round, for ui.perfetto.dev
 *
 * The last line says how often the lock changed hands. A thread that has waited for the interval
 * asks for the lock, and the thread that computes drops it: forced. At the end of its work a thread
 * drops it without being asked: voluntary. */
#include <stdio.h>
#include <stdlib.h>

#include "09-gil/delay.h"
#include "09-gil/gil.h"
#include "common/clock.h"
#include "common/program/lines.h"
#include "common/program/machine.h"
#include "common/program/options.h"
#include "common/program/traced.h"
#include "common/tasks.h"
#include "common/program/team.h"

enum { SUM, DELAY, WAITS, SLEEPS = 200, WAIT_MS = 50, MOST_WAITING = 8 };

/* Adds up 0 .. n - 1 under the lock, each thread one slice. Returns 0, or -1 with errno. */
static int add_up(struct gil *gil, task_fn *task, long n, int workers, long *sum)
{
    long slices[OPTIONS_MAX_WORKERS], sums[OPTIONS_MAX_WORKERS];
    long count = n < workers ? n : workers;

    if (count > OPTIONS_MAX_WORKERS) /* a machine with even more CPUs */
        count = OPTIONS_MAX_WORKERS;
    if (tasks_plan_sum((struct sum_plan){.n = n, .slices = count, .repeat = 1}))
        return -1;
    for (long i = 0; i < count; i++)
        slices[i] = i;
    if (gil_map_with(gil, task, slices, sums, (size_t)count, workers))
        return -1;
    *sum = 0;
    for (long i = 0; i < count; i++)
        *sum += sums[i];
    return 0;
}

/* Prints the lock's counts. Returns 0, or -1 with errno of write(2). */
static int print_counts(struct gil *gil)
{
    struct gil_counts counts;

    gil_read_counts(gil, &counts);
    return line_print("The lock: %lu switches, %lu drop requests, %lu drops forced, %lu voluntary",
                      counts.switches, counts.requests, counts.forced, counts.voluntary);
}

/* Return 0, or -1 and print why. */
static int show_sum(struct gil *gil, long n, int workers, const char *trace)
{
    task_fn *task = traced_begin(trace, task_sum_slice, (size_t)workers);
    int64_t begin = clock_wall(), took;
    long sum;

    if (add_up(gil, task, n, workers, &sum)) {
        perror("gil_map_with");
        return -1;
    }
    took = clock_wall() - begin;
    if (line_result(sum) || line_run_time(took) || print_counts(gil)) {
        perror("write");
        return -1;
    }
    if (traced_end("gil_map_with")) {
        perror("--trace");
        return -1;
    }
    return 0;
}

static int show_delay(struct gil *gil, int workers)
{
    for (int computing = 0; computing <= workers; computing++) {
        int64_t median;

        if (wakeup_delay(gil, computing, SLEEPS, &median)) {
            perror("wakeup_delay");
            return -1;
        }
        line_print("Beside %d computing thread%s a sleep of 1 ms lasts %.2f ms longer", computing,
                   computing == 1 ? "" : "s", (double)median / NS_PER_MS);
    }
    return 0;
}

/* As task_wait, but without brackets. */
static int wait_with_lock(long in, long *out)
{
    clock_sleep(in * NS_PER_MS);
    *out = in;
    return 0;
}

/* How long so many threads wait, all together, in milliseconds; -1, and prints why. */
static double time_waits(struct gil *gil, task_fn *task, int threads)
{
    long in[MOST_WAITING], out[MOST_WAITING];
    int64_t begin = clock_wall();

    for (int i = 0; i < threads; i++)
        in[i] = WAIT_MS;
    if (gil_map_with(gil, task, in, out, (size_t)threads, threads)) {
        perror("gil_map_with");
        return -1;
    }
    return (double)(clock_wall() - begin) / (double)NS_PER_MS;
}

static int show_waits(struct gil *gil)
{
    line_print("Each thread waits for %d ms", WAIT_MS);
    line_print("threads   gives the lock away meanwhile   keeps it");
    for (int threads = 2; threads <= MOST_WAITING; threads *= 2) {
        double given = time_waits(gil, task_wait, threads);
        double kept = given < 0 ? -1 : time_waits(gil, wait_with_lock, threads);

        if (kept < 0)
            return -1;
        line_print("%7d%30.0f ms%8.0f ms", threads, given, kept);
    }
    return 0;
}

int main(int argc, char **argv)
{
    static const char *const things[] = {"sum", "delay", "waits", NULL};
    int workers = machine_cpus() > 2 ? machine_cpus() : 2, what = SUM, failed;
    long n = 100000000, interval_us = GIL_INTERVAL_US;
    const char *trace = NULL;
    const struct option_row rows[] = {
        {.name = "what",
         .help = "sum: add up numbers; delay: how long a thread waits for the lock that mostly "
                 "sleeps; waits: threads that only wait (sum)",
         .kind = OPTION_CHOICE,
         .target = &what,
         .choices = things},
        {.name = "n",
         .help = "how many numbers: 0 .. n - 1 (100000000)",
         .kind = OPTION_LONG,
         .target = &n,
         .min = 1,
         .max = MOST_TERMS},
        OPTION_ROW_WORKERS(&workers, "how many threads (the usable CPUs, at least 2)"),
        {.name = "interval-us",
         .help = "after how many microseconds a waiting thread asks for the lock (5000)",
         .kind = OPTION_LONG,
         .target = &interval_us,
         .min = 1,
         .max = 3600000000L},
        OPTION_ROW_TRACE(&trace),
    };
    struct gil *gil;

    options_parse("Adds up numbers on several threads under a global lock.", rows,
                  sizeof rows / sizeof rows[0], argc, argv);
    team_warn(what == SUM ? workers : what == DELAY ? workers + 1 : MOST_WAITING);
    gil = gil_create(interval_us);
    if (!gil) {
        perror("gil_create");
        return EXIT_FAILURE;
    }
    failed = what == SUM     ? show_sum(gil, n, workers, trace)
             : what == DELAY ? show_delay(gil, workers)
                             : show_waits(gil);
    gil_destroy(gil);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
