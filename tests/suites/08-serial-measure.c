/* The stopwatch. */
#include "tests/suites/08-serial.h"

#include <errno.h>
#include <limits.h>
#include <setjmp.h>
#include <sys/resource.h>

#include "08-serial/serial.h"
#include "tests/harness/grader.h"
#include "tests/harness/no_memory.h"
#include "tests/harness/wording.h"

/* A clock and a piece of work of the test's own: run number k (from 0, warm-ups and all) takes
 * lengths[k] nanoseconds, and each look at the clock takes one. */
static int64_t now, begins = 1000;
static const int64_t *lengths;
static int worked, looked, argument_seen;
static const char *stack = ""; /* what is special about it, in words */

static int64_t fake_clock(void)
{
    looked++;
    return now++;
}

static void fake_work(void *argument)
{
    argument_seen = *(int *)argument;
    now += lengths[worked++];
}

static struct timing watch(const int64_t *run_lengths, int warmups, int repeats)
{
    struct timing timing = {-1, -1};
    int argument = 4711;

    lengths = run_lengths;
    worked = looked = argument_seen = 0;
    now = begins;
    expect(grader_call(stopwatch(fake_clock, fake_work, &argument, warmups, repeats, &timing),
                       "stopwatch", "stopwatch of %s and %s%s", plural(warmups, "warm-up"),
                       plural(repeats, "repeat"), stack) == 0,
           "stopwatch of %s and %s%s failed with errno %s.", plural(warmups, "warm-up"),
           plural(repeats, "repeat"), stack, error_name(errno));
    expect(worked == warmups + repeats, "With %s and %s the work should be done %s, not %d.",
           plural(warmups, "warm-up"), plural(repeats, "repeat"), plural(warmups + repeats, "time"),
           worked);
    expect(argument_seen == argument, "stopwatch should hand the argument on to the work.");
    expect(looked == 2 * repeats,
           "With %s the clock should be read just before and just after each timed run, %d times "
           "in all, not %d times.",
           plural(repeats, "repeat"), 2 * repeats, looked);
    return timing;
}

static void begin_stopwatch(void)
{
    static const int64_t length[] = {5};
    struct timing timing;
    int argument = 1;

    lengths = length;
    worked = 0;
    /* What fails in another way than a stub is told of with its arguments, later. */
    grader_begin("stopwatch", stopwatch(fake_clock, fake_work, &argument, 0, 1, &timing) == 0 ||
                                  errno != ENOSYS);
}

/* So many runs that an array which grows with them grows more than once. */
static int watch_nothing(void)
{
    enum { RUNS = 50 };
    static const int64_t none[RUNS] = {0};
    struct timing timing;
    int argument;

    lengths = none;
    worked = 0;
    return stopwatch(fake_clock, fake_work, &argument, 0, RUNS, &timing);
}

static void check_stopwatch_arguments(void)
{
    static const int64_t none[2] = {0};
    struct timing timing;
    int argument = 1;

    lengths = none;
    worked = 0;
    grader_refused("stopwatch with no clock (NULL)",
                   stopwatch(NULL, fake_work, &argument, 0, 1, &timing), EINVAL);
    grader_refused("stopwatch with no work (NULL)",
                   stopwatch(fake_clock, NULL, &argument, 0, 1, &timing), EINVAL);
    grader_refused("stopwatch with nowhere to store (NULL)",
                   stopwatch(fake_clock, fake_work, &argument, 0, 1, NULL), EINVAL);
    grader_refused("stopwatch with -1 warm-ups",
                   stopwatch(fake_clock, fake_work, &argument, -1, 1, &timing), EINVAL);
    grader_refused("stopwatch with 0 repeats",
                   stopwatch(fake_clock, fake_work, &argument, 0, 0, &timing), EINVAL);
    grader_refused("stopwatch with -1 repeats",
                   stopwatch(fake_clock, fake_work, &argument, 0, -1, &timing), EINVAL);
}

