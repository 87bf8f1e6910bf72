#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "common/program/options.h"
#include "tests/unit/support/unit.h"

static struct {
    int workers, colour, loud;
    long task_ms, n, depth;
    const char *file;
} given;

/* Reads a command line: words[] without the program's name, ends with NULL. */
static void parse(const char *const words[])
{
    static const char *const colours[] = {"red", "green", "blue", NULL};
    const struct option_row rows[] = {
        OPTION_ROW_WORKERS(&given.workers, "how many workers (3)"),
        OPTION_ROW_TASK_MS(&given.task_ms),
        OPTION_ROW_N(&given.n, "how many values (7)", 100),
        {.name = "colour",
         .help = "which colour (green)",
         .kind = OPTION_CHOICE,
         .target = &given.colour,
         .choices = colours},
        {.name = "file", .help = "where to (-)", .kind = OPTION_TEXT, .target = &given.file},
        {.name = "loud", .help = "say more", .kind = OPTION_FLAG, .target = &given.loud},
        {.name = "depth",
         .help = "how deep (0)",
         .kind = OPTION_LONG,
         .target = &given.depth,
         .min = LONG_MIN,
         .max = LONG_MAX},
    };
    char *argv[16] = {program_invocation_name};
    int argc = 1;

    given.workers = 3;
    given.task_ms = 1000;
    given.n = 7;
    given.colour = 1;
    given.file = "-";
    while (words[argc - 1]) {
        argv[argc] = (char *)words[argc - 1];
        argc++;
    }
    options_parse("Does something.", rows, sizeof rows / sizeof rows[0], argc, argv);
}

START_TEST(defaults_stay)
{
    parse((const char *[]){NULL});
    ck_assert_int_eq(given.workers, 3);
    ck_assert_int_eq(given.task_ms, 1000);
    ck_assert_int_eq(given.n, 7);
    ck_assert_int_eq(given.colour, 1);
    ck_assert_str_eq(given.file, "-");
    ck_assert_int_eq(given.loud, 0);
    ck_assert_int_eq(given.depth, 0);
}
END_TEST

START_TEST(every_kind_is_stored)
{
    parse((const char *[]){"--workers", "2", "--task-ms=50", "--n", "99", "--colour=blue", "--file",
                           "a b", "--loud", "--depth", "-12", NULL});
    ck_assert_int_eq(given.workers, 2);
    ck_assert_int_eq(given.task_ms, 50);
    ck_assert_int_eq(given.n, 99);
    ck_assert_int_eq(given.colour, 2);
    ck_assert_str_eq(given.file, "a b");
    ck_assert_int_eq(given.loud, 1);
    ck_assert_int_eq(given.depth, -12);
}
END_TEST

START_TEST(the_last_one_counts_and_names_may_be_cut_short)
{
    parse((const char *[]){"--workers=5", "--work=6", "--col", "red", NULL});
    ck_assert_int_eq(given.workers, 6);
    ck_assert_int_eq(given.colour, 0);
}
END_TEST

START_TEST(both_ends_of_a_range_are_in_it)
{
    parse((const char *[]){"--workers=1", "--task-ms=0", "--n=0", NULL});
    ck_assert_int_eq(given.workers, 1);
    ck_assert_int_eq(given.task_ms, 0);
    ck_assert_int_eq(given.n, 0);
    parse((const char *[]){"--workers=1024", "--task-ms=3600000", "--n=100", NULL});
    ck_assert_int_eq(given.workers, OPTIONS_MAX_WORKERS);
    ck_assert_int_eq(given.task_ms, 3600000);
    ck_assert_int_eq(given.n, 100);
    parse((const char *[]){"--depth=-9223372036854775808", NULL});
    ck_assert_int_eq(given.depth, LONG_MIN);
    parse((const char *[]){"--depth=9223372036854775807", NULL});
    ck_assert_int_eq(given.depth, LONG_MAX);
}
END_TEST

static void parse_in_child(void *words)
{
    parse(words);
    puts("options_parse has returned");
}

/* The program must end with status 2, say one line that has `clue` in it on stderr, and nothing
 * else. */
