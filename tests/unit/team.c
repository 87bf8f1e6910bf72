#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/program/team.h"
#include "tests/unit/support/unit.h"

/* The settings are read before main: each test starts this program again with some. */
struct settings {
    const char *limit, *dynamic; /* NULL: not set */
    char *threads;
};

static void set(const char *name, const char *value)
{
    if (value)
        setenv(name, value, 1);
    else
        unsetenv(name);
}

static void warn_with(void *argument)
{
    const struct settings *settings = argument;
    char *argv[] = {"team", settings->threads, NULL};

    set("OMP_THREAD_LIMIT", settings->limit);
    set("OMP_DYNAMIC", settings->dynamic);
    execv("/proc/self/exe", argv);
    _exit(127);
}

/* Ends the test if what is said is not `expected`, which may be nothing, in one line. */
static void expect(struct settings settings, const char *expected)
{
    struct unit_output heard;

    unit_capture(warn_with, &settings, &heard);
    ck_assert_int_eq(heard.status, 0);
    ck_assert_str_eq(heard.out, "");
    ck_assert_str_eq(heard.err, expected);
}

START_TEST(nothing_is_said_where_all_threads_may_start)
{
    expect((struct settings){NULL, NULL, "2"}, "");
    expect((struct settings){"2", "false", "2"}, "");
}
END_TEST

START_TEST(one_thread_is_always_there)
{
    expect((struct settings){"1", "true", "1"}, "");
}
END_TEST

START_TEST(a_team_that_may_be_smaller_is_told)
{
    expect((struct settings){NULL, "true", "2"},
           "team: OMP_DYNAMIC=true may give less than the 2 threads wanted here: unset it.\n");
}
END_TEST

START_TEST(a_limit_is_told_with_its_number)
{
    expect((struct settings){"3", "true", "4"},
           "team: OMP_THREAD_LIMIT=3 is less than the 4 threads wanted here: unset it.\n");
}
END_TEST

int main(int argc, char **argv)
{
    const TTest *const tests[] = {
        nothing_is_said_where_all_threads_may_start,
        one_thread_is_always_there,
        a_team_that_may_be_smaller_is_told,
        a_limit_is_told_with_its_number,
    };

    if (argc > 1) {
        team_warn(atoi(argv[1]));
        return 0;
    }
    return unit_main("team", tests, sizeof tests / sizeof tests[0]);
}
