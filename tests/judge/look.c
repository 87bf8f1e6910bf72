/* Which words lead from a failure into the file. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/program/language.h"
#include "tests/judge/lab.h"

static bool is_part_of_name(char byte)
{
    return byte && strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_", byte);
}

static bool has_name(const char *line, const char *name)
{
    size_t length = strlen(name);

    for (const char *at = strstr(line, name); at; at = strstr(at + 1, name))
        if ((at == line || !is_part_of_name(at[-1])) && !is_part_of_name(at[length]))
            return true;
    return false;
}

/* True also if nobody can say. */
static bool source_has(const char *path, const char *name)
{
    FILE *file = fopen(path, "re");
    bool found = file == NULL;
    char *line = NULL;
    size_t room = 0;

    while (!found && getline(&line, &room, file) >= 0)
        found = has_name(line, name);
    free(line);
    if (file)
        fclose(file);
    return found;
}

void lab_where_to_look(const struct lab *lab, const struct test *test, char *line, size_t size)
{
    const char *name = test->look_at;

    if (source_has(lab->source, name))
        snprintf(line, size, TR_LATER("Look at %s in %s."), name, lab->source);
    else
        snprintf(line, size,
                 TR_LATER("Look in %s at what does the work of %s, which it does not have."),
                 lab->source, name);
}
