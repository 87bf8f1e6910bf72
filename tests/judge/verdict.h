/* From what was seen to what is said: outcomes, in words for somebody who is learning. */
#ifndef LOCKSTEP_JUDGE_VERDICT_H
#define LOCKSTEP_JUDGE_VERDICT_H

#include "tests/judge/evidence.h"
#include "tests/judge/job.h"
#include "tests/judge/lab.h"

/* Decides a test's outcome. Returns 1 if the test had to be ended (it hung, or took too much), 0
 * otherwise. */
int verdict_on_test(struct test *test, const struct job *job, const struct evidence *evidence);

/* Looks at how a lab's build ended. Sets lab->suite and lab->warnings and returns 0; or sets
 * lab->trouble and returns -1. */
int verdict_on_build(struct lab *lab, const struct job *job, const char *out);

#endif
