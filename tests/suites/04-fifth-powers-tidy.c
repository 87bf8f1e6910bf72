/* What a pool of multi_pool's leaves behind. */
#include "tests/suites/04-fifth-powers.h"

#include <errno.h>
#include <signal.h>
#include <unistd.h>

#include "04-fifth-powers/powers.h"
#include "tests/harness/census.h"
#include "tests/harness/conformance.h"
#include "tests/harness/grader.h"
#include "tests/harness/wording.h"

enum { DIES = -1 };
static pid_t caller; /* set by the test before the call */

/* In a worker. */
static int task_fail_with(long in, long *out)
{
    if (in == DIES && getpid() != caller)
        raise(SIGKILL);
    *out = in;
    return (int)in;
}

/* The pool is closed whichever error its map has, also one that could be the pool's own. (Which one
 * the caller sees is for another test to say.) */
static void check_closed(void)
{
    static const long errors[] = {DIES, EDOM, ECHILD, EAGAIN, ENOMEM, EINVAL, EINTR, EPIPE, ESRCH};
    long out[1];

    caller = getpid();
    for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++) {
        struct census before = census_take();

        grader_call(multi_pool(task_fail_with, &errors[i], out, 1, 1), "multi_pool", "%s",
                    errors[i] == DIES ? "multi_pool of a task that kills its worker"
                                      : wording("multi_pool of a task that fails with %s",
                                                error_name((int)errors[i])));
        census_expect_same(before, census_take(), "multi_pool, of which the tasks failed,", 1);
    }
}

void test_multi_pool_tidy(void)
{
    conform_begin_with(&multi);
    check_closed();
    conform_no_memory(&multi);
    conform_tidy(&multi);
}
