/* What every lab shares: a task, and an engine that runs many of them.
 *
 * A task is one piece of work: a number in, a number out. An engine runs the same task on every
 * number of an array. The labs write the same engine five ways; this page says what all five
 * must do. */
#ifndef LOCKSTEP_COMMON_MAP_H
#define LOCKSTEP_COMMON_MAP_H

#include <stdbool.h>
#include <stddef.h>

/* Works on `in` and stores the result in *out. Returns 0, or a positive errno value. */
typedef int task_fn(long in, long *out);

/* Runs `task` on each of in[0..n) and stores each result at the same index of out, with at most
 * `workers` tasks under way at once (process engines: exactly min(n, workers) workers while there
 * is that much to do; OpenMP engines: the team that the runtime grants). n == 0 starts no worker.
 *
 * Returns 0, or -1 with errno:
 *   EINVAL          bad arguments (see map_args_ok)
 *   EAGAIN, ENOMEM  no process or no memory to be had
 *   ECHILD          a worker process died before it delivered; wins over a task's error
 *   any other       the error of the failing task with the lowest index: all tasks before it have
 *                   been run, tasks after it may have been skipped
 * After an error, out[] is unspecified. On every path nothing is left behind: no child, no
 * descriptor, no mapping. Children that the caller had before are not touched.
 *
 * What tasks reach through globals must be in shared memory (common/shared.h) before the call if
 * a worker's writes are to be seen by the caller. */
typedef int map_fn(task_fn *task, const long in[], long out[], size_t n, int workers);

/* True if an engine can work with these arguments; if not, the engine fails with EINVAL. The
 * arrays may be NULL when n is 0. */
static inline bool map_args_ok(task_fn *task, const long in[], long out[], size_t n, int workers)
{
    return task && workers >= 1 && (n == 0 || (in && out));
}

#endif
