#include <errno.h>
#include <limits.h>
#include <math.h>
#include <string.h>

#include "08-serial/serial.h"
#include "tests/harness/conformance.h"
#include "tests/harness/grader.h"
#include "tests/harness/no_memory.h"

static const struct engine engine = {"serial_map", serial_map, ENGINE_SERIAL, 100000, 100000};

static void test_map(void)
{
    conform_begin(&engine);
    conform_results(&engine);
    conform_at_most(&engine);
    conform_alternating(&engine);
    conform_signals(&engine);
}

/* Which inputs were run, in order. */
static long order[8];
static size_t ran;

static int task_note(long in, long *out)
{
    order[ran++] = in;
    *out = in;
    return in == 30 ? EDOM : 0;
}

static void test_map_errors(void)
{
    const long in[] = {10, 20, 30, 40};
    long out[4];

    conform_begin(&engine);
    conform_arguments(&engine);
    conform_errors(&engine);
    conform_tidy(&engine);
    ran = 0;
    expect(
        serial_map(task_note, in, out, 4, 1) == -1 && errno == EDOM,
        "The third of four tasks failed with EDOM: serial_map should return -1 with that errno.");
    expect(
        ran == 3 && memcmp(order, in, sizeof order[0] * 3) == 0,
        "The third of four tasks failed: serial_map should run the first three in order and stop "
        "there, but it ran %zu.",
        ran);
}

static long term_cube(long i)
{
    return i * i * i;
}

static long seen[5];

static long term_note(long i)
{
    if (i >= 0 && i < 5)
        seen[i]++;
    return 1;
}

static void expect_sum(term_fn *term, long n, long wanted)
{
    long sum = -1;

    expect(serial_sum(term, n, &sum) == 0, "serial_sum of %ld terms failed: %s.", n,
           strerror(errno));
    expect(sum == wanted, "serial_sum of %ld terms should be %ld, but it is %ld.", n, wanted, sum);
}

static void test_sum(void)
{
    long sum = 7;

    grader_begin("serial_sum", serial_sum(term_identity, 1, &sum) == 0);
    expect_sum(term_identity, 0, 0);
    expect_sum(term_identity, 2, 1);
    expect_sum(term_identity, 10000001, 50000005000000);
    expect_sum(term_cube, 101, 25502500);
    expect_sum(term_note, 5, 5);
    for (int i = 0; i < 5; i++)
        expect(seen[i] == 1, "serial_sum of 5 terms should ask for term(%d) once, not %ld times.",
               i, seen[i]);
    sum = 7;
    expect(serial_sum(NULL, 1, &sum) == -1 && errno == EINVAL, "No term: EINVAL is expected.");
    expect(serial_sum(term_identity, -1, &sum) == -1 && errno == EINVAL,
           "-1 terms: EINVAL is expected.");
    expect(serial_sum(term_identity, 1, NULL) == -1 && errno == EINVAL,
           "Nowhere to store the sum: EINVAL is expected.");
    expect(sum == 7, "After an error *sum should be as it was.");
}

/* A clock and a piece of work of the test's own: run number k (from 0, warm-ups and all) takes
 * lengths[k] nanoseconds, and each look at the clock takes one. */
static int64_t now;
static const int64_t *lengths;
static int worked, looked, argument_seen;

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
    now = 1000;
    expect(stopwatch(fake_clock, fake_work, &argument, warmups, repeats, &timing) == 0,
           "stopwatch failed: %s.", strerror(errno));
    expect(worked == warmups + repeats,
           "With %d warm-ups and %d repeats the work should be done %d times, not %d times.",
           warmups, repeats, warmups + repeats, worked);
    expect(argument_seen == argument, "The work should be given the argument.");
    expect(
        looked == 2 * repeats,
        "The clock should be read just before and just after each of the %d timed runs: %d times, "
        "not %d times.",
        repeats, 2 * repeats, looked);
    return timing;
}

