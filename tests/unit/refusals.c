/* What grader_refused accepts, and what it says of everything else. Each case is run through Check
 * as the graded tests are, before the tests of this program begin; these look at what came of
 * it. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/harness/grader.h"
#include "tests/unit/support/unit.h"

/* Functions that return what they are told, and set errno unless that is 0. */
static int return_int(int value, int error)
{
    if (error)
        errno = error;
    return value;
}

static double return_double(double value, int error)
{
    if (error)
        errno = error;
    return value;
}

static char *return_pointer(char *value, int error)
{
    if (error)
        errno = error;
    return value;
}

static void int_as_wanted(void)
{
    grader_refused("f of NULL", return_int(-1, EINVAL), EINVAL);
    grader_refused("f of 0", return_int(-1, EDOM), EDOM);
}

static void double_as_wanted(void)
{
    grader_refused("f of NULL", return_double(NAN, EINVAL), EINVAL);
}

static void pointer_as_wanted(void)
{
    grader_refused("f of NULL", return_pointer(NULL, EINVAL), EINVAL);
}

static void succeeds(void)
{
    grader_refused("f of NULL", return_int(0, EINVAL), EINVAL);
}

static void other_error(void)
{
    grader_refused("f of NULL", return_int(-1, EDOM), EINVAL);
}

static void sets_errno_only_once(void)
{
    grader_refused("f of NULL", return_int(-1, EINVAL), EINVAL);
    grader_refused("f of 0", return_int(-1, 0), EINVAL);
}

static void left_by_the_test(void)
{
    errno = EINVAL;
    grader_refused("f of NULL", return_double(NAN, 0), EINVAL);
}

static void number(void)
{
    grader_refused("f of NULL", return_double(0.5, EINVAL), EINVAL);
}

static void pointer(void)
{
    char object = 0;

    grader_refused("f of NULL", return_pointer(&object, 0), EINVAL);
}

static int calls;

static int count_call(void)
{
    calls++;
    errno = EINVAL;
    return -1;
}

static void evaluates_once(void)
{
    grader_refused("f of NULL", count_call(), EINVAL);
    expect(calls == 1, "called %d times", calls);
}

static struct {
    void (*body)(void);
    const char *wanted; /* the message; NULL: it passes */
    char said[512];
} cases[] = {
    {int_as_wanted, NULL, ""},
    {double_as_wanted, NULL, ""},
    {pointer_as_wanted, NULL, ""},
    {evaluates_once, NULL, ""},
    {succeeds,
     "f of NULL should return -1 with errno EINVAL (Invalid argument), but it returned 0.", ""},
    {other_error,
     "f of NULL should return -1 with errno EINVAL (Invalid argument), but it returned -1 with "
     "errno EDOM (Numerical argument out of domain).",
     ""},
    {sets_errno_only_once,
     "f of 0 should return -1 with errno EINVAL (Invalid argument), but it returned -1 and did not "
     "set errno.",
     ""},
    {left_by_the_test,
     "f of NULL should return NAN with errno EINVAL (Invalid argument), but it returned NAN and "
     "did not set errno.",
     ""},
    {number,
     "f of NULL should return NAN with errno EINVAL (Invalid argument), but it returned 0.5.", ""},
    {pointer,
     "f of NULL should return NULL with errno EINVAL (Invalid argument), but it returned a "
     "pointer.",
     ""},
};

enum { CASES = sizeof cases / sizeof cases[0] };

START_TEST(run_case)
{
    cases[_i].body();
}
END_TEST

static void run_cases(void)
{
    Suite *suite = suite_create("cases");
    TCase *tcase = tcase_create("cases");
    SRunner *runner = srunner_create(suite);
    TestResult **results;

    tcase_add_loop_test(tcase, run_case, 0, CASES);
    suite_add_tcase(suite, tcase);
    srunner_run_all(runner, CK_SILENT);
    results = srunner_results(runner);
    for (int i = 0; i < CASES; i++)
        snprintf(cases[i].said, sizeof cases[i].said, "%s",
                 tr_rtype(results[i]) == CK_PASS ? "passed" : tr_msg(results[i]));
    free(results);
    srunner_free(runner);
}

START_TEST(every_case_is_judged_as_it_should_be)
{
    for (int i = 0; i < CASES; i++)
        ck_assert_str_eq(cases[i].said, cases[i].wanted ? cases[i].wanted : "passed");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {every_case_is_judged_as_it_should_be};

    run_cases();
    return unit_main("refusals", tests, sizeof tests / sizeof tests[0]);
}
