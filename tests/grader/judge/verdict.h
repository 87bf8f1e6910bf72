/* From what was seen to what is said: outcomes, in words for somebody who is learning. */
#ifndef LOCKSTEP_JUDGE_VERDICT_H
#define LOCKSTEP_JUDGE_VERDICT_H

#include <stdbool.h>

#include "tests/grader/judge/job.h"
#include "tests/grader/judge/lab.h"

/* What a test has reported. */
struct evidence {
    char nonce[40]; /* what it must say at its end */
    pid_t original; /* who said hello: the test's own process, before it became the test */
    bool ended;     /* the end was reported, with the nonce, by that process */
    bool not_started;
    char text[2048]; /* the first failure reported; the function that is not written */
};

/* Takes a message into account. `sender` is as the kernel tells it. */
void evidence_add(struct evidence *evidence, pid_t sender, const char *message);

/* Decides a test's outcome. Returns 1 if the test had to be ended (it hung, or took too much), 0
 * otherwise. */
int verdict_on_test(struct test *test, const struct job *job, const struct evidence *evidence);

/* Looks at how a lab's build ended. Sets lab->suite and returns 0; or sets lab->trouble and returns
 * -1. */
int verdict_on_build(struct lab *lab, const struct job *job, const char *out);

#endif