static void assert_refused(const char *const words[], const char *clue)
{
    struct unit_output seen;
    const char *newline;

    unit_capture(parse_in_child, (void *)words, &seen);
    ck_assert_msg(WIFEXITED(seen.status) && WEXITSTATUS(seen.status) == 2,
                  "%s: wait status %#x, not exit 2", words[0], (unsigned)seen.status);
    ck_assert_str_eq(seen.out, "");
    newline = strchr(seen.err, '\n');
    ck_assert_msg(newline && newline[1] == '\0', "%s: not one line: %s", words[0], seen.err);
    ck_assert_msg(strstr(seen.err, "options: ") && strstr(seen.err, clue), "%s: no '%s' in: %s",
                  words[0], clue, seen.err);
}

START_TEST(bad_numbers_are_refused)
{
    static const char *const bad[] = {
        "--workers=0",    "--workers=1025",
        "--workers=-1",   "--workers=two",
        "--workers=",     "--workers= ",
        "--workers=2x",   "--workers=2.5",
        "--workers=0x10", "--workers=2147483649",
        "--workers=1e3",  "--workers=4294967298",
        "--workers=2 3",  "--workers=18446744073709551618",
    };

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        char clue[100];

        snprintf(clue, sizeof clue, "--workers wants a whole number from 1 to 1024, not '%s'",
                 strchr(bad[i], '=') + 1);
        assert_refused((const char *[]){bad[i], NULL}, clue);
    }
    assert_refused((const char *[]){"--n=", NULL}, "from 0 to 100, not ''");
    assert_refused((const char *[]){"--n", "-5", NULL}, "from 0 to 100, not '-5'");
    assert_refused((const char *[]){"--depth=9223372036854775808", NULL}, "--depth wants");
    assert_refused((const char *[]){"--depth=-9223372036854775809", NULL}, "--depth wants");
}
END_TEST

START_TEST(a_bad_option_is_refused_even_between_good_ones)
{
    assert_refused((const char *[]){"--loud", "--n=101", "--workers=2", NULL}, "--n wants");
}
END_TEST

START_TEST(unknown_words_are_refused)
{
    assert_refused((const char *[]){"--colour=pink", NULL},
                   "--colour wants one of red, green, blue, not 'pink'");
    assert_refused((const char *[]){"--colour=", NULL}, "red, green, blue");
    assert_refused((const char *[]){"--colour=Red", NULL}, "red, green, blue");
    assert_refused((const char *[]){"--colour=gree", NULL}, "red, green, blue");
    assert_refused((const char *[]){"stray", NULL}, "'stray'");
    assert_refused((const char *[]){"--loud", "--", "stray", NULL}, "'stray'");
}
END_TEST

START_TEST(unknown_and_incomplete_options_are_refused)
{
    assert_refused((const char *[]){"--nonsense", NULL}, "--nonsense");
    assert_refused((const char *[]){"--nonsense=3", NULL}, "--nonsense");
    assert_refused((const char *[]){"-x", NULL}, "'x'");
    assert_refused((const char *[]){"--workers", NULL}, "--workers");
    assert_refused((const char *[]){"--file", NULL}, "--file");
    assert_refused((const char *[]){"--loud=1", NULL}, "--loud");
}
END_TEST

START_TEST(help_names_every_option)
{
    static const char *const parts[] = {"Does something.",  "--workers=NUMBER", "how many workers",
                                        "--task-ms=NUMBER", "--n=NUMBER",       "--colour=NAME",
                                        "--file=FILE",      "--loud",           "say more"};
    struct unit_output seen;

    unit_capture(parse_in_child, (const char *[]){"--help", NULL}, &seen);
    ck_assert_int_eq(seen.status, 0);
    ck_assert_str_eq(seen.err, "");
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        ck_assert_msg(strstr(seen.out, parts[i]), "no '%s' in:\n%s", parts[i], seen.out);
    ck_assert_ptr_null(strstr(seen.out, "has returned"));
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        defaults_stay,
        every_kind_is_stored,
        the_last_one_counts_and_names_may_be_cut_short,
        both_ends_of_a_range_are_in_it,
        bad_numbers_are_refused,
        a_bad_option_is_refused_even_between_good_ones,
        unknown_words_are_refused,
        unknown_and_incomplete_options_are_refused,
        help_names_every_option,
    };

    return unit_main("options", tests, sizeof tests / sizeof tests[0]);
}