/* A run may be shorter than the clock can tell, or last for seconds. */
static void check_least(void)
{
    static const int64_t quick[] = {4, -1, 9}; /* -1: the clock stands still meanwhile */
    struct timing timing = watch(quick, 0, 3);

    expect(timing.min == 0,
           "Of runs of 5, 0 and 10 ns the shortest is 0, not %lld. Is 0 taken for no length, or "
           "is a length not an int64_t?",
           (long long)timing.min);
    timing = watch((const int64_t[]){5 * NS_PER_S, 3 * NS_PER_S}, 0, 2);
    expect(timing.min == 3 * NS_PER_S + 1,
           "Of runs of 5 and 3 seconds the shortest is 3 seconds (%lld ns), not %lld.%s",
           (long long)(3 * NS_PER_S + 1), (long long)timing.min,
           timing.min == 5 * NS_PER_S + 1 ? " Is the last run looked at, too?"
                                          : " Neither an int nor a float holds these lengths.");
}

/* A clock that counts from far back, as one that counts from 1970 does. */
static void check_far_clock(void)
{
    static const int64_t runs[] = {70, 50, 60};
    struct timing timing;

    begins = (1LL << 60) + 1;
    timing = watch(runs, 0, 3);
    begins = 1000;
    expect(timing.min == 51 && timing.median == 61,
           "On a clock that shows %lld ns, runs of 71, 51 and 61 ns have a minimum of 51 and a "
           "median of 61, not %lld and %lld: is a time kept in a double, which has 53 bits?",
           (1LL << 60) + 1, (long long)timing.min, (long long)timing.median);
}

/* Nobody waits for so many runs as an int can count: one of them leaves the stopwatch. */
static jmp_buf enough;
static int leaves_at;

static void leaving_work(void *argument)
{
    (void)argument;
    if (++worked == leaves_at)
        longjmp(enough, 1);
}

/* More runs, warm-ups and all, than an int can count. */
static void check_many_warmups(void)
{
    static struct timing timing;

    worked = 0;
    leaves_at = 5;
    if (setjmp(enough) == 0) {
        grader_doing("stopwatch", "stopwatch of 2147483647 warm-ups and 1 repeat");
        stopwatch(fake_clock, leaving_work, NULL, INT_MAX, 1, &timing);
        grader_did();
        grader_fail("stopwatch of 2147483647 warm-ups and 1 repeat did the work %s, and then it "
                    "returned. Does a sum of the two fit in an int?",
                    plural(worked, "time"));
    }
    grader_did();
}

/* More runs than there is memory for. Their lengths need 2^32 bytes: as an int, or an unsigned, 0.
 * Who finds out only as the lengths come in may go on for a while; and whoever asks for a place for
 * each length alone must come to an end soon, too. */
static void check_no_room(void)
{
    static const char what[] = "stopwatch with 536870912 repeats (4 GiB of lengths)";
    static struct rlimit before, small;
    static struct timing timing;

    getrlimit(RLIMIT_AS, &before);
    small = (struct rlimit){512UL << 20, before.rlim_max};
    if (before.rlim_cur < small.rlim_cur)
        small.rlim_cur = before.rlim_cur;
    setrlimit(RLIMIT_AS, &small);
    worked = 0;
    leaves_at = 25000;
    if (setjmp(enough) == 0)
        grader_refused(what, stopwatch(fake_clock, leaving_work, NULL, 0, 1 << 29, &timing),
                       ENOMEM);
    else
        grader_did();
    setrlimit(RLIMIT_AS, &before);
}

