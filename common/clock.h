/* Clocks. A function that measures takes its clock as a parameter, so that a test can pass
 * another clock. */
#ifndef LOCKSTEP_COMMON_CLOCK_H
#define LOCKSTEP_COMMON_CLOCK_H

#include <stdint.h>
#include <time.h>

#define NS_PER_MS 1000000LL
#define NS_PER_S  1000000000LL

/* Returns the time now, in nanoseconds since a fixed moment; never less than the call before. */
typedef int64_t clock_fn(void);

/* Wall time (CLOCK_MONOTONIC): what a stopwatch shows. It is never set back. */
int64_t clock_wall(void);

/* CPU time used by this process, all its threads, and all children it has reaped (getrusage). */
int64_t clock_cpu(void);

/* Sleeps for `ns` nanoseconds. Signals do not shorten the sleep. */
void clock_sleep(int64_t ns);

struct timespec clock_timespec(int64_t ns);

#endif
