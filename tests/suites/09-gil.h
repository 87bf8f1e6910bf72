/* The tests of lab 09's suite: 09-gil.c has the table of them. */
#ifndef LOCKSTEP_SUITES_GIL_H
#define LOCKSTEP_SUITES_GIL_H

/* 09-gil-lock.c: the lock towards one thread. */
void test_gil_misuse(void);
void test_gil_counts(void);

/* 09-gil-threads.c: threads that compete for it. */
void test_gil_exclusion(void);
void test_gil_no_cpu(void);
void test_gil_handovers(void);
void test_gil_spurious(void);

/* 09-gil-requests.c: threads that ask the holder to drop it. */
void test_gil_drop_request(void);
void test_gil_forced(void);

/* 09-gil-turns.c: tasks that compute, and tasks that block. */
void test_gil_ticks(void);
void test_gil_blocking(void);

/* 09-gil-map.c: the engine. */
void test_gil_map(void);
void test_gil_map_errors(void);

#endif
