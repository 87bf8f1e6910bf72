#include "common/program/options.h"

#include <argp.h>
#include <stdarg.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/program/language.h"

enum { MOST_ROWS = 20, USAGE = 0xff, FIRST_KEY = 0x100 };

/* What argp looks up by itself; here for the catalogue. */
__attribute__((unused)) static const char *const argps_own[] = {
    TR_LATER("Usage:"),
    TR_LATER(" [OPTION...]"),
};

struct command_line {
    const struct option_row *rows;
    size_t count;
};

__attribute__((noreturn, format(printf, 1, 2))) static void refuse(const char *format, ...)
{
    va_list arguments;

    fprintf(stderr, "%s: ", program_invocation_short_name);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    exit(BAD_USAGE);
}

static long whole_number(const struct option_row *row, const char *text)
{
    char *end;
    long number;

    errno = 0;
    number = strtol(text, &end, 10);
    if (errno || end == text || *end || number < row->min || number > row->max)
        refuse(tr("--%s wants a whole number from %ld to %ld, not '%s'"), row->name, row->min,
               row->max, text);
    return number;
}

static int choice(const struct option_row *row, const char *text)
{
    char known[256] = "";

    for (int i = 0; row->choices[i]; i++) {
        size_t length = strlen(known);

        if (strcmp(row->choices[i], text) == 0)
            return i;
        snprintf(known + length, sizeof known - length, "%s%s", i ? ", " : "", row->choices[i]);
    }
    refuse(tr("--%s wants one of %s, not '%s'"), row->name, known, text);
}

static void store(const struct option_row *row, char *text)
{
    switch (row->kind) {
    case OPTION_INT:
        *(int *)row->target = (int)whole_number(row, text);
        break;
    case OPTION_LONG:
        *(long *)row->target = whole_number(row, text);
        break;
    case OPTION_CHOICE:
        *(int *)row->target = choice(row, text);
        break;
    case OPTION_TEXT:
        *(const char **)row->target = text;
        break;
    case OPTION_FLAG:
        *(int *)row->target = 1;
        break;
    }
}

static error_t parse_one(int key, char *text, struct argp_state *state)
{
    const struct command_line *line = state->input;

    if (key == ARGP_KEY_INIT)
        state->err_stream = NULL; /* getopt's own line about an unknown option is enough */
    if (key == '?' || key == USAGE)
        argp_state_help(state, state->out_stream,
                        key == USAGE ? ARGP_HELP_USAGE | ARGP_HELP_EXIT_OK : ARGP_HELP_STD_HELP);
    if (key == ARGP_KEY_ARG)
        refuse(tr("does not know what to do with '%s' (see --help)"), text);
    if (key < FIRST_KEY || key >= FIRST_KEY + (int)line->count)
        return ARGP_ERR_UNKNOWN;
    store(&line->rows[key - FIRST_KEY], text);
    return 0;
}

static const char *placeholder(enum option_kind kind)
{
    switch (kind) {
    case OPTION_INT:
    case OPTION_LONG:
        return "NUMBER";
    case OPTION_CHOICE:
        return "NAME";
    case OPTION_TEXT:
        return "FILE";
    case OPTION_FLAG:
        break;
    }
    return NULL;
}

void options_parse(const char *doc, const struct option_row rows[], size_t count, int argc,
                   char **argv)
{
    struct argp_option options[MOST_ROWS + 3] = {{0}};
    struct argp argp = {.options = options, .parser = parse_one, .argp_domain = LANGUAGE_DOMAIN};
    struct command_line line = {.rows = rows, .count = count};
    locale_t before;
    error_t error;

    if (count > MOST_ROWS)
        abort();
    language_begin();
    argp.doc = tr(doc);
    for (size_t i = 0; i < count; i++)
        options[i] = (struct argp_option){.name = rows[i].name,
                                          .key = FIRST_KEY + (int)i,
                                          .arg = placeholder(rows[i].kind),
                                          .doc = tr(rows[i].help)};
    /* In place of argp's own two, which only the C library's catalogue translates. */
    options[count] = (struct argp_option){
        .name = "help", .key = '?', .doc = tr("give this help list"), .group = -1};
    options[count + 1] = (struct argp_option){
        .name = "usage", .key = USAGE, .doc = tr("give a short usage message"), .group = -1};
    argp_err_exit_status = BAD_USAGE;
    before = language_lend();
    error = argp_parse(&argp, argc, argv, ARGP_NO_HELP, NULL, &line);
    uselocale(before);
    if (error)
        exit(BAD_USAGE);
}
