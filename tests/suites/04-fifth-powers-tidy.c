/* What a pool of multi_pool's leaves behind. */
#include "tests/suites/04-fifth-powers.h"

#include <errno.h>

#include "04-fifth-powers/powers.h"
#include "tests/harness/census.h"
#include "tests/harness/conformance.h"
#include "tests/harness/grader.h"
#include "tests/harness/wording.h"

/* In a worker. */
static int task_fail_with(long in, long *out)
{
    *out = in;
    return (int)in;
}

/* The pool is closed whichever error its map has; also one that could be the pool's own. */
static void check_closed(void)
{
    static const long errors[] = {EDOM, ECHILD, EAGAIN, ENOMEM, EINVAL, EINTR, EPIPE, ESRCH};
    long out[1];

    for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++) {
        struct census before = census_take();

        grader_refused(wording("The task fails with %s: multi_pool", error_name((int)errors[i])),
                       multi_pool(task_fail_with, &errors[i], out, 1, 1), (int)errors[i]);
        census_expect_same(before, census_take(), "multi_pool, of which the tasks failed,", 1);
    }
}

void test_multi_pool_tidy(void)
{
    conform_begin_with(&multi);
    conform_tidy(&multi);
    check_closed();
    conform_deaths(&multi);
}
