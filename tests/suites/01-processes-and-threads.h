/* What the files of lab 01's suite share: 01-processes-and-threads.c has the table and the tests of
 * who runs what, 01-processes-and-threads-sharing.c that of what comes back,
 * 01-processes-and-threads-measure.c those of what a worker costs and weighs. */
#ifndef LOCKSTEP_TESTS_SHARING_H
#define LOCKSTEP_TESTS_SHARING_H

#include "01-processes-and-threads/sharing.h"

void test_sharing(void);
void test_cost(void);
void test_memory(void);

#endif
