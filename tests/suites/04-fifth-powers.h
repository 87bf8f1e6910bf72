/* What the files of lab 04's suite share: 04-fifth-powers.c has the table and the tests of one
 * process, 04-fifth-powers-multi.c those of multi_pool. */
#ifndef LOCKSTEP_TESTS_FIFTH_POWERS_H
#define LOCKSTEP_TESTS_FIFTH_POWERS_H

#include "04-fifth-powers/powers.h"

void test_multi(void);
void test_multi_workers(void);
void test_multi_tidy(void);

#endif
