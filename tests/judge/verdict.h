/* From what was seen to what is said: outcomes, in words for somebody who is learning. */
#ifndef LOCKSTEP_JUDGE_VERDICT_H
#define LOCKSTEP_JUDGE_VERDICT_H

#include <stdbool.h>
#include <stddef.h>

#include "tests/judge/evidence.h"
#include "tests/judge/job.h"
#include "tests/judge/lab.h"

/* Decides a test's outcome. Returns true if the test had to be ended: it hung, or used too much. */
bool verdict_on_test(struct test *test, const struct job *job, const struct evidence *evidence);

enum build_verdict {
    VERDICT_BUILT,     /* the suite is there */
    VERDICT_MISSING,   /* nothing was handed in */
    VERDICT_NOT_BUILT, /* what was written cannot be built, or is refused */
    VERDICT_NONE,      /* the builder could not work */
};

/* Looks at how a lab's build ended. `said` is what the build printed, in `size` bytes; it is
 * replaced if it does not say why there is no suite. */
enum build_verdict verdict_on_build(const struct job *job, char *said, size_t size);

#endif
