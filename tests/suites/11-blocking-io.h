/* The tests of lab 11's suite: 11-blocking-io.c has the table of them. */
#ifndef LOCKSTEP_SUITES_BLOCKING_IO_H
#define LOCKSTEP_SUITES_BLOCKING_IO_H

/* 11-blocking-io-fetch.c: one request. */
void test_blocking_fetch(void);
void test_blocking_short(void);
void test_blocking_errors(void);
void test_blocking_limit(void);

/* 11-blocking-io-task.c: a task, and the lock around it. */
void test_blocking_lock(void);
void test_blocking_task(void);

/* 11-blocking-io-all.c: many requests, their results and their errors. */
void test_blocking_tasks(void);
void test_blocking_polled(void);
void test_blocking_polled_limits(void);
void test_blocking_tidy(void);

/* 11-blocking-io-at-once.c: how many of them wait at the same time. */
void test_blocking_tasks_at_once(void);
void test_blocking_polled_at_once(void);

#endif
