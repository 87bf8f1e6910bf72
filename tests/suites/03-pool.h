/* The tests of lab 03's suite: 03-pool.c has the table of them. */
#ifndef LOCKSTEP_SUITES_POOL_H
#define LOCKSTEP_SUITES_POOL_H

/* 03-pool-chunks.c: how work is handed out. */
void test_pool_chunk(void);
void test_pool_rounds(void);
void test_pool_first_values(void);
void test_pool_dynamic(void);

/* 03-pool-work.c: a pool at work. */
void test_pool_results(void);
void test_pool_reuse(void);
void test_pool_together(void);
void test_pool_tidy(void);
void test_pool_signals(void);

/* 03-pool-races.c: what is done at the same time. */
void test_pool_races(void);

/* 03-pool-orphans.c: a pool whose owner dies. */
void test_pool_orphans(void);

/* 03-pool-faults.c: a pool in trouble. */
void test_pool_errors(void);
void test_pool_killed_idle(void);
void test_pool_killed_working(void);
void test_pool_fork_fails(void);

#endif
