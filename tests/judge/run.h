/* A program that the judge runs: the build of a lab, or one of its tests. */
#ifndef LOCKSTEP_JUDGE_RUN_H
#define LOCKSTEP_JUDGE_RUN_H

#include "tests/judge/evidence.h"
#include "tests/judge/grade.h"
#include "tests/judge/job.h"

struct run {
    struct lab *lab;   /* NULL: nothing runs */
    struct test *test; /* NULL: the build */
    bool doubt;        /* what is built is not the answers, but what surely builds */
    struct job job;
    struct evidence evidence; /* of a test */
};

/* Starts it; with `doubt`, the build of what surely builds. If it cannot be started, run->job has
 * ended with JOB_NO_START. */
void run_start_build(struct run *run, const struct grading *grading, struct lab *lab, bool doubt);
void run_start_test(struct run *run, const struct grading *grading, struct lab *lab,
                    struct test *test);

/* How many programs should run at once, for each CPU. */
int run_at_once(const struct description *build);

/* Sets the limits and the environment of every test: nothing of them is the caller's. */
void run_set_limits(struct sandbox *sandbox, const struct grading *grading);

/* The job has ended: these judge it, and set on the lab or the test what follows. The run is free
 * then. run_finish_build returns 0; or -1 and prints why if the lab cannot be judged. */
int run_finish_build(struct run *run, const struct grading *grading);
void run_finish_test(struct run *run, const struct grading *grading);

/* The folders, in the tree that judges, of which a test is to see nothing; NULL at the end. Whoever
 * could read them could have them compiled, and score full. */
extern const char *const run_hidden[];

#endif
