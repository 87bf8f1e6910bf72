#include "tests/watch/description.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const required[] = {"compiler", "family",   "compile", "unfinished", "link",
                                       "check",    "sanitize", "objects", "system"};

__attribute__((format(printf, 2, 3))) static int refuse(const char *path, const char *format, ...)
{
    va_list arguments;

    fprintf(stderr, "%s: %s", program_invocation_short_name, path);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    return -1;
}

/* Takes over `line`, without its newline, and cuts it into key and value. Returns -1 if it is not
 * of that form, or there are too many. */
static int add_line(struct description *description, char *line)
{
    size_t length = strcspn(line, " \t");
    char *value = line + length + strspn(line + length, " \t");
    char *end = value + strlen(value);

    while (end > value && (end[-1] == ' ' || end[-1] == '\t'))
        *--end = '\0';
    if (length == 0 || *value == '\0' || description->count == DESCRIPTION_MOST_LINES)
        return -1;
    line[length] = '\0';
    if (description_value(description, line))
        return -1;
    description->lines[description->count].key = line;
    description->lines[description->count++].value = strcmp(value, "-") == 0 ? "" : value;
    return 0;
}

static int read_lines(struct description *description, const char *path, FILE *file)
{
    char *line = NULL;
    size_t size = 0;
    ssize_t length;
    bool good = true;

    for (int number = 1; good && (length = getline(&line, &size, file)) != -1; number++) {
        good = strlen(line) == (size_t)length; /* no '\0' in it */
        line[strcspn(line, "\n")] = '\0';
        if (!good || add_line(description, line))
            good = refuse(path, ":%d: not a key and a value, or a second one", number) == 0;
        else
            line = NULL; /* the description's now */
    }
    if (good && ferror(file))
        good = refuse(path, ": %s", strerror(errno)) == 0;
    free(line);
    return good ? 0 : -1;
}

int description_read(struct description *description, const char *path)
{
    FILE *file = fopen(path, "re");
    int result;

    description->count = 0;
    if (!file)
        return refuse(path, ": %s", strerror(errno));
    result = read_lines(description, path, file);
    fclose(file);
    for (size_t i = 0; !result && i < sizeof required / sizeof required[0]; i++)
        if (!description_value(description, required[i]))
            result = refuse(path, ": no line '%s'", required[i]);
    if (result)
        description_free(description);
    return result;
}

void description_free(struct description *description)
{
    for (size_t i = 0; i < description->count; i++)
        free(description->lines[i].key);
    description->count = 0;
}

const char *description_value(const struct description *description, const char *key)
{
    for (size_t i = 0; i < description->count; i++)
        if (strcmp(description->lines[i].key, key) == 0)
            return description->lines[i].value;
    return NULL;
}
