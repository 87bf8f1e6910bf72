/* What the tests of lab 03 share. All of it runs in the test's own process, which is the pool's
 * owner, except for the tasks. */
#ifndef LOCKSTEP_SUITES_POOL_SUPPORT_H
#define LOCKSTEP_SUITES_POOL_SUPPORT_H

#include "03-pool/pool.h"
#include "tests/harness/meeting.h"

enum { POOL_TASKS = 99, POOL_WORKERS = 6 };

/* What maps work on: values[] is 1 .. POOL_TASKS once a pool has begun. */
extern long pool_values[POOL_TASKS], pool_results[POOL_TASKS];

/* Opens a pool that must open, with a capacity of POOL_TASKS; and closes it, which must succeed. */
struct pool *pool_begin(int workers);
void pool_end(struct pool *pool);

/* Checks after this lead to the function `look_at`. */
void pool_lead_to(const char *look_at);

/* A part of test_pool_killed_working: a worker is killed that has not begun yet (03-pool-races.c).
 * */
void pool_try_killed_before_its_start(void);

/* Maps pool_values[0..n) to pool_results[] and looks at every result. */
void pool_expect_mapped(struct pool *pool, size_t n, size_t chunk);

/* Where pool_task_pid meets, in a worker; its result is the worker's PID. */
extern struct meeting *pool_meeting;
int pool_task_pid(long in, long *out);

/* Stores the PIDs of the pool's workers, for which pool_meeting must have been made. What it stores
 * are living children of this process and nothing else, so that signals can be sent to them. */
void pool_find_workers(struct pool *pool, long pids[], int workers);

#endif
