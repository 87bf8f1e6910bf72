/* Lab 07, given: what a schedule is worth, and what a cache line costs that two threads share. */
#ifndef LOCKSTEP_LABS_MEASURES_H
#define LOCKSTEP_LABS_MEASURES_H

#include <omp.h>
#include <stddef.h>
#include <stdint.h>

enum { MEASURES_TASKS = 64, MEASURES_MOST_THREADS = 1024 };

/* Lets a team of 1 to MEASURES_MOST_THREADS threads do MEASURES_TASKS tasks, of which the k-th is k
 * times as long as the first one, n steps of computing in all. `chunk` is that of the schedule; 0:
 * its default. Returns nanoseconds, and stores which part of all steps, from 0 to 1, the busiest
 * thread has done. */
int64_t measures_schedule(omp_sched_t schedule, int chunk, long n, int threads, double *busiest);

/* Lets each thread of such a team add 1 to a variable of its own n times, atomically; from one
 * variable to the next it is `between` bytes, a multiple of sizeof(long) up to 256. Returns
 * nanoseconds for one addition. */
double measures_counters(size_t between, long n, int threads);

#endif
