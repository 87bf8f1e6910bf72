/* The tasks that engines run: the document's, and what demonstrations and tests need. All are
 * task_fn (common/map.h) and can run under every engine: those that compute call interp_tick(),
 * those that block bracket it (common/interp.h). */
#ifndef LOCKSTEP_COMMON_TASKS_H
#define LOCKSTEP_COMMON_TASKS_H

/* Blocks for `in` milliseconds and returns them. EINVAL if that is negative, or centuries. */
int task_wait(long in, long *out);

/* Term number i of a sum. */
typedef long term_fn(long i);

/* The term of the document's sum: i itself. Computes: calls interp_tick(). */
long term_identity(long i);

/* A sum cut into slices, one per task. */
struct sum_plan {
    long n;      /* the numbers 0 .. n - 1 are added up */
    long slices; /* into how many tasks that is cut; 1 .. n */
    long repeat; /* how often each slice is added up (to make it last longer); 1 or more */
};

/* What task_sum_slice works on. Set it before any worker is made. Returns 0, or -1 with errno
 * EINVAL and the plan unchanged. */
int tasks_plan_sum(struct sum_plan plan);

/* Adds up slice number `in` (0 .. slices - 1) of the plan; the slices' results add up to the sum
 * once, whatever `repeat` is. EINVAL for a slice that is not in the plan, ERANGE on overflow. */
int task_sum_slice(long in, long *out);

#endif
