/* The tasks that engines run. All are task_fn (common/map.h) and can run under every engine: a
 * task that computes calls interp_tick(), a task that blocks brackets the call (common/interp.h).
 *
 * They come from "Multiprocessing and Multithreading in python", the README of a small Python
 * repository of 2021, in Korean, with programs such as single_pool.py and multi_thread.py. The
 * sources call it the document. */
#ifndef LOCKSTEP_COMMON_TASKS_H
#define LOCKSTEP_COMMON_TASKS_H

/* Blocks for `in` milliseconds and stores `in` in *out. Returns 0, or EINVAL if `in` is negative
 * or too large to be counted in nanoseconds. */
int task_wait(long in, long *out);

/* Term number i of a sum. */
typedef long term_fn(long i);

/* The term of the sum of 0 .. 99,999,999 (multi_thread.py): i itself. Calls interp_tick(). */
long term_identity(long i);

/* So many terms, 0 .. 3,999,999,999, have a sum that still fits in a long. */
#define MOST_TERMS 4000000000L

/* A sum that is cut into slices, one for each task. */
struct sum_plan {
    long n;      /* the numbers 0 .. n - 1 are added up */
    long slices; /* how many tasks that makes; 1 .. n */
    long repeat; /* how often each slice is added up, to make it last longer; 1 or more */
};

/* Sets what task_sum_slice works on. Call it before any worker is made. Returns 0, or -1 with
 * errno EINVAL and the plan unchanged. */
int tasks_plan_sum(struct sum_plan plan);

/* Adds up slice number `in` (0 .. slices - 1) of the plan and stores its sum in *out. The sums of
 * all slices add up to the whole sum once, whatever `repeat` is. Returns 0, or EINVAL for a slice
 * that is not in the plan, or ERANGE if the sum does not fit in a long. */
int task_sum_slice(long in, long *out);

#endif
