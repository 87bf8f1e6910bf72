#include "tests/judge/results.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <jansson.h>

#include "common/program/paragraph.h"

static void path_of(const struct grading *grading, const char *name, char path[PATH_MAX])
{
    snprintf(path, PATH_MAX, "%s/%s", grading->out, name);
}

/* Writes beside the file and moves it there. */
static int write_json(const struct grading *grading, const char *name, const json_t *json)
{
    char path[PATH_MAX], beside[PATH_MAX + 8];

    path_of(grading, name, path);
    snprintf(beside, sizeof beside, "%s.new", path);
    if (json_dump_file(json, beside, JSON_INDENT(1)) || rename(beside, path)) {
        fprintf(stderr, "judge: cannot write %s: %s\n", path, strerror(errno));
        unlink(beside);
        return -1;
    }
    return 0;
}

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
    return json_pack("{s:s, s:s, s:i, s:i, s:s, s:o, s:s, s:s}", "name", name, "number", number,
                     "score", test->outcome == OUTCOME_PASSED ? test->points : 0, "max_score",
                     test->points, "status", status_of(test), "output", text_of(test),
                     "output_format", "text", "visibility", "visible");
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
    failed = write_json(grading, "results.json", json);
    json_decref(json);
    return failed;
}

int results_remove(const struct grading *grading)
{
    char path[PATH_MAX];

    path_of(grading, "results.json", path);
    if (unlink(path) == 0 || errno == ENOENT)
        return 0;
    fprintf(stderr, "judge: cannot remove %s: %s\n", path, strerror(errno));
    return -1;
}

/* The test that a hint is for: the first one that failed; otherwise the first that did not pass.
 * NULL if all passed. */
static const struct test *test_to_mend(const struct lab *lab)
{
    const struct test *to_mend = NULL;

    for (size_t i = 0; i < lab->count; i++) {
        const struct test *test = &lab->tests[i];

        if (test->outcome == OUTCOME_FAILED)
            return test;
        if (test->outcome != OUTCOME_PASSED && !to_mend)
            to_mend = test;
    }
    return to_mend;
}

int hint_print(const struct grading *grading, const struct lab *lab)
{
    const struct test *test = test_to_mend(lab);
    char path[PATH_MAX], key[256];
    json_t *given;
    int hints = 0, next, failed;

    if (lab->trouble || !test) {
        printf("%s\n", lab->trouble ? lab->trouble : "Every test passes: no hint is needed.");
        return 0;
    }
    path_of(grading, "hints.json", path);
    snprintf(key, sizeof key, "%s/%s", lab->name, test->name);
    given = json_load_file(path, 0, NULL);
    if (!json_is_object(given)) {
        json_decref(given);
        given = json_object();
    }
    while (hints < LAB_HINTS && test->hints[hints][0])
        hints++;
    next = (int)json_integer_value(json_object_get(given, key));
    if (next >= hints)
        next = hints - 1;
    printf("%s / %s: %s\n", lab->name, test->name, test->title);
    printf("  Hint %d of %d: ", next + 1, hints);
    paragraph_print(stdout, test->hints[next < 0 ? 0 : next], 15, 79);
    printf(next + 1 < hints ? "  Not enough? The same command gives the next one.\n"
                            : "  That was the last one. Look at %s in %s again.\n",
           test->where, lab->source);
    json_object_set_new(given, key, json_integer(next + 1));
    failed = write_json(grading, "hints.json", given);
    json_decref(given);
    return failed;
}
