#include <stdio.h>
#include <string.h>

#include "tests/judge/report.h"
#include "tests/unit/support/unit.h"

/* Two labs; the outcomes are set by each test. */
struct course {
    struct test pool[3], serial[1];
    struct lab labs[2];
    struct grading grading;
};

static void course_init(struct course *course)
{
    *course = (struct course){
        .pool = {{.name = "results",
                  .points = 2,
                  .title = "results come back",
                  .look_at = "pool_map",
                  .after = ""},
                 {.name = "tidy",
                  .points = 1,
                  .title = "nothing is left",
                  .look_at = "pool_close",
                  .after = ""},
                 {.name = "errors",
                  .points = 1,
                  .title = "errors are told",
                  .look_at = "pool_open",
                  .after = ""}},
        .serial = {{.name = "sum",
                    .points = 3,
                    .title = "sums are right",
                    .look_at = "serial_sum",
                    .after = ""}},
    };
    for (size_t i = 0; i < 3; i++)
        course->pool[i].text = "";
    course->serial[0].text = "";
    course->labs[0] = (struct lab){
        .name = "03-pool", .source = "mine/pool.c", .place = 4, .tests = course->pool, .count = 3};
    course->labs[1] = (struct lab){.name = "08-serial",
                                   .source = "mine/serial.c",
                                   .place = 1,
                                   .tests = course->serial,
                                   .count = 1};
    course->grading =
        (struct grading){.labs = course->labs, .count = 2, .out = "build/none", .src = "labs"};
}

static void decide(struct test *test, enum outcome outcome, char *text)
{
    test->outcome = outcome;
    test->text = text;
}

static void print_brief(void *grading)
{
    report_brief(grading);
}

static void print_whole(void *context)
{
    struct grading *grading = context;

    for (size_t i = 0; i < grading->count; i++)
        lab_choose_shown(&grading->labs[i]);
    report_print(grading);
}

static struct unit_output output;

static void expect_line(const char *line)
{
    char wanted[256];

    snprintf(wanted, sizeof wanted, "%s\n", line);
    ck_assert_msg(strstr(output.out, wanted), "'%s' is not in:\n%s", line, output.out);
}

START_TEST(brief_is_a_line_for_each_test)
{
    struct course course;

    course_init(&course);
    course.pool[0].outcome = OUTCOME_PASSED;
    course.pool[1].outcome = OUTCOME_FAILED;
    course.pool[2].outcome = OUTCOME_NOT_RUN;
    course.serial[0].outcome = OUTCOME_NOT_STARTED;
    unit_capture(print_brief, &course.grading, &output);
    ck_assert_str_eq(output.out, "03-pool/results passed\n"
                                 "03-pool/tidy failed\n"
                                 "03-pool/errors not-run\n"
                                 "08-serial/sum not-started\n");
    course.grading.count = 1;
    course.pool[0].outcome = OUTCOME_PENDING;
    unit_capture(print_brief, &course.grading, &output);
    ck_assert_int_eq(strncmp(output.out, "03-pool/results pending\n", 24), 0);
}
END_TEST

START_TEST(a_failure_is_told_with_place_and_points)
{
    struct course course;

    course_init(&course);
    decide(&course.pool[0], OUTCOME_FAILED, "1 should be 2.");
    decide(&course.pool[1], OUTCOME_PASSED, "");
    decide(&course.pool[2], OUTCOME_NOT_STARTED, "pool_open");
    decide(&course.serial[0], OUTCOME_NOT_STARTED, "serial_sum");
    unit_capture(print_whole, &course.grading, &output);
    expect_line("03-pool (mine/pool.c)");
    expect_line("  x results: results come back (2 points)");
    expect_line("      1 should be 2.");
    expect_line("      Look at pool_map in mine/pool.c.");
    expect_line("  not started: pool_open");
    expect_line("  For a hint: make hint LAB=03");
    expect_line("Total: 1 of 7 points.");
    expect_line("Next: correct mine/pool.c, then make grade LAB=03");
    ck_assert_ptr_null(strstr(output.out, "08-serial (")); /* not begun */
    ck_assert_ptr_null(strstr(output.out, "tidy"));        /* passed */
    ck_assert_ptr_null(strstr(output.out, "TEST="));       /* no tool shows more */
}
END_TEST

START_TEST(a_hang_and_a_crash_lead_to_a_tool)
{
    struct course course;

    course_init(&course);
    decide(&course.pool[0], OUTCOME_FAILED, "It hung: everything was asleep.");
    decide(&course.pool[1], OUTCOME_FAILED, "It crashed (segmentation fault): a NULL pointer.");
    decide(&course.pool[2], OUTCOME_FAILED, "It ended itself by abort(): a failed assert.");
    course.grading.count = 1;
    course.grading.src = "mine";
    unit_capture(print_whole, &course.grading, &output);
    expect_line("      Where each of them waits: make debug LAB=03 SRC=mine TEST=results HANG=1");
    expect_line("      In which line (continue, then bt): make debug LAB=03 SRC=mine TEST=tidy");
    expect_line("      Which line damages memory: make memcheck LAB=03 SRC=mine TEST=errors");
    course.grading.src = "Jan's $1 (2)";
    unit_capture(print_whole, &course.grading, &output);
    expect_line("  For a hint: make hint LAB=03 SRC='Jan'\\''s $1 (2)'");
    course.labs[0].mpi = true; /* these tools do not follow ranks */
    unit_capture(print_whole, &course.grading, &output);
    ck_assert_ptr_null(strstr(output.out, "TEST="));
}
END_TEST

