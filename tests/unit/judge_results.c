#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <jansson.h>

#include "tests/judge/results.h"
#include "tests/judge/shown.h"
#include "tests/unit/support/unit.h"

/* What is said in the results of three labs: one that failed, one that does not build, and a bonus
 * lab that was not handed in. Returns them; the caller frees. */
static json_t *results_of_three(void)
{
    struct test failed = {.name = "results",
                          .title = "come back",
                          .where = "pool_map",
                          .look_at = "pool_map",
                          .points = 2,
                          .outcome = OUTCOME_FAILED,
                          .text = "expected 3, but saw 4"};
    struct test other = {.name = "sum", .title = "adds", .look_at = "serial_sum", .points = 3};
    struct test third = {.name = "count", .title = "counts", .look_at = "count", .points = 5};
    struct lab labs[] = {
        {.name = "03-pool",
         .source = "/students/Kim/03-pool/pool.c",
         .tests = &failed,
         .count = 1,
         .stage = LAB_DONE,
         .warnings = "/students/Kim/03-pool/pool.c:3: warning: no\n"},
        {.name = "08-serial",
         .source = "/students/Kim/08-serial/serial.c",
         .tests = &other,
         .count = 1},
        {.name = "12-more",
         .source = "/students/Kim/12-more/more.c",
         .tests = &third,
         .count = 1,
         .bonus = true},
    };
    static char folder[] = P_tmpdir "/lockstep.XXXXXX";
    struct description build = {.count = 1, .lines = {{"compiler", "gcc"}}};
    struct grading grading = {.labs = labs,
                              .count = 3,
                              .src = "/students/Kim",
                              .out = folder,
                              .version = "2026-01-02-abc",
                              .build = &build,
                              .isolate = true};
    char path[64];
    json_t *json;

    lab_not_built(&labs[1], "/students/Kim/08-serial/serial.c:1: error: \xff\n", false);
    lab_not_built(&labs[2], "There is no /students/Kim/12-more/more.c.\n", true);
    ck_assert_ptr_nonnull(mkdtemp(folder));
    ck_assert_int_eq(results_write(&grading, 1.6), 0);
    snprintf(path, sizeof path, "%s/results.json", folder);
    json = json_load_file(path, 0, NULL);
    unlink(path);
    rmdir(folder);
    for (size_t i = 1; i < 3; i++) {
        free(labs[i].trouble);
        free(labs[i].tests->text);
    }
    ck_assert_ptr_nonnull(json);
    return json;
}

static const char *text_at(json_t *json, const char *list, size_t index, const char *key)
{
    json_t *of = json_is_object(json) ? json_object_get(json, list) : json;

    return json_string_value(json_object_get(json_array_get(of, index), key));
}

START_TEST(results_say_everything_where_nothing_else_is_seen)
{
    json_t *json = results_of_three(), *about = json_object_get(json, "extra_data");
    const char *output = json_string_value(json_object_get(json, "output"));

    ck_assert_str_eq(text_at(json, "tests", 0, "output"),
                     "expected 3, but saw 4\nLook at pool_map in 03-pool/pool.c.");
    ck_assert_str_eq(text_at(json, "tests", 1, "output"),
                     "08-serial/serial.c could not be built\n08-serial/serial.c:1: error: ?\n");
    ck_assert_str_eq(text_at(json, "tests", 2, "output"),
                     "12-more/more.c was not handed in\nThere is no 12-more/more.c.\n");
    ck_assert_str_eq(output, "Total: 0 of 5 points.\nBonus: 0 of 5 points.\n"
                             "\n03-pool: the compiler warns:\n03-pool/pool.c:3: warning: no\n"
                             "\n08-serial could not be built:\n08-serial/serial.c:1: error: ?\n"
                             "\n12-more was not handed in:\nThere is no 12-more/more.c.\n");
    ck_assert_str_eq(text_at(about, "labs", 0, "state"), "graded");
    ck_assert_str_eq(text_at(about, "labs", 1, "state"), "not-built");
    ck_assert_str_eq(text_at(about, "labs", 2, "state"), "not-handed-in");
    json_decref(json);
}
END_TEST

START_TEST(results_say_what_was_graded_and_how)
{
    json_t *json = results_of_three(), *about = json_object_get(json, "extra_data");

    ck_assert_str_eq(json_string_value(json_object_get(about, "version")), "2026-01-02-abc");
    ck_assert_uint_eq(strlen(json_string_value(json_object_get(about, "date"))),
                      strlen("2026-11-26T01:02:03Z"));
    ck_assert(json_is_true(json_object_get(about, "isolated")));
    ck_assert(json_is_true(json_object_get(about, "complete")));
    ck_assert_int_eq(json_integer_value(json_object_get(about, "max_points")), 5);
    ck_assert_int_eq(json_integer_value(json_object_get(about, "bonus_max_points")), 5);
    json_decref(json);
}
END_TEST

static void assert_shown(const char *text, const char *src, const char *expected)
{
    char *shown = shown_to_student(text, src, "out/of/it");

    ck_assert_str_eq(shown, expected);
    free(shown);
}

START_TEST(a_student_sees_no_path_of_the_graders)
{
    char top[4096], text[5000];

    assert_shown("in subs/Kim/03-pool/pool.c:3", "subs/Kim", "in 03-pool/pool.c:3");
    assert_shown("'subs/Kim/03-pool/pool.c'", "subs/Kim/", "'03-pool/pool.c'");
    assert_shown("my.subs/Kim/x and subs/Kimberly/x", "subs/Kim",
                 "my.subs/Kim/x and subs/Kimberly/x");
    assert_shown("6 more, in out/of/it/03-pool/compiler", NULL, "6 more, in 03-pool/compiler");
    assert_shown("subs/Kim", "subs/Kim", "subs/Kim");
    assert_shown("a/b", "", "a/b");
    ck_assert_ptr_nonnull(getcwd(top, sizeof top));
    snprintf(text, sizeof text, "%s/common/map.h", top);
    assert_shown(text, "labs", "common/map.h");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        results_say_everything_where_nothing_else_is_seen,
        results_say_what_was_graded_and_how,
        a_student_sees_no_path_of_the_graders,
    };

    return unit_main("judge_results", tests, sizeof tests / sizeof tests[0]);
}
