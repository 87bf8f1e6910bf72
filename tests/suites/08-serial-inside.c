/* A call inside another one of the same function: each has its own variables. */
#include "tests/suites/08-serial.h"

#include <errno.h>

#include "08-serial/serial.h"
#include "tests/harness/grader.h"
#include "tests/harness/wording.h"

static void expect_own(const char *what, int64_t got, int64_t wanted)
{
    expect(got == wanted,
           "%s should be %lld, not %lld. Is anything of one call kept in a variable that all calls "
           "share?",
           what, (long long)wanted, (long long)got);
}

static int task_twice(long in, long *out)
{
    *out = 2 * in;
    return 0;
}

/* 2 + 4 + ... + 2 * in, by a map of its own. */
static int task_maps(long in, long *out)
{
    static const long numbers[] = {1, 2, 3, 4};
    long twice[4];
    int failed = serial_map(task_twice, numbers, twice, (size_t)in, 1);

    *out = 0;
    for (long i = 0; i < in && !failed; i++)
        *out += twice[i];
    return failed ? errno : 0;
}

void serial_try_map_in_map(void)
{
    const long in[] = {3, 4, 1, 2};
    long out[4] = {0};

    expect(grader_call(serial_map(task_maps, in, out, 4, 1), "serial_map",
                       "serial_map of 4 tasks that call serial_map themselves") == 0,
           "serial_map failed with errno %s.", error_name(errno));
    for (int i = 0; i < 4; i++)
        expect_own("The result of a task that calls serial_map itself", out[i],
                   in[i] * (in[i] + 1));
}

/* One more than 0 + 1 + ... + (i - 1), by a sum of its own. */
static long term_sums(long i)
{
    long sum = -1;

    serial_sum(term_identity, i, &sum);
    return sum + 1;
}

void serial_try_sum_in_sum(void)
{
    long sum = -1;

    expect(grader_call(serial_sum(term_sums, 6, &sum), "serial_sum",
                       "serial_sum of 6 terms that call serial_sum themselves") == 0,
           "serial_sum of %s failed with errno %s.", plural(6, "term"), error_name(errno));
    expect_own("The sum of 6 terms that call serial_sum themselves", sum, 26);
}

/* Work that uses a stopwatch of its own: three runs, each of which takes as many nanoseconds. Each
 * look at the clock takes one. */
static const int64_t lengths[] = {10, 30, 20};
static int64_t now = 1000;
static int done;

static int64_t ticking_clock(void)
{
    return now++;
}

static void inner_work(void *argument)
{
    now += *(const int64_t *)argument;
}

static void watching_work(void *argument)
{
    struct timing timing = {-1, -1};
    int64_t length = lengths[done++];

    (void)argument;
    expect(stopwatch(ticking_clock, inner_work, &length, 0, 3, &timing) == 0,
           "stopwatch failed with errno %s.", error_name(errno));
    expect_own("The shortest run of a stopwatch inside another one's work", timing.min, length + 1);
}

void serial_try_watch_in_watch(void)
{
    struct timing timing = {-1, -1};

    expect(grader_call(stopwatch(ticking_clock, watching_work, NULL, 0, 3, &timing), "stopwatch",
                       "stopwatch of work that uses a stopwatch itself") == 0,
           "stopwatch failed with errno %s.", error_name(errno));
    expect_own("The shortest run of work that uses a stopwatch itself", timing.min,
               1 + 3 * (lengths[0] + 2));
    expect_own("The median of work that uses a stopwatch itself", timing.median,
               1 + 3 * (lengths[2] + 2));
}
