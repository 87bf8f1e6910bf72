/* What programs that measure have in common. They have no use for a figure of a run that failed:
 * the first error ends them. */
#ifndef LOCKSTEP_PROGRAM_MEASURE_H
#define LOCKSTEP_PROGRAM_MEASURE_H

#include <stdint.h>

#include "common/map.h"

/* Ends the program with exit status 1, and says on standard error what failed, with errno. */
_Noreturn void die(const char *what);

/* Does that if `failed` is not 0. */
void must(int failed, const char *what);

/* A task that does nothing: its result is its input. */
int task_nothing(long in, long *out);

/* A task that computes until the moment (clock_wall()) that task_set_until was given, before any
 * worker was made. Its result is its input. */
int task_until(long in, long *out);
void task_set_until(int64_t moment);

/* Lets an engine add up 0 .. n - 1, in one slice for each worker (common/tasks.h). Returns how many
 * seconds that took. */
double time_sum(map_fn *map, int workers, long n);

#endif
