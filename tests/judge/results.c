#include "tests/judge/results.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <jansson.h>

#include "common/program/machine.h"
#include "tests/judge/json.h"
#include "tests/judge/shown.h"

/* The text may come from the graded program, and paths in it are the grader's. JSON takes UTF-8
 * only: other bytes are replaced, so that the entry is written in any case. */
static json_t *text_for(const struct grading *grading, const char *text)
{
    char *shown = shown_to_student(text ? text : "", grading->src, grading->out);
    json_t *json = json_string(shown);

    for (char *at = shown; !json && *at; at++)
        if ((unsigned char)*at >= 128)
            *at = '?';
    if (!json)
        json = json_string(shown);
    free(shown);
    return json;
}

/* What a student is to read of a test: where only this is shown, it must say everything. */
static json_t *output_of(const struct grading *grading, const struct lab *lab,
                         const struct test *test)
{
    char text[9000], where[PATH_MAX + 256];

    switch (test->outcome) {
    case OUTCOME_NOT_STARTED:
        snprintf(text, sizeof text, "not started: %s", test->text);
        break;
    case OUTCOME_PENDING:
        snprintf(text, sizeof text, "not graded yet%s", test->text);
        break;
    case OUTCOME_FAILED:
        lab_where_to_look(lab, test, where, sizeof where);
        snprintf(text, sizeof text, "%s\n%s", test->text, where);
        break;
    default:
        /* Why a lab was not built is told in full once. */
        if (lab->trouble && test == lab->tests)
            snprintf(text, sizeof text, "%s\n%s", test->text, lab->trouble);
        else
            snprintf(text, sizeof text, "%s", test->text);
    }
    return text_for(grading, text);
}

static json_t *entry(const struct grading *grading, const struct lab *lab, size_t index)
{
    const struct test *test = &lab->tests[index];
    char name[256], number[32];

    snprintf(name, sizeof name, "%s / %s: %s", lab->name, test->name, test->title);
    snprintf(number, sizeof number, "%d.%zu", atoi(lab->name), index + 1);
    return json_pack("{s:s, s:s, s:i, s:i, s:s, s:o, s:s, s:s,"
                     " s:{s:s, s:s, s:b, s:b, s:s, s:s, s:o}}",
                     "name", name, "number", number, "score", test_points(test), "max_score",
                     test->points, "status", test->outcome == OUTCOME_PASSED ? "passed" : "failed",
                     "output", output_of(grading, lab, test), "output_format", "text", "visibility",
                     "visible", "extra_data", "outcome", outcome_name(test->outcome), "look_at",
                     test->look_at, "shown", test->shown, "bonus", lab->bonus, "lab", lab->name,
                     "test", test->name, "text", text_for(grading, test->text));
}

static json_t *lab_entry(const struct grading *grading, const struct lab *lab)
{
    return json_pack("{s:s, s:o, s:s, s:i, s:i, s:b, s:o, s:o}", "lab", lab->name, "file",
                     text_for(grading, lab->source), "state", lab_state(lab), "points",
                     lab_points(lab), "max_points", lab_most(lab), "bonus", lab->bonus, "reason",
                     text_for(grading, lab->trouble), "warnings", text_for(grading, lab->warnings));
}

/* About the grading as a whole: what was graded, by what, when and how. */
static json_t *about(const struct grading *grading)
{
    const struct sum course = grade_sum(grading, false), bonus = grade_sum(grading, true);
    json_t *labs = json_array();
    time_t now = time(NULL);
    char date[32];

    strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%SZ", gmtime(&now));
    for (size_t i = 0; i < grading->count; i++)
        json_array_append_new(labs, lab_entry(grading, &grading->labs[i]));
    return json_pack("{s:s, s:s, s:s, s:b, s:i, s:b, s:i, s:i, s:i, s:i, s:o}", "version",
                     grading->version ? grading->version : "unknown", "date", date, "compiler",
                     description_value(grading->build, "compiler"), "isolated", grading->isolate,
                     "cpus", machine_cpus(), "complete", grade_complete(grading), "points",
                     course.points, "max_points", course.most, "bonus_points", bonus.points,
                     "bonus_max_points", bonus.most, "labs", labs);
}

/* Adds printf's text to one that grows. */
__attribute__((format(printf, 2, 3))) static void add(FILE *to, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    if (to)
        vfprintf(to, format, arguments);
    va_end(arguments);
}

/* The total, and what the compiler said: on some systems nobody sees it otherwise. */
static json_t *summary(const struct grading *grading)
{
    const struct sum course = grade_sum(grading, false), bonus = grade_sum(grading, true);
    char *text = NULL;
    size_t length;
    FILE *to = open_memstream(&text, &length);
    json_t *json;

    if (course.most > 0)
        add(to, "Total: %d of %d points.\n", course.points, course.most);
    if (bonus.most > 0)
        add(to, "Bonus: %d of %d points.\n", bonus.points, bonus.most);
    for (size_t i = 0; i < grading->count; i++) {
        const struct lab *lab = &grading->labs[i];

        if (lab->trouble)
            add(to, "\n%s %s:\n%s", lab->name,
                lab->missing ? "was not handed in" : "could not be built", lab->trouble);
        else if (lab->warnings && lab->warnings[0])
            add(to, "\n%s: the compiler warns:\n%s", lab->name, lab->warnings);
    }
    if (to)
        fclose(to);
    json = text_for(grading, text);
    free(text);
    return json;
}

int results_write(const struct grading *grading, double seconds)
{
    json_t *tests = json_array(), *json;
    int failed;

    for (size_t i = 0; i < grading->count; i++)
        for (size_t j = 0; j < grading->labs[i].count; j++)
            json_array_append_new(tests, entry(grading, &grading->labs[i], j));
    json = json_pack("{s:o, s:i, s:s, s:o, s:s, s:o}", "tests", tests, "execution_time",
                     (int)(seconds + 0.5), "stdout_visibility", "hidden", "output",
                     summary(grading), "output_format", "text", "extra_data", about(grading));
    failed = json_write(grading->out, "results.json", json);
    json_decref(json);
    return failed;
}

int results_remove(const struct grading *grading)
{
    char path[PATH_MAX];

    snprintf(path, sizeof path, "%s/results.json", grading->out);
    if (unlink(path) == 0 || errno == ENOENT)
        return 0;
    fprintf(stderr, "judge: cannot remove %s: %s\n", path, strerror(errno));
    return -1;
}
