/* The tests of lab 04's suite: 04-fifth-powers.c has the table of them. */
#ifndef LOCKSTEP_SUITES_FIFTH_POWERS_H
#define LOCKSTEP_SUITES_FIFTH_POWERS_H

#include "tests/harness/engines.h"

/* 04-fifth-powers-single.c: a power, and many of them in one process. */
void test_power(void);
void test_power_overflow(void);
void test_single_pool(void);
void test_single_pool_here(void);

/* 04-fifth-powers-multi.c: many powers in a pool. */
extern const struct engine multi; /* multi_pool, as conformance.h wants it */
void test_multi_pool(void);
void test_multi_pool_workers(void);

/* 04-fifth-powers-tidy.c: what is left behind. */
void test_multi_pool_tidy(void);

/* 04-fifth-powers-list.c: how they are printed. */
void test_list(void);
void test_list_cut(void);

#endif
