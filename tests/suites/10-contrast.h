/* The tests of lab 10's suite: 10-contrast.c has the table of them. */
#ifndef LOCKSTEP_SUITES_CONTRAST_H
#define LOCKSTEP_SUITES_CONTRAST_H

/* 10-contrast-rows.c: what the rows say when all goes well. */
void test_contrast_rounds(void);
void test_contrast_best(void);
void test_contrast_speedup(void);
void test_contrast_agrees(void);

/* 10-contrast-failures.c: bad arguments, failing engines, no memory. */
void test_contrast_failures(void);

/* A part of test_contrast_agrees: a call inside another one. */
void contrast_try_run_in_run(void);

#endif
