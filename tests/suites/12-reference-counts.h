/* The tests of lab 12's suite: 12-reference-counts.c has the table of them. */
#ifndef LOCKSTEP_SUITES_REFERENCE_COUNTS_H
#define LOCKSTEP_SUITES_REFERENCE_COUNTS_H

/* 12-reference-counts-plain.c: counts that all threads change alike. */
void test_counts_locked(void);
void test_counts_mutex(void);
void test_counts_atomic(void);
void test_counts_atomic_order(void);

/* 12-reference-counts-biased.c: counts in two parts. */
void test_counts_owner(void);
void test_counts_shared(void);
void test_counts_queue(void);
void test_counts_leave(void);
void test_counts_biased_order(void);
void test_counts_immortal(void);

#endif
