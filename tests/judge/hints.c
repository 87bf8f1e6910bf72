#include "tests/judge/hints.h"

#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "common/program/language.h"
#include "common/program/paragraph.h"
#include "tests/judge/json.h"

static const char file_name[] = "hints.json";

/* Takes a file's name and content into a hash (FNV-1a, 64 bits). */
static uint64_t add_file(uint64_t hash, const char *path)
{
    FILE *file = fopen(path, "re");
    int byte;

    for (const char *at = path; *at; at++)
        hash = (hash ^ (unsigned char)*at) * 0x100000001b3u;
    while (file && (byte = getc(file)) != EOF)
        hash = (hash ^ (unsigned)byte) * 0x100000001b3u;
    if (file)
        fclose(file);
    return hash;
}

/* What changes when one of a lab's files, or the suite that judges them, does: a hash of all these
 * files, and the suite's date. */
static void state_of(const struct grading *grading, const struct lab *lab, char state[128])
{
    uint64_t hash = 0xcbf29ce484222325u;
    struct stat suite = {0};
    char path[PATH_MAX];

    for (size_t i = 0; i < lab->files->count; i++) {
        snprintf(path, sizeof path, "%s/%s/%s", grading->src, lab->name, lab->files->words[i]);
        hash = add_file(hash, path);
    }
    snprintf(path, sizeof path, "%s/solutions/%s/suite",
             description_value(grading->build, "objects"), lab->name);
    stat(path, &suite);
    snprintf(state, 128, "%016llx %lld.%09ld", (unsigned long long)hash,
             (long long)suite.st_mtim.tv_sec, suite.st_mtim.tv_nsec);
}

static json_t *load(const struct grading *grading)
{
    char path[PATH_MAX];
    json_t *json;

    snprintf(path, sizeof path, "%s/%s", grading->out, file_name);
    json = json_load_file(path, 0, NULL);
    if (json_is_object(json))
        return json;
    json_decref(json);
    return json_object();
}

/* The test that a hint is for: the first failure that the report shows; otherwise the first test
 * that did not pass. NULL if all passed. */
static const struct test *test_to_mend(const struct lab *lab)
{
    const struct test *to_mend = NULL;

    for (size_t i = 0; i < lab->count; i++) {
        const struct test *test = &lab->tests[i];

        if (test->shown)
            return test;
        if (test->outcome != OUTCOME_PASSED && !to_mend)
            to_mend = test;
    }
    return to_mend;
}

/* The length of "FUNCTION: " at the beginning of a hint; 0 if it begins otherwise. */
static size_t function_length(const char *hint)
{
    size_t length = strspn(hint, "abcdefghijklmnopqrstuvwxyz0123456789_");

    return length > 0 && strncmp(hint + length, ": ", 2) == 0 ? length : 0;
}

/* A test's hints for the failure at hand: first those for the function it leads to, then those for
 * any. */
static json_t *hints_for(const struct test *test)
{
    json_t *hints = json_array();

    for (int i = 0; i < LAB_HINTS && test->hints[i][0]; i++) {
        size_t length = function_length(test->hints[i]);

        if (length && length == strlen(test->look_at) &&
            strncmp(test->hints[i], test->look_at, length) == 0)
            json_array_append_new(hints, json_string(test->hints[i] + length + 2));
    }
    for (int i = 0; i < LAB_HINTS && test->hints[i][0]; i++)
        if (!function_length(test->hints[i]))
            json_array_append_new(hints, json_string(test->hints[i]));
    return hints;
}

static json_t *note_of(const struct lab *lab, const char *state, int given)
{
    const struct test *test = test_to_mend(lab);

    if (lab->trouble || !test)
        return json_pack("{s:s, s:s, s:b}", "state", state, "said",
                         lab->trouble ? lab->trouble
                                      : TR_LATER("Every test passes: no hint is needed."),
                         "full", !lab->trouble);
    return json_pack("{s:s, s:s, s:s, s:s, s:o, s:i}", "state", state, "test", test->name, "title",
                     test->title, "look_at", test->look_at, "hints", hints_for(test), "given",
                     given);
}

int hints_note(const struct grading *grading)
{
    json_t *all = load(grading);
    int failed;

    for (size_t i = 0; i < grading->count; i++) {
        const struct lab *lab = &grading->labs[i];
        const json_t *old = json_object_get(all, lab->name);
        const char *before = json_string_value(json_object_get(old, "state"));
        char state[128];
        bool same;

        state_of(grading, lab, state);
        same = before && strcmp(before, state) == 0;
        json_object_set_new(
            all, lab->name,
            note_of(lab, state, same ? (int)json_integer_value(json_object_get(old, "given")) : 0));
    }
    failed = json_write(grading->out, file_name, all);
    json_decref(all);
    return failed;
}

bool hints_fresh(const struct grading *grading, const struct lab *lab)
{
    json_t *all = load(grading);
    const char *noted =
        json_string_value(json_object_get(json_object_get(all, lab->name), "state"));
    char state[128];
    bool fresh;

    state_of(grading, lab, state);
    fresh = noted && strcmp(noted, state) == 0;
    json_decref(all);
    return fresh;
}

bool hints_full(const struct grading *grading, const struct lab *lab)
{
    json_t *all = load(grading);
    bool full = json_is_true(json_object_get(json_object_get(all, lab->name), "full"));

    json_decref(all);
    return full;
}

static const char *text_in(const json_t *note, const char *key)
{
    const char *text = json_string_value(json_object_get(note, key));

    return text ? text : "";
}

static void print_hints(const json_t *note, size_t count, const struct lab *lab)
{
    const json_t *hints = json_object_get(note, "hints");

    printf("%s / %s: %s\n", lab->name, text_in(note, "test"), tr(text_in(note, "title")));
    for (size_t i = 0; i < count; i++) {
        const char *hint = json_string_value(json_array_get(hints, i));

        printf(tr("  Hint %zu of %zu: "), i + 1, json_array_size(hints));
        paragraph_print(stdout, hint ? tr(hint) : "", 15, 79);
    }
    if (count < json_array_size(hints))
        puts(tr("  Not enough? The same command gives one more."));
    else
        printf(json_array_size(hints) == 0 ? tr("  There is none for it. Look at %s in %s again.\n")
                                           : tr("  There are no more. Look at %s in %s again.\n"),
               text_in(note, "look_at"), lab->source);
}

int hints_print(const struct grading *grading, const struct lab *lab)
{
    json_t *all = load(grading), *note = json_object_get(all, lab->name);
    size_t most = json_array_size(json_object_get(note, "hints"));
    size_t given = (size_t)json_integer_value(json_object_get(note, "given"));
    int failed = 0;

    if (text_in(note, "said")[0]) {
        puts(tr(text_in(note, "said")));
    } else {
        given = given < most ? given + 1 : most;
        print_hints(note, given, lab);
        json_object_set_new(note, "given", json_integer((json_int_t)given));
        failed = json_write(grading->out, file_name, all);
    }
    json_decref(all);
    return failed;
}