static void begin_stopwatch(void)
{
    static const int64_t length[] = {5};
    struct timing timing;
    int argument = 1;

    lengths = length;
    worked = 0;
    grader_begin("stopwatch", stopwatch(fake_clock, fake_work, &argument, 0, 1, &timing) == 0);
}

static int watch_nothing(void)
{
    static const int64_t none[2] = {0};
    struct timing timing;
    int argument;

    lengths = none;
    worked = 0;
    return stopwatch(fake_clock, fake_work, &argument, 0, 2, &timing);
}

static void test_stopwatch_runs(void)
{
    static const int64_t odd[] = {900, 1, 70, 50, 60};
    struct timing timing;

    begin_stopwatch();
    timing = watch(odd, 2, 3);
    expect(
        timing.min == 51,
        "Warm-ups of 900 and 1 ns do not count; of runs of 71, 51 and 61 ns (a look at the clock "
        "takes one) the shortest is 51, not %lld.",
        (long long)timing.min);
    timing = watch(odd, 0, 1);
    expect(timing.min == 901 && timing.median == 901,
           "Of a single run of 901 ns both minimum and median are 901, not %lld and %lld.",
           (long long)timing.min, (long long)timing.median);
    no_memory_try("stopwatch", watch_nothing);
    errno = 0;
    expect(stopwatch(NULL, fake_work, NULL, 0, 1, &timing) == -1 && errno == EINVAL,
           "No clock: EINVAL is expected.");
    expect(stopwatch(fake_clock, NULL, NULL, 0, 1, &timing) == -1 && errno == EINVAL,
           "No work: EINVAL is expected.");
    expect(stopwatch(fake_clock, fake_work, NULL, 0, 1, NULL) == -1 && errno == EINVAL,
           "Nowhere to store the timing: EINVAL is expected.");
    expect(stopwatch(fake_clock, fake_work, NULL, -1, 1, &timing) == -1 && errno == EINVAL,
           "-1 warm-ups: EINVAL is expected.");
    expect(stopwatch(fake_clock, fake_work, NULL, 0, 0, &timing) == -1 && errno == EINVAL,
           "0 repeats: EINVAL is expected.");
}

static void test_stopwatch_median(void)
{
    static const int64_t odd[] = {9999, 99, 29, 59}, even[] = {49, 9999, 19, 29};
    static const int64_t large[] = {9000000000, 5000000000, 6000000000};
    struct timing timing;

    begin_stopwatch();
    timing = watch(odd + 1, 0, 3);
    expect(timing.median == 60, "The median of 100, 30 and 60 ns is 60, not %lld.",
           (long long)timing.median);
    timing = watch(even, 0, 4);
    expect(
        timing.median == 40,
        "The median of 50, 10000, 20 and 30 ns is the mean of the two in the middle, 40, not %lld "
        "(one run that was disturbed moves the mean, but hardly the median).",
        (long long)timing.median);
    timing = watch(large, 0, 3);
    expect(
        timing.median == 6000000001,
        "The median of 9, 5 and 6 seconds is 6 seconds (%lld ns), not %lld: does it fit in an int, "
        "and does the difference of two of them?",
        6000000001LL, (long long)timing.median);
    timing = watch((const int64_t[]){2 * NS_PER_S, NS_PER_S}, 0, 2);
    expect(timing.median == NS_PER_S * 3 / 2 + 1,
           "The median of 1 s and 2 s is 1.5 s, not %lld ns.", (long long)timing.median);
}

static bool near(double a, double b)
{
    return fabs(a - b) < 1e-9;
}

static void expect_ratio(const char *what, double got, double wanted)
{
    expect(near(got, wanted), "%s should be %.6f, but it is %.6f.", what, wanted, got);
}

static void expect_nan(const char *what, double got)
{
    expect(isnan(got), "%s has no answer: NAN is expected, not %f.", what, got);
}

