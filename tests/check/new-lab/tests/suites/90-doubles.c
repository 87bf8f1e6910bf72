#include <errno.h>
#include <limits.h>

#include "90-doubles/doubles.h"
#include "tests/harness/grader.h"

static void test_doubles(void)
{
    long out = 0;

    grader_begin("double_it", double_it(1, &out) == 0);
    for (long in = -21; in <= 21; in += 21) {
        int failed = grader_call(double_it(in, &out), "double_it", "double_it of %ld", in);

        expect(!failed && out == 2 * in, "Twice %ld is %ld, not %ld.", in, 2 * in, out);
    }
}

static void test_range(void)
{
    long out = 0;

    grader_begin("double_it", double_it(1, &out) == 0);
    grader_refused("double_it of LONG_MAX, twice which does not fit,", double_it(LONG_MAX, &out),
                   ERANGE);
}

static const struct graded_test tests[] = {
    {"doubles", 2, "doubles a number", "double_it", test_doubles, {"Multiply by two."}, NULL},
    {"range",
     1,
     "refuses what does not fit",
     "double_it",
     test_range,
     {"can_double: Compare with LONG_MAX / 2.", "Is can_double asked before the number is stored?"},
     "doubles"},
};

const struct graded_suite graded_suite = {"90-doubles", "doubles.c", tests,
                                          sizeof tests / sizeof tests[0]};
