/* What all labs share: a task, and an engine that runs many of them.
 *
 * A task is one piece of work: a number in, a number out. An engine runs the same task on every
 * number of an array. The labs write the same engine in five ways. This page says what all five
 * must do. */
#ifndef LOCKSTEP_COMMON_MAP_H
#define LOCKSTEP_COMMON_MAP_H

#include <stdbool.h>
#include <stddef.h>

/* Works on `in` and stores the result in *out. Returns 0, or a positive errno value. */
typedef int task_fn(long in, long *out);

/* Runs `task` on each of in[0..n) and stores each result at the same index of out[]. At most
 * `workers` tasks run at the same time. A process engine has exactly min(n, workers) workers while
 * there is that much to do; an OpenMP engine has the team that the runtime grants. n == 0 starts no
 * worker.
 *
 * Returns 0, or -1 with errno:
 *   EINVAL          bad arguments (map_args_ok says which)
 *   EAGAIN, ENOMEM  no process or no memory is left
 *   ECHILD          a worker process died before it delivered a result; this is reported also if a
 *                   task has failed
 *   any other       the error of the failing task with the lowest index: all tasks before it have
 *                   been run, tasks after it may have been skipped
 * After an error, out[] is unspecified. Nothing is left behind on any path: no child, no descriptor
 * and no mapping. Children that the caller had before are not touched.
 *
 * A task may use global variables. If the caller is to see what a worker writes, it must be in
 * shared memory (common/shared.h), mapped before the call. */
typedef int map_fn(task_fn *task, const long in[], long out[], size_t n, int workers);

/* True if an engine can work with these arguments; if not, the engine fails with EINVAL. The
 * arrays may be NULL when n is 0. */
static inline bool map_args_ok(task_fn *task, const long in[], long out[], size_t n, int workers)
{
    return task && workers >= 1 && (n == 0 || (in && out));
}

#endif
