/* Lab 01: threads share memory; processes do not, unless they ask for it. */
#ifndef LOCKSTEP_LABS_SHARING_H
#define LOCKSTEP_LABS_SHARING_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "common/clock.h"

/* Something to do, somewhere else. */
typedef void work_fn(void *argument);

/* A way to do it there: run_in_thread or run_in_process. */
typedef int run_fn(work_fn *work, void *argument);

/* Runs work(argument) once, in a second OpenMP thread (not the calling one), and returns when the
 * work is done. Returns 0, or -1 with errno: EINVAL (work is NULL), EAGAIN (the runtime grants no
 * second thread; the work is then not done). */
int run_in_thread(work_fn *work, void *argument);

/* Runs work(argument) once, in a child process, and returns when that child is reaped. Signals do
 * not end the wait. Text in the caller's stdio buffers, and text that `work` prints, comes out
 * once, whatever stream it was printed to. The caller's atexit handlers do not run in the child.
 * Other children of the caller are left alone. The child has a copy of the caller's memory, as
 * fork(2) makes it. (The caller does not ignore SIGCHLD: nobody could wait for the child then.)
 * Returns 0, or -1 with errno: EINVAL (work is NULL), ECHILD (the child crashed, was killed, or
 * left before `work` returned), or the error of fork (EAGAIN, ENOMEM). */
int run_in_process(work_fn *work, void *argument);

/* Which of a worker's writes its caller sees afterwards. */
struct sharing {
    bool global; /* to a static variable */
    bool heap;   /* to memory from malloc that was there before */
    bool shared; /* to memory from shared_alloc (common/shared.h) that was there before */
};

/* Lets `run` do work that writes to one variable of each kind, then looks which writes the caller
 * sees, and stores that in *sharing. Can be called any number of times. Returns 0; or -1 with errno
 * EINVAL (run or sharing is NULL), ENOMEM or the error of `run`, with *sharing unchanged and
 * nothing left behind. */
int sharing_look(run_fn *run, struct sharing *sharing);

/* Stores in *ns what one more worker costs: `run` is called `repeats` times with work that does
 * nothing, and the shortest call counts, in nanoseconds of `clock`. Returns 0, or -1 with errno:
 * EINVAL (run, clock or ns is NULL; repeats < 1), or the error of `run`, which is not called again
 * once it has failed. */
int worker_cost(run_fn *run, clock_fn *clock, int repeats, int64_t *ns);

/* Stores in *kib how much memory a process has for itself, in KiB: the sum of the fields
 * Private_Clean and Private_Dirty in a file of the form of /proc/PID/smaps_rollup (proc(5)). The
 * file stays open. Returns 0, or -1 with errno: EINVAL (an argument is NULL), ENODATA (a field is
 * missing, or is not a number). */
int private_kib(FILE *smaps_rollup, long *kib);

#endif
