#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/judge/build/names.h"
#include "tests/judge/build/object.h"
#include "tests/judge/build/steps.h"
#include "tests/judge/build/text.h"

enum { MOST_ERRORS = 5 };

/* Returns where in the line the words begin that a student understands; NULL if there are none. */
static const char *find_error(const struct text_line *line)
{
    static const char *const words[] = {"undefined reference", "multiple definition"};

    if (text_line_has(line, "warning", false))
        return NULL;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        for (size_t at = 0; at + strlen(words[i]) <= line->length; at++)
            if (strncmp(line->start + at, words[i], strlen(words[i])) == 0)
                return line->start + at;
    return NULL;
}

/* Tells why the linker failed: each of its errors once, as it repeats them for every place. */
static enum result tell_errors(const struct build *build, const char *what)
{
    const char *rest = build->linker.text;
    struct names errors = {0};
    struct text_line line;

    while (text_next_line(&rest, &line)) {
        const char *error = find_error(&line);

        if (error) {
            char *text = text_format("%.*s", (int)(line.start + line.length - error), error);

            names_add(&errors, text);
            free(text);
        }
    }
    names_sort(&errors);
    printf("%s cannot be linked%s\n", what, errors.count ? ":" : ".");
    for (size_t i = 0; i < errors.count && i < MOST_ERRORS; i++)
        printf("%s\n", errors.names[i]);
    names_free(&errors);
    return BUILD_REFUSED;
}

/* Makes one object of several answers. From then on they can share nothing that is not in the
 * contract with anybody else. */
static enum result combine(struct build *build, const char *object)
{
    struct command command = {0};
    int status;

    command_add_words(&command, "ld -r -o");
    command_add_path(&command, object);
    for (size_t i = 0; i < build->count; i++)
        command_add_path(&command, build->answers[i].object);
    if (!build_run(&command, &build->linker, &status))
        return BUILD_CANNOT;
    if (status != 0)
        return tell_errors(build, build->answers[0].source);
    return sections_change(build, build->answers[0].source, object, true);
}

/* Adds the libraries of that name. */
static enum result add_library(const struct build *build, struct command *command, const char *name)
{
    const char *words = description_value(&build->description, name);

    if (!words)
        return build_cannot("the build description says nothing of the library %s", name);
    command_add_words(command, words);
    return BUILD_DONE;
}

static enum result link_suite(struct build *build, const char *combined)
{
    static const char *const archives[] = {"libharness.a", "libwatch.a", "libreference.a",
                                           "libcommon.a"};
    struct command command = {0};
    enum result result;
    int status;

    command_add_words(&command, description_value(&build->description, "link"));
    for (size_t i = 0; i < build->suites.count; i++)
        command_add_path(&command, build->suites.names[i]);
    for (size_t i = 0; i < build->count && !combined; i++)
        command_add_path(&command, build->answers[i].object);
    if (combined)
        command_add_path(&command, combined);
    for (size_t i = 0; i < sizeof archives / sizeof archives[0]; i++) {
        char *path = text_format("%s/%s", build->objects, archives[i]);

        command_add_path(&command, path);
        free(path);
    }
    command_add(&command, "-lm");
    result = add_library(build, &command, "check");
    for (size_t i = 0; i < build->lab->needs.count && !result; i++)
        result = add_library(build, &command, build->lab->needs.words[i]);
    command_add(&command, "-o");
    command_add_path(&command, build->suite);
    if (result) {
        command_free(&command);
        return result;
    }
    if (!build_run(&command, &build->linker, &status))
        return BUILD_CANNOT;
    return status == 0 ? BUILD_DONE : tell_errors(build, build->answers[0].source);
}

/* An indirect function is chosen by code that runs before main. */
static enum result check_suite(const struct build *build)
{
    struct object suite;
    const char *wrong = object_open(&suite, build->suite);
    enum result result = BUILD_DONE;

    if (wrong)
        return build_cannot("%s: %s", build->suite, wrong);
    if (object_has_indirect(&suite))
        result = build_refuse("%s has an indirect function (ifunc), which it may not.",
                              build->answers[0].source);
    object_close(&suite);
    return result;
}

enum result step_link(struct build *build)
{
    char *combined = NULL, *said = text_format("%s/linker", build->out);
    enum result result = BUILD_DONE;

    if (build->count > 1 && !build->sanitized) {
        combined = text_format("%s/graded.o", build->out);
        result = combine(build, combined);
    }
    if (!result)
        result = link_suite(build, combined);
    if (!result && !build->sanitized)
        result = check_suite(build);
    if (text_write(said, build->linker.text))
        result = build_cannot("%s: %s", said, strerror(errno));
    free(combined);
    free(said);
    return result;
}
