/* Lab 08: one thread, and an honest stopwatch. */
#ifndef LOCKSTEP_LABS_SERIAL_H
#define LOCKSTEP_LABS_SERIAL_H

#include <stdint.h>

#include "common/clock.h"
#include "common/map.h"
#include "common/tasks.h"

/* The engine that runs all tasks itself, one after the other, in order. It stops at the first task
 * that fails. Keeps the contract of map_fn (common/map.h); `workers` is checked, then ignored. */
int serial_map(task_fn *task, const long in[], long out[], size_t n, int workers);

/* Stores term(0) + term(1) + ... + term(n - 1) in *sum; 0 for n == 0. The sum must fit in a long.
 * Returns 0, or -1 with errno EINVAL (term or sum is NULL, n < 0) and *sum unchanged. */
int serial_sum(term_fn *term, long n, long *sum);

/* How long the runs took that a stopwatch timed, in nanoseconds. */
struct timing {
    int64_t min; /* the quickest run: the one that others disturbed least */

    /* The run in the middle; of an even number of runs, the mean of the two in the middle. */
    int64_t median;
};

/* Times work(argument). Runs it `warmups` times without reading the clock (caches fill, a team of
 * threads is made). Then runs it `repeats` times, each time between two readings of `clock`, and
 * stores in *timing how long these runs took. Returns 0, or -1 with errno EINVAL (clock, work or
 * timing is NULL; warmups < 0; repeats < 1) or ENOMEM. After an error *timing is unspecified. */
int stopwatch(clock_fn *clock, void (*work)(void *argument), void *argument, int warmups,
              int repeats, struct timing *timing);

/* How many times as fast: serial / parallel. NAN unless both times are above 0. */
double speedup(double serial, double parallel);

/* Which share of the workers was put to use: times_as_fast / workers. NAN unless times_as_fast > 0
 * and workers >= 1. */
double efficiency(double times_as_fast, int workers);

/* Which part of the work was not done in parallel, to judge by the measured speedup:
 * (1 / times_as_fast - 1 / workers) / (1 - 1 / workers).
 * NAN unless times_as_fast > 0 and workers >= 2.
 * Source: A. H. Karp, H. P. Flatt, Measuring Parallel Processor Performance, CACM 33(5), 1990. */
double karp_flatt(double times_as_fast, int workers);

#endif
