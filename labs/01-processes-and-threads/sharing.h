/* Lab 01: threads share memory, processes do not, unless they ask for it. */
#ifndef LOCKSTEP_LABS_SHARING_H
#define LOCKSTEP_LABS_SHARING_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "common/clock.h"

/* Something to do, somewhere else. */
typedef void work_fn(void *argument);

/* A way to have it done: run_in_thread or run_in_process. */
typedef int run_fn(work_fn *work, void *argument);

/* Runs work(argument) once, in a second OpenMP thread (not the calling one), and returns when it is
 * done. Returns 0, or -1 with errno: EINVAL (work is NULL), EAGAIN (the runtime grants no second
 * thread; the work is then not done). */
int run_in_thread(work_fn *work, void *argument);

/* Runs work(argument) once, in a child process, and returns when that child is reaped; signals do
 * not end the wait. What stands in the caller's stdio buffers, and what `work` prints, comes out once;
 * the caller's atexit handlers do not run in the child, and its other children are left alone. Returns
 * 0, or -1 with errno: EINVAL (work is NULL), ECHILD (the child crashed, was killed, or left before
 * `work` returned), or fork's (EAGAIN, ENOMEM). */
int run_in_process(work_fn *work, void *argument);

/* Which writes of a worker its caller sees afterwards. */
struct sharing {
    bool global; /* to a static variable */
    bool heap;   /* to memory from malloc, made before */
    bool shared; /* to memory from shared_alloc (common/shared.h), made before */
};

/* Lets `run` do work that writes to one variable of each kind, and looks which writes have come back.
 * Stores the answer in *sharing. Can be called any number of times. Returns 0, or -1 with errno: EINVAL
 * (a NULL), ENOMEM, or the error of `run`; then *sharing is unchanged and nothing is left behind. */
int sharing_look(run_fn *run, struct sharing *sharing);

/* What one more worker costs: the shortest of `repeats` times that `run` takes, by `clock`, for work
 * that does nothing, in nanoseconds. Stores it in *ns. Returns 0, or -1 with errno: EINVAL (a NULL,
 * repeats < 1), or the error of `run`. */
int worker_cost(run_fn *run, clock_fn *clock, int repeats, int64_t *ns);

/* What a process weighs by itself: the sum of the fields Private_Clean and Private_Dirty, in KiB, of
 * a file in the form of /proc/PID/smaps_rollup (proc(5)). Stores it in *kib. Returns 0, or -1 with
 * errno: EINVAL (a NULL), ENODATA (a field is not there, or is no number). */
int private_kib(FILE *smaps_rollup, long *kib);

#endif