static void test_speedup(void)
{
    errno = 0;
    grader_begin("speedup", !isnan(speedup(2, 1)));
    expect_ratio("speedup(12, 3)", speedup(12, 3), 4);
    expect_ratio("speedup(1, 4)", speedup(1, 4), 0.25);
    expect_nan("speedup(0, 1)", speedup(0, 1));
    expect_nan("speedup(1, 0)", speedup(1, 0));
    expect_nan("speedup(-1, -1)", speedup(-1, -1));
    errno = 0;
    grader_begin("efficiency", !isnan(efficiency(1, 1)));
    expect_ratio("efficiency(3, 4)", efficiency(3, 4), 0.75);
    expect_ratio("efficiency(1, 2)", efficiency(1, 2), 0.5);
    expect_nan("efficiency(0, 2)", efficiency(0, 2));
    expect_nan("efficiency(1, 0)", efficiency(1, 0));
}

static void test_karp_flatt(void)
{
    errno = 0;
    grader_begin("karp_flatt", !isnan(karp_flatt(1, 2)));
    expect_ratio("karp_flatt(2, 2), all in parallel,", karp_flatt(2, 2), 0);
    expect_ratio("karp_flatt(1, 8), nothing in parallel,", karp_flatt(1, 8), 1);
    expect_ratio("karp_flatt(2.5, 4)", karp_flatt(2.5, 4), (1 / 2.5 - 0.25) / 0.75);
    expect_ratio("karp_flatt(4.4, 4), faster than linear,", karp_flatt(4.4, 4),
                 (1 / 4.4 - 0.25) / 0.75);
    expect_nan("karp_flatt(1, 1)", karp_flatt(1, 1));
    expect_nan("karp_flatt(2, 1)", karp_flatt(2, 1));
    expect_nan("karp_flatt(-2, 4)", karp_flatt(-2, 4));
    expect_nan("karp_flatt(0, 4)", karp_flatt(0, 4));
}

/* clang-format off */
static const struct graded_test tests[] = {
    {"map", 2, "serial_map runs every task and keeps the order", "serial_map", test_map,
     {"serial_map is one loop: task(in[i], &out[i]) for each i.",
      "What does a task return? 0 says that all went well.",
      "For n == 0 there is nothing to do, and that is a success."}},
    {"map-errors", 2, "serial_map refuses bad arguments and stops at an error",
     "serial_map", test_map_errors,
     {"map_args_ok in common/map.h knows which arguments are bad.",
      "A task returns its error; the engine puts it into errno and returns -1.",
      "if (!map_args_ok(...)) { errno = EINVAL; return -1; }"}},
    {"sum", 1, "serial_sum adds up the terms", "serial_sum", test_sum,
     {"Add up term(0) ... term(n - 1) in a long.",
      "Only write to *sum when nothing can fail any more."}},
    {"stopwatch-runs", 1, "stopwatch warms up, repeats and keeps the shortest run",
     "stopwatch", test_stopwatch_runs,
     {"Warm-ups run without a look at the clock.",
      "Read the clock right before and right after each timed run, and nowhere else."}},
    {"stopwatch-median", 2, "stopwatch finds the median", "stopwatch", test_stopwatch_median,
     {"Sort the lengths first: qsort(3) and by_length.",
      "Of an even number of runs, take the mean of the two in the middle.",
      "(lengths[(n - 1) / 2] + lengths[n / 2]) / 2 is right for odd and even n."}},
    {"speedup", 1, "speedup and efficiency", "speedup", test_speedup,
     {"Speedup: the serial time over the parallel time.",
      "Efficiency: the speedup over the number of workers."}},
    {"karp-flatt", 1, "the Karp-Flatt serial fraction", "karp_flatt", test_karp_flatt,
     {"The formula stands in serial.h.",
      "1 / workers of two ints is 0 in C: write 1.0 / workers."}},
};
/* clang-format on */

const struct graded_suite graded_suite = {"08-serial", "serial.c", tests,
                                          sizeof tests / sizeof tests[0]};