START_TEST(only_the_first_failure_where_that_is_asked_for)
{
    struct course course;

    course_init(&course);
    for (size_t i = 0; i < 3; i++) {
        decide(&course.pool[i], OUTCOME_FAILED, "1 should be 2.");
        course.pool[i].shown = true;
    }
    course.grading.count = 1;
    course.grading.first = true;
    unit_capture(print_whole, &course.grading, &output);
    expect_line("  x results: results come back (2 points)");
    expect_line("  2 more fail: tidy, errors");
    ck_assert_ptr_null(strstr(output.out, "x tidy"));
}
END_TEST

START_TEST(functions_that_are_not_written_are_named_once)
{
    struct course course;

    course_init(&course);
    decide(&course.pool[0], OUTCOME_NOT_STARTED, "pool_open");
    decide(&course.pool[1], OUTCOME_NOT_STARTED, "pool_map");
    decide(&course.pool[2], OUTCOME_NOT_STARTED, "pool_open");
    course.grading.count = 1;
    unit_capture(print_whole, &course.grading, &output);
    expect_line("  not started: pool_open, pool_map");
    expect_line(
        "Next: open mine/pool.c, write the first TODO that is left, then make grade LAB=03");
}
END_TEST

START_TEST(what_was_not_run_says_why)
{
    struct course course;

    course_init(&course);
    decide(&course.pool[0], OUTCOME_FAILED, "It used more than 2 GB of memory.");
    decide(&course.pool[1], OUTCOME_NOT_RUN, "not run");
    decide(&course.pool[2], OUTCOME_NOT_RUN, "not run");
    course.grading.count = 1;
    unit_capture(print_whole, &course.grading, &output);
    expect_line("  not run (two tests had to be ended): tidy, errors");
}
END_TEST

START_TEST(what_was_not_built_says_why_and_no_more)
{
    struct course course;

    course_init(&course);
    course.labs[0].trouble = "mine/pool.c does not compile.";
    for (size_t i = 0; i < 3; i++)
        decide(&course.pool[i], OUTCOME_NOT_RUN, "mine/pool.c could not be built");
    decide(&course.serial[0], OUTCOME_PASSED, "");
    unit_capture(print_whole, &course.grading, &output);
    expect_line("  mine/pool.c does not compile.");
    ck_assert_ptr_null(strstr(output.out, "not run"));
    expect_line("Total: 3 of 7 points.");
}
END_TEST

START_TEST(warnings_are_shown_even_at_full_score)
{
    struct course course;

    course_init(&course);
    for (size_t i = 0; i < 3; i++)
        course.pool[i].outcome = OUTCOME_PASSED;
    course.serial[0].outcome = OUTCOME_PASSED;
    course.labs[0].warnings = "mine/pool.c:7: warning: unused\nmine/pool.c:8: warning: shadow\n";
    unit_capture(print_whole, &course.grading, &output);
    expect_line("  The compiler warns:");
    expect_line("      mine/pool.c:7: warning: unused");
    expect_line("      mine/pool.c:8: warning: shadow");
    expect_line("Total: 7 of 7 points.");
    ck_assert_ptr_null(strstr(output.out, "hint"));
    ck_assert_ptr_null(strstr(output.out, "Next"));
}
END_TEST

START_TEST(bonus_points_are_counted_apart)
{
    struct course course;

    course_init(&course);
    for (size_t i = 0; i < 3; i++)
        course.pool[i].outcome = OUTCOME_PASSED;
    course.serial[0].outcome = OUTCOME_NOT_STARTED;
    course.labs[1].bonus = true;
    unit_capture(print_whole, &course.grading, &output);
    expect_line("Total: 4 of 4 points.");
    expect_line("Bonus: 0 of 3 points.");
    course.labs[0].bonus = true;
    unit_capture(print_whole, &course.grading, &output);
    expect_line("Bonus: 4 of 7 points.");
    ck_assert_ptr_null(strstr(output.out, "Total"));
}
END_TEST

START_TEST(labs_are_listed_in_the_order_of_the_course)
{
    const char *first, *second;
    struct course course;

    course_init(&course);
    decide(&course.serial[0], OUTCOME_FAILED, "1 should be 2.");
    decide(&course.pool[0], OUTCOME_FAILED, "1 should be 2.");
    unit_capture(print_whole, &course.grading, &output);
    first = strstr(output.out, "  08-serial ");
    second = strstr(output.out, "  03-pool ");
    ck_assert(first && second && first < second);
    ck_assert(strstr(output.out, "08-serial (") < strstr(output.out, "03-pool ("));
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        only_the_first_failure_where_that_is_asked_for,
        brief_is_a_line_for_each_test,
        a_failure_is_told_with_place_and_points,
        a_hang_and_a_crash_lead_to_a_tool,
        what_was_not_run_says_why,
        functions_that_are_not_written_are_named_once,
        what_was_not_built_says_why_and_no_more,
        warnings_are_shown_even_at_full_score,
        bonus_points_are_counted_apart,
        labs_are_listed_in_the_order_of_the_course,
    };

    return unit_main("judge_report", tests, sizeof tests / sizeof tests[0]);
}
