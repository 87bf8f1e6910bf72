/* The tests of lab 07's suite: 07-threads.c has the table of them. */
#ifndef LOCKSTEP_SUITES_THREADS_H
#define LOCKSTEP_SUITES_THREADS_H

/* 07-threads-sums.c: sums of many threads. */
void test_sum_critical(void);
void test_sum_atomic(void);
void test_sum_reduction(void);
void test_sum_locked(void);
void test_sum_locked_coarse(void);

/* 07-threads-map.c: the engine. */
void test_thread_map(void);
void test_thread_map_parallel(void);
void test_thread_map_errors(void);

#endif
