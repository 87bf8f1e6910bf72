/* Lab 07: the tests of the suite, and what those of the sums share. */
#ifndef LOCKSTEP_SUITES_THREADS_H
#define LOCKSTEP_SUITES_THREADS_H

#include "common/tasks.h"

typedef int sum_fn(term_fn *term, long n, int threads, long *sum);

/* 07-threads-terms.c: terms that are watched, and what went wrong with their sum. */

/* "sum_atomic of 3 terms with 7 threads" */
const char *terms_call(const char *name, long n, int threads);

/* The sum of n terms is right, and each is worked out once; n is 20001 at most. */
void terms_expect_sum(const char *name, sum_fn *sum_of, long n, int threads);

/* So is a sum that neither an int nor a double can hold. */
void terms_expect_wide(const char *name, sum_fn *sum_of);

/* The team is as large as was asked for, also if that is more than a student thinks of, or more
 * than there are terms. */
void terms_expect_teams(const char *name, sum_fn *sum_of);

/* It is right also if a thread is stopped for a while, at one point after the other; and if two
 * are. */
void terms_expect_no_race(const char *name, sum_fn *sum_of);

/* EINVAL for all bad arguments that the sums have in common, and *sum as it was. */
void terms_expect_refusals(const char *name, sum_fn *sum_of);

/* 07-threads-far.c: sums of very many terms, and a map of very many tasks.
 *
 * Starts a process that waits to add up more terms than an int can count. It is to be called before
 * the test makes any team, as a process inherits no threads. Returns what terms_expect_far
 * wants. */
struct far_sum {
    int threads;
    int process, start; /* its PID, and the descriptor that starts it */
};
struct far_sum terms_start_far(sum_fn *sum_of, int threads);

/* Lets it add up, and ends it. */
void terms_expect_far(const char *name, struct far_sum far_sum);
void terms_expect_far_map(struct far_sum far_map);

/* 07-threads-teams.c: a sum or a map is right if the runtime grants one thread only, or some of
 * those that were asked for. */
void terms_expect_fewer(const char *name, sum_fn *sum_of);
void map_expect_fewer(void);

/* The team of a map is as large as it should be: of a few, of so many that a student does not
 * think of them, and none for no tasks; an error in its last thread is reported. */
void map_expect_few(void);
void map_expect_many(void);
void map_expect_none(void);
void map_expect_error_of_many(void);

/* 07-threads-inside.c: a term or a task calls the function that called it. */
void terms_expect_inside(const char *name, sum_fn *sum_of);
void map_expect_inside(void);
void map_expect_error_inside(void);

/* And a call after another one: an error is not kept. */
void map_expect_success_after_error(void);

void test_sum_critical(void);
void test_sum_atomic(void);
void test_sum_reduction(void);
void test_sum_locked(void);
void test_sum_locked_coarse(void);
void test_thread_map(void);
void test_thread_map_parallel(void);
void test_thread_map_errors(void);

#endif
