/* A fifth power, and many of them in one process. */
#include "tests/suites/04-fifth-powers.h"

#include <errno.h>
#include <limits.h>
#include <unistd.h>

#include "04-fifth-powers/powers.h"
#include "tests/harness/conformance.h"
#include "tests/harness/grader.h"
#include "tests/harness/wording.h"

/* single_pool in the shape of the other engines. */
static int single_engine(task_fn *task, const long in[], long out[], size_t n, int workers)
{
    if (workers < 1) {
        errno = EINVAL;
        return -1;
    }
    return single_pool(task, in, out, n);
}

static const struct engine single = {"single_pool",     single_engine, WORKER_CALLER,
                                     "04-fifth-powers", 1000,          1000};

static void expect_power(long in, long wanted)
{
    long out = 77;
    int error = grader_call(fifth_power(in, &out), "fifth_power", "fifth_power of %ld", in);

    expect(error == 0,
           "fifth_power of %ld should store %ld, which fits in a long, and return 0, but it "
           "returned %d.",
           in, wanted, error);
    expect(out == wanted, "%ld to the fifth power is %ld, but fifth_power stored %ld.", in, wanted,
           out);
}

/* A task returns its error: what errno holds says nothing. */
static void begin_with_power(void)
{
    long out;
    int error = fifth_power(2, &out);

    errno = error;
    grader_begin("fifth_power", error != ENOSYS);
    expect(error == 0,
           "A plain call of fifth_power, of 2, should return 0 and store its result in *out, but "
           "it returned %d.",
           error);
}

void test_power(void)
{
    begin_with_power();
    expect_power(0, 0);
    expect_power(1, 1);
    expect_power(-3, -243);
    expect_power(12, 248832);
    expect_power(1000, 1000000000000000);
    expect_power(6207, 6207L * 6207 * 6207 * 6207 * 6207); /* odd and long: no double has it */
}

/* Twice: what did not fit does not fit the next time either. */
static void expect_overflow(long in)
{
    for (int call = 1; call <= 2; call++) {
        long out = 77;
        int error;

        errno = 0;
        error = grader_call(fifth_power(in, &out), "fifth_power", "fifth_power of %ld", in);
        expect(error == ERANGE,
               "%ld to the fifth power does not fit in a long: fifth_power should return %s, "
               "number %d, but it returned %d.%s",
               in, error_name(ERANGE), ERANGE, error,
               call == 2 ? " It was called with this number twice." : "");
        expect(errno == 0,
               "fifth_power of %ld set errno to %s. A task returns the number of its error, and "
               "does not set errno.",
               in, error_name(errno));
        expect(out == 77, "When fifth_power(%ld) fails it should leave *out as it was.", in);
    }
}

void test_power_overflow(void)
{
    begin_with_power();
    expect_power(6208, 6208L * 6208 * 6208 * 6208 * 6208);
    expect_power(-6208, -(6208L * 6208 * 6208 * 6208 * 6208));
    expect_overflow(6209);
    expect_power(6208, 6208L * 6208 * 6208 * 6208 * 6208);
    expect_overflow(-6209);
    expect_overflow(10000);
    expect_overflow(LONG_MAX);
    expect_overflow(LONG_MIN);
    /* Of each of these some product on the way is 0, and fits, if its bits above the 64th are let
     * go unseen. */
    for (int bit = 13; bit < 63; bit++) {
        expect_overflow(1L << bit);
        expect_overflow(-(1L << bit));
    }
}

static int task_fail(long in, long *out)
{
    *out = in;
    return EDOM;
}

/* So many tasks that an int cannot count them: 0, if it is cut to one. The first one ends it. */
static void check_most_tasks(void)
{
    const size_t n = 1UL << 32;
    long in[1] = {0}, out[1];

    const char *call =
        wording("single_pool of %zu tasks, of which the first one fails with EDOM", n);
    struct grader_answer answer;

    grader_trying(call);
    answer = grader_answer(single_pool(task_fail, in, out, n));
    /* Where there is no memory for so many is for single-here to say. */
    grader_expect_refused(call, answer, answer.error == ENOMEM ? ENOMEM : EDOM);
}

void test_single_pool(void)
{
    conform_begin_with(&single);
    conform_results(&single);
    conform_very_many(&single);
    conform_at_most(&single);
    conform_arguments(&single);
    conform_errors(&single);
    conform_errno_of_success(&single);
    grader_refused("single_pool of 0 tasks with no task function (NULL)",
                   single_pool(NULL, NULL, NULL, 0), EINVAL);
    check_most_tasks();
}

static int task_pid(long in, long *out)
{
    (void)in;
    *out = getpid();
    return 0;
}

void test_single_pool_here(void)
{
    long in[3] = {0}, pids[3] = {0};

    conform_begin_with(&single);
    expect(single_pool(task_pid, in, pids, 3) == 0, "single_pool failed with errno %s.",
           error_name(errno));
    for (int i = 0; i < 3; i++)
        expect(pids[i] == getpid(),
               "single_pool should run every task in the calling process (PID %ld), but task %d "
               "ran in %ld.",
               (long)getpid(), i, pids[i]);
}
