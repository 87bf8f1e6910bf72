/* What the files of lab 03's suite share: 03-pool.c has the table and the tests of a pool at work,
 * 03-pool-chunks.c those of how work is handed out, 03-pool-faults.c those of a pool in trouble. */
#ifndef LOCKSTEP_TESTS_POOL_H
#define LOCKSTEP_TESTS_POOL_H

#include "03-pool/pool.h"
#include "tests/harness/conformance.h"
#include "tests/harness/meeting.h"

enum { N = 99, WORKERS = 6 };

extern const struct engine pool_engine;
extern long values[N], results[N]; /* values[] is 1 .. N once a pool has begun */

/* A pool that must open, with a capacity of N; and its end, which must succeed. */
struct pool *begin(int workers);
void end(struct pool *pool);

/* Maps values[0..n) to results[] and looks at every result. */
void expect_mapped(struct pool *pool, size_t n, size_t chunk);

/* Where task_pid meets; it returns its worker's PID. */
extern struct meeting *meeting;
int task_pid(long in, long *out);

/* Stores the PIDs of the pool's workers, for which the meeting must have been made. Nothing else
 * than living children of this process comes out, so that signals can be sent to them. */
void find_workers(struct pool *pool, long pids[], int workers);

void test_chunk(void);
void test_rounds(void);
void test_first_values(void);
void test_dynamic(void);
void test_errors(void);
void test_killed_idle(void);
void test_killed_working(void);
void test_orphans(void);
void test_fork_fails(void);
void test_tidy(void);
void test_signals(void);

#endif
