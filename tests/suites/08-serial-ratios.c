/* What follows from what the stopwatch read. */
#include "tests/suites/08-serial.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdbool.h>

#include "08-serial/serial.h"
#include "tests/harness/grader.h"
#include "tests/harness/wording.h"

static bool near(double a, double b)
{
    return fabs(a - b) < 1e-9 * fmax(1, fabs(b));
}

static void expect_ratio(const char *what, double got, double wanted)
{
    expect(near(got, wanted), "%s should be %.12g, but it is %.12g.", what, wanted, got);
}

static void expect_nan(const char *what, double got)
{
    expect(isnan(got), "%s has no answer: it should be NAN, not %f.", what, got);
}

/* NAN where a number is wanted is told of with the arguments: only a stub has not been started. */
void test_speedup(void)
{
    errno = 0;
    grader_begin("speedup", !isnan(speedup(2, 1)) || errno != ENOSYS);
    expect_ratio("speedup(12, 3)", speedup(12, 3), 4);
    expect_ratio("speedup(1, 4)", speedup(1, 4), 0.25);
    expect_ratio("speedup(100000001, 1)", speedup(100000001, 1), 100000001);
    expect_ratio("speedup(3e-20, 1e-20)", speedup(3e-20, 1e-20), 3);
    expect_ratio("speedup(1e308, 5e307)", speedup(1e308, 5e307), 2);
    expect_nan("speedup(0, 1)", speedup(0, 1));
    expect_nan("speedup(1, 0)", speedup(1, 0));
    expect_nan("speedup(-1, -1)", speedup(-1, -1));
    expect_nan("speedup(-1, 1)", speedup(-1, 1));
    expect_nan("speedup(1, -1)", speedup(1, -1));
    errno = 0;
    grader_begin("efficiency", !isnan(efficiency(1, 2)) || errno != ENOSYS);
    expect_ratio("efficiency(3, 4)", efficiency(3, 4), 0.75);
    expect_ratio("efficiency(1, 1), one worker,", efficiency(1, 1), 1);
    expect_ratio("efficiency(1, 2)", efficiency(1, 2), 0.5);
    expect_ratio("efficiency(0.5, 2)", efficiency(0.5, 2), 0.25);
    expect_ratio("efficiency(6, 4), faster than linear,", efficiency(6, 4), 1.5);
    expect_ratio("efficiency(3e-20, 4), times 1e20,", efficiency(3e-20, 4) * 1e20, 0.75);
    expect_ratio("efficiency(32768, 65536)", efficiency(32768, 65536), 0.5);
    expect_ratio("efficiency(1e9, INT_MAX)", efficiency(1e9, INT_MAX), 1e9 / INT_MAX);
    expect_ratio("efficiency(1e308, 4) / 1e308", efficiency(1e308, 4) / 1e308, 0.25);
    expect_nan("efficiency(0, 2)", efficiency(0, 2));
    expect_nan("efficiency(1, 0)", efficiency(1, 0));
    expect_nan("efficiency(1, -2)", efficiency(1, -2));
    expect_nan("efficiency(-1, 2)", efficiency(-1, 2));
}

static void expect_many_workers(int workers)
{
    double share = 1.0 / workers;

    expect_ratio(wording("karp_flatt(1.6, %d)", workers), karp_flatt(1.6, workers),
                 (1 / 1.6 - share) / (1 - share));
}

void test_karp_flatt(void)
{
    errno = 0;
    grader_begin("karp_flatt", !isnan(karp_flatt(1, 2)) || errno != ENOSYS);
    expect_ratio("karp_flatt(2, 2), all in parallel,", karp_flatt(2, 2), 0);
    expect_ratio("karp_flatt(1, 8), nothing in parallel,", karp_flatt(1, 8), 1);
    expect_ratio("karp_flatt(2.5, 4)", karp_flatt(2.5, 4), (1 / 2.5 - 0.25) / 0.75);
    expect_ratio("karp_flatt(0.5, 4)", karp_flatt(0.5, 4), 1.75 / 0.75);
    expect_ratio("karp_flatt(4.4, 4), faster than linear,", karp_flatt(4.4, 4),
                 (1 / 4.4 - 0.25) / 0.75);
    expect_ratio("karp_flatt(2e-9, 3)", karp_flatt(2e-9, 3), (1 / 2e-9 - 1 / 3.0) / (2 / 3.0));
    expect_ratio("karp_flatt(1e-300, 3) / 1e300", karp_flatt(1e-300, 3) / 1e300, 1.5);
    expect_many_workers(46341); /* its square, and more than that, is too large for an int */
    expect_many_workers(65536); /* for an unsigned */
    expect_many_workers(INT_MAX);
    expect_nan("karp_flatt(1, 1)", karp_flatt(1, 1));
    expect_nan("karp_flatt(2, 1)", karp_flatt(2, 1));
    expect_nan("karp_flatt(2, 0)", karp_flatt(2, 0));
    expect_nan("karp_flatt(2, -2)", karp_flatt(2, -2));
    expect_nan("karp_flatt(-2, 4)", karp_flatt(-2, 4));
    expect_nan("karp_flatt(0, 4)", karp_flatt(0, 4));
}
