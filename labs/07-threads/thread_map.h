/* Lab 07: OpenMP threads, with no lock around them. */
#ifndef LOCKSTEP_LABS_THREAD_MAP_H
#define LOCKSTEP_LABS_THREAD_MAP_H

#include "common/counted_lock.h"
#include "common/map.h"
#include "common/tasks.h"

/* The engine that runs tasks on a team of OpenMP threads: min(n, workers) of them, or fewer if the
 * runtime grants fewer. Tasks are handed out one by one, each to the next thread that is free.
 * Keeps the contract of map_fn (common/map.h): a task after a failing one may be skipped, a task
 * before it may not. */
int thread_map(task_fn *task, const long in[], long out[], size_t n, int workers);

/* All of these store term(0) + term(1) + ... + term(n - 1) in *sum, worked out by a team of
 * `threads` threads, or of fewer if the runtime grants fewer. Fewer terms do not make the team
 * smaller. Each term is worked out once. The sum must fit in a long. They return 0, or -1 with
 * errno EINVAL (term or sum is NULL, n < 0, threads < 1) and *sum unchanged.
 *
 * They differ only in how the threads' additions are kept apart: each by the construct that is
 * named beside it. (What a reduction clause does may also be written out: a sum for each thread,
 * and these added up once, at the end.) */
int sum_racy(term_fn *term, long n, int threads, long *sum);      /* not at all: often wrong */
int sum_critical(term_fn *term, long n, int threads, long *sum);  /* a critical construct */
int sum_atomic(term_fn *term, long n, int threads, long *sum);    /* an atomic construct */
int sum_reduction(term_fn *term, long n, int threads, long *sum); /* a reduction clause */

/* The same sum under one lock for everything, as under a global interpreter lock: a thread computes
 * only while it holds `lock`, which it takes once for its whole share of the terms, and drops
 * again. The caller has initialised `lock`. EINVAL also if it is NULL. */
int sum_locked(term_fn *term, long n, int threads, struct counted_lock *lock, long *sum);

#endif