void test_stopwatch_runs(void)
{
    /* The shortest run is the first: with the warm-ups in it, it would not be. */
    static const int64_t odd[] = {900, 1, 50, 70, 60};
    struct timing timing;

    begin_stopwatch();
    timing = watch(odd, 2, 3);
    expect(
        timing.min == 51,
        "Warm-ups of 900 and 1 ns do not count; of runs of 51, 71 and 61 ns (a look at the clock "
        "takes one) the shortest is 51, not %lld. Is each run timed alone, is each looked at, and "
        "is every length an int64_t?",
        (long long)timing.min);
    timing = watch(odd, 0, 1);
    expect(timing.min == 901 && timing.median == 901,
           "Of a single run of 901 ns both minimum and median are 901, not %lld and %lld.",
           (long long)timing.min, (long long)timing.median);
    check_least();
    check_far_clock();
    serial_try_orders(SERIAL_MIN);
    serial_try_watch_in_watch();
    no_memory_try("stopwatch", watch_nothing);
    serial_try_heap();
    check_stopwatch_arguments();
    if (!GRADER_SANITIZED) { /* who is left by a jump cannot free what he holds */
        check_many_warmups();
        check_no_room();
    }
}

/* More runs than a small array of the function's own has room for, and more than a small stack has:
 * an array of variable length there cannot say that no memory is left. */
static void try_many_runs(void)
{
    enum { RUNS = 20001 };
    static int64_t many[RUNS];
    struct rlimit before, small;
    struct timing timing;

    for (int run = 0; run < RUNS; run++)
        many[run] = (int64_t)run * 7919 % RUNS;
    getrlimit(RLIMIT_STACK, &before);
    small = (struct rlimit){128 << 10, before.rlim_max};
    if (!GRADER_SANITIZED)
        setrlimit(RLIMIT_STACK, &small);
    stack = ", on a stack of 128 KiB";
    timing = watch(many, 0, RUNS);
    setrlimit(RLIMIT_STACK, &before);
    stack = "";
    expect(timing.median == RUNS / 2 + 1, "Of %d runs of 1 to %d ns the median is %d, not %lld.",
           RUNS, RUNS, RUNS / 2 + 1, (long long)timing.median);
}

void test_stopwatch_median(void)
{
    static const int64_t odd[] = {9999, 59, 29, 99}, even[] = {49, 9999, 19, 29};
    static const int64_t large[] = {9000000000, 5000000000, 6000000000};
    struct timing timing;

    begin_stopwatch();
    timing = watch(odd + 1, 0, 3);
    expect(timing.median == 60, "The median of 60, 30 and 100 ns is 60, not %lld.",
           (long long)timing.median);
    timing = watch(odd, 1, 3);
    expect(timing.median == 60,
           "A warm-up of 9999 ns does not count; the median of 60, 30 and 100 ns is 60, not %lld.",
           (long long)timing.median);
    timing = watch(even, 0, 4);
    expect(
        timing.median == 40,
        "The median of 50, 10000, 20 and 30 ns is the mean of the two in the middle, 40, not %lld "
        "(one run that was disturbed moves the mean, but hardly the median).",
        (long long)timing.median);
    timing = watch((const int64_t[]){3 * NS_PER_S, 3 * NS_PER_S, 3 * NS_PER_S}, 0, 3);
    expect(timing.median == 3 * NS_PER_S + 1,
           "Three runs of 3 seconds have a median of 3 seconds (%lld ns), not %lld. Neither an int "
           "nor a float holds this length.",
           (long long)(3 * NS_PER_S + 1), (long long)timing.median);
    timing = watch(large, 0, 3);
    expect_at(
        "by_length", timing.median == 6000000001,
        "The median of 9, 5 and 6 seconds is 6 seconds (%lld ns), not %lld: does the difference of "
        "two lengths fit in an int?",
        6000000001LL, (long long)timing.median);
    timing = watch((const int64_t[]){2 * NS_PER_S, NS_PER_S}, 0, 2);
    expect(timing.median == NS_PER_S * 3 / 2 + 1,
           "The median of 1 s and 2 s is 1.5 s, not %lld ns.", (long long)timing.median);
    serial_try_orders(SERIAL_MEDIAN);
    try_many_runs();
}
