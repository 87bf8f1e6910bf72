/* One measurement of Lockstep's, for peers.py, which takes the same one of CPython (cpython.py).
 *
 *   lockstep WHAT NUMBER...        prints one number: seconds, unless said otherwise
 *
 *   sum THREADS N                  0 + ... + N - 1 by threads under the lock, over by one (a ratio)
 *   free THREADS N                 the same without it
 *   engine WORKERS N               the same by a pool of processes
 *   waits THREADS                  12 waits of 50 ms by threads under the lock
 *   delay THREADS US SLEEPS        how much longer a sleep of 1 ms takes beside computing threads
 *   switches THREADS US MS         switches per second, THREADS computing for so long
 *   process COUNT                  a task in a new process, one after the other: each
 *   bare COUNT                     fork, _exit, waitpid: each
 *   pool WORKERS COUNT CHUNK       tasks per second that do nothing, on a pool that is open already
 *   open WORKERS                   making a pool
 *   noop WORKERS                   a map of one task that does nothing for each worker
 *   pingpong 0                     two semaphores, to another process and back
 *   origin DELAY_MS                a server to ask: prints its port, and ends with its input
 *   fetch-threads AT_ONCE N US PORT     requests per second to it, with so many microseconds of
 *                                  computing for each; by threads under the lock
 *   fetch-loop, fetch-processes    the same by one thread that polls, and by a pool
 *   references THREADS N           to take and drop N references to one object, under the lock,
 *                                  over the same with an object for each thread (a ratio)
 *   references-free THREADS N      the same without it, by biased counts
 *   tick ROUNDS                    a loop with interp_tick over the same loop without (a ratio of
 *                                  the shortest of each)
 *
 * Where it says each, or takes less than a second, the median of many is printed. */
#include "tests/peers/lockstep.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "03-pool/pool.h"
#include "07-threads/thread_map.h"
#include "08-serial/serial.h"
#include "09-gil/delay.h"
#include "09-gil/gil.h"
#include "common/clock.h"
#include "common/interp.h"
#include "common/program/options.h"
#include "common/program/passive.h"
#include "common/tasks.h"

enum { MOST_THREADS = 1024 };

long argument[ARGUMENTS];

double seconds(int64_t ns)
{
    return (double)ns / NS_PER_S;
}

/* The median of `repeats` runs, after one that does not count. */
double median_of(void (*work)(void *), void *given, int repeats)
{
    struct timing timing;

    must(stopwatch(clock_wall, work, given, 1, repeats, &timing), "stopwatch");
    return seconds(timing.median);
}

static int compare(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;

    return (a > b) - (a < b);
}

double median_ratio(double ratios[PAIRS])
{
    qsort(ratios, PAIRS, sizeof ratios[0], compare);
    return ratios[PAIRS / 2];
}

static double sum_by(map_fn *map)
{
    double ratios[PAIRS];

    for (int i = 0; i < PAIRS; i++) {
        double one = time_sum(map, 1, argument[1]);

        ratios[i] = time_sum(map, (int)argument[0], argument[1]) / one;
    }
    return median_ratio(ratios);
}

static double measure_sum(void)
{
    return sum_by(gil_map);
}

static double measure_free(void)
{
    return sum_by(thread_map);
}

static double measure_engine(void)
{
    return sum_by(pool_once);
}

static double measure_waits(void)
{
    static const long ms[12] = {50, 50, 50, 50, 50, 50, 50, 50, 50, 50, 50, 50};
    long out[12];
    int64_t begin = clock_wall();

    must(gil_map(task_wait, ms, out, 12, (int)argument[0]), "waits");
    return seconds(clock_wall() - begin);
}

static double measure_delay(void)
{
    struct gil *gil = gil_create(argument[1]);
    int64_t median;

    must(!gil, "gil_create");
    must(wakeup_delay(gil, (int)argument[0], (int)argument[2], &median), "delay");
    gil_destroy(gil);
    return seconds(median);
}

static double measure_switches(void)
{
    struct gil *gil = gil_create(argument[1]);
    long in[MOST_THREADS] = {0}, out[MOST_THREADS];
    struct gil_counts counts;

    task_set_until(clock_wall() + argument[2] * NS_PER_MS);
    must(!gil || gil_map_with(gil, task_until, in, out, (size_t)argument[0], (int)argument[0]),
         "switches");
    gil_read_counts(gil, &counts);
    gil_destroy(gil);
    return (double)counts.switches * 1000 / (double)argument[2];
}

/* Adds up, with and without a look at the flag: no lock is installed. */
static long add_with_tick(long n)
{
    long sum = 0;

    for (long i = 0; i < n; i++) {
        sum += i;
        __asm__ volatile("" : "+r"(sum));
        interp_tick();
    }
    return sum;
}

static long add_without_tick(long n)
{
    long sum = 0;

    for (long i = 0; i < n; i++) {
        sum += i;
        __asm__ volatile("" : "+r"(sum)::"memory");
    }
    return sum;
}

/* The shorter of two times, of which one is new. */
static int64_t time_adding(long (*add)(long), int64_t shortest)
{
    int64_t begin = clock_wall();
    volatile long sum = add(20000000);

    (void)sum;
    begin = clock_wall() - begin;
    return begin < shortest ? begin : shortest;
}

static double measure_tick(void)
{
    int64_t with = INT64_MAX, without = INT64_MAX;

    for (long round = 0; round < argument[0]; round++) {
        without = time_adding(add_without_tick, without);
        with = time_adding(add_with_tick, with);
    }
    return (double)with / (double)without;
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        double (*measure)(void);
    } things[] = {
        {"sum", measure_sum},
        {"free", measure_free},
        {"engine", measure_engine},
        {"waits", measure_waits},
        {"delay", measure_delay},
        {"switches", measure_switches},
        {"process", measure_process},
        {"bare", measure_bare},
        {"pool", measure_pool},
        {"open", measure_open},
        {"noop", measure_noop},
        {"pingpong", measure_pingpong},
        {"tick", measure_tick},
        {"origin", measure_origin},
        {"fetch-threads", measure_fetch_threads},
        {"fetch-loop", measure_fetch_loop},
        {"fetch-processes", measure_fetch_processes},
        {"references", measure_references},
        {"references-free", measure_references_free},
    };

    passive_restart(argv);
    for (int i = 2; i < argc && i - 2 < ARGUMENTS; i++)
        argument[i - 2] = strtol(argv[i], NULL, 10);
    for (size_t i = 0; argc > 1 && i < sizeof things / sizeof things[0]; i++)
        if (strcmp(argv[1], things[i].name) == 0)
            return printf("%.9g\n", things[i].measure()) < 0;
    fputs("lockstep: say what to measure; tests/peers/lockstep.c lists it\n", stderr);
    return BAD_USAGE;
}
