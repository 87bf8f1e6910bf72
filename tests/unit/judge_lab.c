#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/judge/lab.h"
#include "tests/unit/support/unit.h"

/* A lab of one test that is worth 2 points, and its outcome. */
static struct lab lab_of(struct test *test, int place, enum outcome outcome)
{
    *test = (struct test){.name = "results", .points = 2, .outcome = outcome};
    return (struct lab){.place = place, .tests = test, .count = 1};
}

/* The place in the course of the lab to go on with; 0: none. */
static int next_of(const enum outcome outcomes[], const int places[], size_t count)
{
    struct test tests[8];
    struct lab labs[8];
    const struct lab *next;

    for (size_t i = 0; i < count; i++)
        labs[i] = lab_of(&tests[i], places[i], outcomes[i]);
    next = lab_next(labs, count);
    return next ? next->place : 0;
}

#define NEXT(outcomes, ...)                                                                        \
    next_of(outcomes, (const int[]){__VA_ARGS__}, sizeof((const int[]){__VA_ARGS__}) / sizeof(int))

START_TEST(the_next_lab_is_the_first_in_the_course_that_is_not_full)
{
    const enum outcome none[] = {OUTCOME_NOT_STARTED, OUTCOME_NOT_STARTED, OUTCOME_NOT_STARTED};
    const enum outcome first_full[] = {OUTCOME_PASSED, OUTCOME_NOT_STARTED, OUTCOME_NOT_STARTED};
    const enum outcome all_full[] = {OUTCOME_PASSED, OUTCOME_PASSED, OUTCOME_PASSED};

    ck_assert_int_eq(NEXT(none, 2, 3, 1), 1);
    ck_assert_int_eq(NEXT(none, 1, 2, 3), 1);
    ck_assert_int_eq(NEXT(first_full, 1, 9, 5), 5);
    ck_assert_int_eq(NEXT(all_full, 1, 2, 3), 0);
    ck_assert_ptr_null(lab_next(NULL, 0));
}
END_TEST

START_TEST(a_lab_that_is_begun_comes_before_those_that_are_not)
{
    const enum outcome last_begun[] = {OUTCOME_NOT_STARTED, OUTCOME_NOT_STARTED, OUTCOME_FAILED};
    const enum outcome two_begun[] = {OUTCOME_FAILED, OUTCOME_NOT_STARTED, OUTCOME_FAILED};

    ck_assert_int_eq(NEXT(last_begun, 1, 2, 7), 7);
    ck_assert_int_eq(NEXT(two_begun, 6, 1, 4), 4);
    ck_assert_int_eq(NEXT(two_begun, 4, 1, 6), 4);
}
END_TEST

START_TEST(a_lab_is_begun_if_a_test_says_so_or_it_does_not_build)
{
    struct test test;
    struct lab lab = lab_of(&test, 1, OUTCOME_NOT_STARTED);

    ck_assert(!lab_begun(&lab));
    lab.trouble = "pool.c does not compile.";
    ck_assert(lab_begun(&lab));
    lab = lab_of(&test, 1, OUTCOME_FAILED);
    ck_assert(lab_begun(&lab));
    lab = lab_of(&test, 1, OUTCOME_PASSED);
    ck_assert(lab_begun(&lab));
    lab = lab_of(&test, 1, OUTCOME_NOT_RUN);
    ck_assert(!lab_begun(&lab));
}
END_TEST

START_TEST(points_are_those_of_the_tests_that_passed)
{
    struct test tests[] = {{.points = 1, .outcome = OUTCOME_PASSED},
                           {.points = 2, .outcome = OUTCOME_FAILED},
                           {.points = 4, .outcome = OUTCOME_PASSED},
                           {.points = 8, .outcome = OUTCOME_NOT_STARTED},
                           {.points = 16, .outcome = OUTCOME_PENDING}};
    struct lab lab = {.tests = tests, .count = sizeof tests / sizeof tests[0]};

    ck_assert_int_eq(lab_points(&lab), 5);
    ck_assert_int_eq(lab_most(&lab), 31);
}
END_TEST

static void read_missing_suite(void *unused)
{
    struct lab lab;

    (void)unused;
    if (lab_read(&lab, "03-pool", "mine/pool.c", "tests/unit/none") == -1)
        puts("refused");
    lab_free(&lab);
}

START_TEST(a_list_of_tests_that_is_not_there_is_refused)
{
    struct unit_output output;

    unit_capture(read_missing_suite, NULL, &output);
    ck_assert_str_eq(output.out, "refused\n");
    ck_assert_ptr_nonnull(strstr(output.err, "cannot read the list of tests from tests/unit/none"));
}
END_TEST

/* A lab of tests that failed, each of which stands on others and leads to a function. */
static struct lab failed_lab(struct test tests[], size_t count)
{
    for (size_t i = 0; i < count; i++) {
        tests[i].outcome = OUTCOME_FAILED;
        tests[i].text = tests[i].text ? tests[i].text : tests[i].name;
        tests[i].look_at = "pool_map";
    }
    return (struct lab){.tests = tests, .count = count};
}

START_TEST(a_failure_with_a_cause_below_it_is_not_shown)
{
    struct test tests[] = {{.name = "chunk", .after = ""},
                           {.name = "results", .after = "chunk"},
                           {.name = "tidy", .after = "none results"},
                           {.name = "other", .after = "passed"},
                           {.name = "passed", .after = ""}};
    struct lab lab = failed_lab(tests, 5);

    tests[4].outcome = OUTCOME_PASSED;
    lab_choose_shown(&lab);
    ck_assert(tests[0].shown && tests[3].shown);
    ck_assert(!tests[1].shown && !tests[2].shown && !tests[4].shown);
}
END_TEST

