#include <errno.h>
#include <limits.h>

#include "90-doubles/doubles.h"
#include "tests/harness/grader.h"

static void test_doubles(void)
{
    long out = 0;

    grader_begin("double_it", double_it(1, &out) == 0);
    expect(double_it(-21, &out) == 0 && out == -42, "Twice -21 is -42, not %ld.", out);
}

static void test_range(void)
{
    long out = 0;

    grader_begin("double_it", double_it(1, &out) == 0);
    errno = 0;
    expect(double_it(LONG_MAX, &out) == -1 && errno == ERANGE,
           "Twice LONG_MAX does not fit: ERANGE is expected.");
}

static const struct graded_test tests[] = {
    {"doubles", 2, "doubles a number", "double_it", test_doubles, {"Multiply by two."}, NULL},
    {"range", 1, "refuses what does not fit", "double_it", test_range, {"Look at LONG_MAX."}, NULL},
};

const struct graded_suite graded_suite = {"90-doubles", "doubles.c", tests,
                                          sizeof tests / sizeof tests[0]};
