#include "tests/judge/build/names.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void names_add(struct names *names, const char *name)
{
    char *copy = strdup(name), **more = names->names;

    if (names->count == names->room) {
        names->room = names->room ? 2 * names->room : 64;
        more = realloc(more, names->room * sizeof *more);
    }
    if (!copy || !more) {
        perror(program_invocation_short_name);
        exit(2);
    }
    names->names = more;
    names->names[names->count++] = copy;
}

static int compare(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

void names_sort(struct names *names)
{
    size_t kept = 0;

    if (names->count == 0)
        return;
    qsort(names->names, names->count, sizeof *names->names, compare);
    for (size_t i = 1; i < names->count; i++)
        if (strcmp(names->names[kept], names->names[i]) == 0)
            free(names->names[i]);
        else
            names->names[++kept] = names->names[i];
    names->count = kept + 1;
}

bool names_have(const struct names *names, const char *name)
{
    return names->count > 0 &&
           bsearch(&name, names->names, names->count, sizeof *names->names, compare);
}

void names_free(struct names *names)
{
    for (size_t i = 0; i < names->count; i++)
        free(names->names[i]);
    free(names->names);
    *names = (struct names){0};
}
