#include <errno.h>
#include <string.h>

#include "tests/harness/wording.h"
#include "tests/unit/support/unit.h"

START_TEST(plural_counts)
{
    ck_assert_str_eq(plural(1, "task"), "1 task");
    ck_assert_str_eq(plural(0, "task"), "0 tasks");
    ck_assert_str_eq(plural(2, "process"), "2 processes");
    ck_assert_str_eq(plural(1, "process"), "1 process");
    ck_assert_str_eq(plural(-3, "CPU"), "-3 CPUs");
}
END_TEST

START_TEST(errors_have_name_and_meaning)
{
    ck_assert_str_eq(error_name(ECHILD), "ECHILD (No child processes)");
    ck_assert_str_eq(error_name(123456), "123456 (no errno of Linux)");
}
END_TEST

START_TEST(sixteen_texts_live_at_once)
{
    const char *texts[16];

    for (int i = 0; i < 16; i++)
        texts[i] = wording("text %d", i);
    ck_assert_str_eq(texts[0], "text 0");
    ck_assert_str_eq(texts[15], "text 15");
}
END_TEST

START_TEST(long_texts_are_cut_off_and_errno_is_kept)
{
    errno = ERANGE;
    ck_assert_uint_lt(strlen(wording("%1000d", 1)), 1000);
    ck_assert_int_eq(errno, ERANGE);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        plural_counts,
        errors_have_name_and_meaning,
        sixteen_texts_live_at_once,
        long_texts_are_cut_off_and_errno_is_kept,
    };

    return unit_main("wording", tests, sizeof tests / sizeof tests[0]);
}