START_TEST(what_says_the_same_is_shown_once_and_three_are_shown_at_most)
{
    struct test tests[] = {{.name = "a", .after = "", .text = "It hung."},
                           {.name = "b", .after = "", .text = "It hung."},
                           {.name = "c", .after = ""},
                           {.name = "d", .after = ""},
                           {.name = "e", .after = ""}};
    struct lab lab = failed_lab(tests, 5);

    lab_choose_shown(&lab);
    ck_assert(tests[0].shown && tests[2].shown && tests[3].shown);
    ck_assert(!tests[1].shown && !tests[4].shown);
}
END_TEST

START_TEST(of_tests_that_stand_on_each_other_one_is_shown)
{
    struct test tests[] = {{.name = "a", .after = "b"}, {.name = "b", .after = "a"}};
    struct lab lab = failed_lab(tests, 2);

    lab_choose_shown(&lab);
    ck_assert(tests[0].shown);
    ck_assert(!tests[1].shown);
}
END_TEST

START_TEST(of_a_lab_that_is_not_built_no_test_is_run)
{
    struct lab lab = {
        .source = strdup("pool.c"), .tests = calloc(2, sizeof *lab.tests), .count = 2};

    lab_not_built(&lab, "pool.c:1: \033[31merror\033[0m\n", false);
    ck_assert_str_eq(lab.trouble, "pool.c:1: ?[31merror?[0m\n");
    ck_assert_int_eq(lab.stage, LAB_DONE);
    ck_assert_int_eq(lab.tests[1].outcome, OUTCOME_NOT_RUN);
    ck_assert_str_eq(lab.tests[1].text, "pool.c could not be built");
    lab_free(&lab);
}
END_TEST

/* Text, and what is made of it. */
struct printable {
    const char *text, *shown;
};

static void expect_shown(const struct printable cases[], size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char text[64];

        strcpy(text, cases[i].text);
        ck_assert_ptr_eq(make_printable(text), text);
        ck_assert_str_eq(text, cases[i].shown);
    }
}

START_TEST(what_can_be_shown_stays)
{
    static const struct printable cases[] = {
        {"", ""},
        {"1 should be 2.\n\tYes.", "1 should be 2.\n\tYes."},
        {"gr\u00fc\u00df \u20ac \U0001f600", "gr\u00fc\u00df \u20ac \U0001f600"},
        {"\u00a0 \u200d \uffff \U0010ffff", "\u00a0 \u200d \uffff \U0010ffff"},
    };

    expect_shown(cases, sizeof cases / sizeof cases[0]);
}
END_TEST

START_TEST(what_a_terminal_obeys_is_replaced)
{
    static const struct printable cases[] = {
        {"a\033[2Jb\rc\bd\177e", "a?[2Jb?c?d?e"},
        {"\xc2\x9b"
         "2J",
         "??2J"},                       /* C1: the same as ESC [ */
        {"\u202eabc", "???abc"},        /* writes from right to left */
        {"\u2066x\u200fy", "???x???y"}, /* ... */
        {"\u2028", "???"},              /* a line separator */
    };

    expect_shown(cases, sizeof cases / sizeof cases[0]);
}
END_TEST

START_TEST(what_is_not_utf8_is_replaced)
{
    static const struct printable cases[] = {
        {"\x80", "?"},                             /* a second byte that comes first */
        {"\xc3", "?"},                             /* the second byte is missing */
        {"\xe2\x82", "??"},                        /* the third one */
        {"\xe2\x82z", "??z"},                      /* the same, with something after it */
        {"\xc0\xaf", "??"},                        /* longer than necessary */
        {"\xe0\x80\xaf", "???"},                   /* the same */
        {"\xed\xa0\x80", "???"},                   /* half of a pair of UTF-16 */
        {"\xf4\x90\x80\x80", "????"},              /* more than Unicode has */
        {"\xff\xfe", "??"},                        /* never in UTF-8 */
        {"\xc3\xa4\xc3\xa4\xc3", "\u00e4\u00e4?"}, /* cut off in the middle of a character */
    };

    expect_shown(cases, sizeof cases / sizeof cases[0]);
}
END_TEST

START_TEST(a_decision_replaces_the_one_before)
{
    struct test test = {0};

    test_decide(&test, OUTCOME_FAILED, "%d should be %s", 1, "\0332");
    ck_assert_int_eq(test.outcome, OUTCOME_FAILED);
    ck_assert_str_eq(test.text, "1 should be ?2");
    test_decide(&test, OUTCOME_PASSED, "%s", "");
    ck_assert_int_eq(test.outcome, OUTCOME_PASSED);
    ck_assert_str_eq(test.text, "");
    free(test.text);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        the_next_lab_is_the_first_in_the_course_that_is_not_full,
        a_lab_that_is_begun_comes_before_those_that_are_not,
        a_lab_is_begun_if_a_test_says_so_or_it_does_not_build,
        points_are_those_of_the_tests_that_passed,
        a_list_of_tests_that_is_not_there_is_refused,
        a_failure_with_a_cause_below_it_is_not_shown,
        what_says_the_same_is_shown_once_and_three_are_shown_at_most,
        of_tests_that_stand_on_each_other_one_is_shown,
        of_a_lab_that_is_not_built_no_test_is_run,
        what_can_be_shown_stays,
        what_a_terminal_obeys_is_replaced,
        what_is_not_utf8_is_replaced,
        a_decision_replaces_the_one_before,
    };

    return unit_main("judge_lab", tests, sizeof tests / sizeof tests[0]);
}
