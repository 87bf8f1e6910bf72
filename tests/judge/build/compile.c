#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "common/program/language.h"
#include "tests/judge/build/source.h"
#include "tests/judge/build/steps.h"
#include "tests/judge/build/text.h"

enum {
    LINES_AFTER = 4, /* of an error are shown */
    LINES_IN_ALL = 20,
    LINES_AT_END = 3,
    WIDEST = 150,
    MOST_WARNINGS = 3,
    WIDEST_WARNING = 300,
};

/* Prints a line of the compiler's. Indented, nothing in it looks like a line of the report. */
static void print_line(const struct text_line *line)
{
    bool wide = line->length > WIDEST;

    printf("  %.*s%s\n", wide ? WIDEST : (int)line->length, line->start, wide ? "..." : "");
}

static void print_last_lines(const char *text)
{
    struct text_line line;
    size_t lines = 0;

    for (const char *rest = text; text_next_line(&rest, &line);)
        lines++;
    for (size_t i = 0; text_next_line(&text, &line); i++)
        if (i + LINES_AT_END >= lines)
            print_line(&line);
}

/* Prints the lines that are errors, and of each some that follow it. */
static void print_errors(const char *text)
{
    const char *rest = text;
    struct text_line line;
    int printed = 0, follow = 0;

    while (printed < LINES_IN_ALL && text_next_line(&rest, &line)) {
        if (text_line_has(&line, "error:", true))
            follow = 1 + LINES_AFTER;
        if (follow > 0) {
            print_line(&line);
            printed++;
            follow--;
        }
    }
    if (printed == 0)
        print_last_lines(text);
}

/* Was the compiler, or a program that it started, ended by a limit? */
static bool met_limit(int status, const char *said)
{
    return WIFSIGNALED(status) || strstr(said, "limit exceeded");
}

static enum result compile(struct build *build, const struct answer *answer)
{
    const char *said = build->compiler.text + build->compiler.length;
    struct command command = {0};
    int status;

    command_add_words(&command, description_value(&build->description, "compile"));
    command_add_words(&command, description_value(&build->description, "unfinished"));
    command_add_words(&command, "-Wno-error -U_FORTIFY_SOURCE");
    if (build->lab->races && !build->sanitized)
        command_add(&command, "-fsanitize=thread"); /* see tests/harness/access_hooks.c */
    if (build->lab->mpi)
        command_add_words(&command, description_value(&build->description, "mpi-flags"));
    command_add_words(&command, build->flags);
    command_add_words(&command, "-MD -MT answer -MF");
    command_add_path(&command, answer->includes);
    /* clang's own assembler tells nobody what it reads. gcc calls a header that is behind a link of
     * the system's by a shorter name, if there is one. */
    if (strcmp(description_value(&build->description, "family"), "clang") == 0)
        command_add(&command, "-fno-integrated-as");
    else
        command_add(&command, "-fno-canonical-system-headers");
    command_add_words(&command, "-Xassembler --MD -Xassembler");
    command_add_path(&command, answer->assembled);
    command_add(&command, "-c");
    command_add_path(&command, answer->source);
    command_add(&command, "-o");
    command_add_path(&command, answer->object);
    if (!build_run(&command, &build->compiler, &status))
        return BUILD_CANNOT;
    if (status == 0)
        return BUILD_DONE;
    if (met_limit(status, said))
        return build_refuse("The compiler did not come to an end within its limits.");
    printf(TR_LATER("%s does not compile. The compiler's first errors:") "\n", answer->source);
    print_errors(said);
    source_guess(answer->source);
    return BUILD_REFUSED;
}

enum result step_compile(struct build *build)
{
    char *path = text_format("%s/compiler", build->out);
    enum result result = BUILD_DONE;

    for (size_t i = 0; i < build->count && !result; i++)
        result = source_check(build->answers[i].source);
    for (size_t i = 0; i < build->count && !result; i++)
        result = compile(build, &build->answers[i]);
    if (text_write(path, build->compiler.text))
        result = build_cannot("%s: %s", path, strerror(errno));
    free(path);
    return result;
}

void compile_print_warnings(const struct build *build)
{
    const char *rest = build->compiler.text;
    struct text_line line;
    int warnings = 0;

    while (text_next_line(&rest, &line)) {
        if (!text_line_has(&line, " warning: ", false) || ++warnings > MOST_WARNINGS)
            continue;
        printf("%.*s\n", line.length > WIDEST_WARNING ? WIDEST_WARNING : (int)line.length,
               line.start);
    }
    if (warnings > MOST_WARNINGS)
        printf("... and %d more, in %s/compiler\n", warnings - MOST_WARNINGS, build->out);
}
