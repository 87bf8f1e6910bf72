/* The tests of lab 06's suite: 06-squares.c has the table of them. */
#ifndef LOCKSTEP_SUITES_SQUARES_H
#define LOCKSTEP_SUITES_SQUARES_H

/* 06-squares-work.c: five processes at work. */
void test_squares_one_by_one(void);
void test_squares_together(void);
void test_squares_at_once(void);
void test_squares_short(void);

/* 06-squares-faults.c: what can go wrong. */
void test_squares_bytes(void);
void test_squares_child_dies(void);
void test_squares_overflow(void);
void test_squares_tidy(void);

#endif
