#include "tests/judge/results.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <jansson.h>

#include "tests/judge/json.h"

static const char *status_of(const struct test *test)
{
    return test->outcome == OUTCOME_PASSED ? "passed" : "failed";
}

/* The text may come from the graded program. JSON takes UTF-8 only: other bytes are replaced, so
 * that the entry is written in any case. */
static json_t *text_of(const struct test *test)
{
    char text[4200];
    json_t *json;

    snprintf(text, sizeof text, "%s%s",
             test->outcome == OUTCOME_NOT_STARTED ? "not started: "
             : test->outcome == OUTCOME_PENDING   ? "not graded yet"
                                                  : "",
             test->text);
    json = json_string(text);
    if (json)
        return json;
    for (char *at = text; *at; at++)
        if ((unsigned char)*at >= 128)
            *at = '?';
    return json_string(text);
}

static json_t *entry(const struct lab *lab, size_t index)
{
    const struct test *test = &lab->tests[index];
    char name[256], number[32];

    snprintf(name, sizeof name, "%s / %s: %s", lab->name, test->name, test->title);
    snprintf(number, sizeof number, "%d.%zu", atoi(lab->name), index + 1);
    return json_pack("{s:s, s:s, s:i, s:i, s:s, s:o, s:s, s:s, s:{s:s, s:s, s:b, s:b}}", "name",
                     name, "number", number, "score",
                     test->outcome == OUTCOME_PASSED ? test->points : 0, "max_score", test->points,
                     "status", status_of(test), "output", text_of(test), "output_format", "text",
                     "visibility", "visible", "extra_data", "outcome", outcome_name(test->outcome),
                     "look_at", test->look_at, "shown", test->shown, "bonus", lab->bonus);
}

int results_write(const struct grading *grading, double seconds)
{
    json_t *tests = json_array(), *json;
    int failed;

    for (size_t i = 0; i < grading->count; i++)
        for (size_t j = 0; j < grading->labs[i].count; j++)
            json_array_append_new(tests, entry(&grading->labs[i], j));
    json = json_pack("{s:o, s:i, s:s}", "tests", tests, "execution_time", (int)(seconds + 0.5),
                     "stdout_visibility", "hidden");
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
