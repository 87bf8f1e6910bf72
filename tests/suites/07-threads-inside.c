/* A call inside another one of the same function: each has its own variables. Terms and tasks are
 * worked out in the threads of a team; all else runs in the test's own thread. */
#include "tests/suites/07-threads.h"

#include <errno.h>

#include "07-threads/thread_map.h"
#include "tests/harness/grader.h"
#include "tests/harness/wording.h"
#include "tests/watch/quiet.h"

static sum_fn *inner; /* set by the test before the call */

/* One more than 0 + 1 + ... + (i - 1), by a sum of its own. */
static long term_sums(long i)
{
    long sum = -1;

    inner(term_identity, i, 2, &sum);
    return sum + 1;
}

void terms_expect_inside(const char *name, sum_fn *sum_of)
{
    enum { TERMS = 6, RIGHT = 26 };
    long sum = -1;

    inner = sum_of;
    expect(grader_call(sum_of(term_sums, TERMS, 1, &sum), name,
                       "%s of %d terms that call %s themselves", name, TERMS, name) == 0,
           "%s failed with errno %s.", name, error_name(errno));
    expect(sum == RIGHT,
           "%s of %d terms that call %s themselves should be %d, not %ld. Is anything of one call "
           "kept in a variable that all calls share?",
           name, TERMS, name, RIGHT, sum);
}

static int task_twice(long in, long *out)
{
    *out = 2 * in;
    return 0;
}

/* 2 + 4 + ... + 2 * in, by a map of its own. Returns an error. */
static int add_up(long in, long *out)
{
    static const long numbers[] = {1, 2, 3, 4};
    long twice[4];

    if (thread_map(task_twice, numbers, twice, (size_t)in, 2))
        return errno;
    *out = 0;
    for (long i = 0; i < in; i++)
        *out += twice[i];
    return 0;
}

/* Of two tasks the later one fails. The other calls thread_map when that is known. */
static int task_fails_or_maps(long in, long *out)
{
    if (in == 1)
        return EDOM;
    quiet_wait_briefly(NULL);
    return add_up(4, out);
}

void map_expect_inside(void)
{
    static const char call[] = "thread_map of tasks that call thread_map themselves";
    const long in[] = {3, 4, 1, 2};
    long out[4] = {0};

    expect(grader_call(thread_map(add_up, in, out, 4, 1), "thread_map", "%s", call) == 0,
           "thread_map failed with errno %s.", error_name(errno));
    for (int i = 0; i < 4; i++)
        expect(out[i] == in[i] * (in[i] + 1),
               "%s: out[%d] should be %ld, not %ld. Is anything of one call kept in a variable "
               "that all calls share?",
               call, i, in[i] * (in[i] + 1), out[i]);
}

static int task_fails(long in, long *out)
{
    *out = in;
    return EDOM;
}

void map_expect_success_after_error(void)
{
    const long in[] = {3, 4};
    long out[2];

    thread_map(task_fails, in, out, 2, 1);
    expect(grader_call(thread_map(task_twice, in, out, 2, 1), "thread_map",
                       "thread_map of 2 tasks that succeed, after a call in which tasks failed") ==
               0,
           "In one call of thread_map all tasks failed with EDOM, in the next one all succeeded. "
           "This one should return 0, but it failed with errno %s. Is an error kept from one call "
           "to the next?",
           error_name(errno));
}

void map_expect_error_inside(void)
{
    const long in[] = {0, 1};
    long out[2];

    grader_refused("Task 1 fails with EDOM, and then task 0 calls thread_map itself: thread_map",
                   thread_map(task_fails_or_maps, in, out, 2, 2), EDOM);
}
