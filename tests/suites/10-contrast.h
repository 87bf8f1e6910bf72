/* What the files of lab 10's suite share. */
#ifndef LOCKSTEP_TESTS_CONTRAST_H
#define LOCKSTEP_TESTS_CONTRAST_H

#include "10-contrast/contrast.h"
#include "tests/harness/grader.h"

/* A part of "failures": there is no memory. */
void test_memory(void);

#endif
