#include "tests/judge/build/includes.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/judge/build/steps.h"
#include "tests/judge/build/text.h"

/* Copies a run of backslashes as make understands them: before a blank, two of them stand for one,
 * and one that is left over says that the blank is part of the name; one before # or : is not part
 * of the name; all others stand for themselves. Returns true if the character after them is part of
 * the name, whatever it is. */
static bool copy_backslashes(char **from, char **to)
{
    size_t count = strspn(*from, "\\"), copied = count;
    char next = (*from)[count];

    if (next == ' ' || next == '\t')
        copied = count / 2;
    else if (next == '#' || next == ':')
        copied = count - 1;
    memset(*to, '\\', copied);
    *from += count;
    *to += copied;
    return (next == ' ' || next == '\t') && count % 2 == 1;
}

char *includes_next(char **rest)
{
    char *from = *rest, *to, *name;

    while (strchr(" \t\n", *from) ? *from != '\0' : strncmp(from, "\\\n", 2) == 0)
        from++;
    if (*from == '\0')
        return NULL;
    name = to = from;
    while (!strchr(" \t\n", *from)) { /* which finds the '\0', too */
        if (*from == '\\' && !copy_backslashes(&from, &to))
            continue;
        if (from[0] == '$' && from[1] == '$')
            from++;
        *to++ = *from++;
    }
    *rest = *from ? from + 1 : from;
    *to = '\0';
    return name;
}

static bool is_in(const char *file, const char *folder)
{
    size_t length = strlen(folder);

    return strncmp(file, folder, length) == 0 && file[length] == '/';
}

bool includes_allowed(const char *file, const char *own, char *const forbidden[], int count)
{
    if (is_in(file, own))
        return true;
    for (int i = 0; i < count; i++)
        if (is_in(file, forbidden[i]))
            return false;
    return true;
}

/* The folders that no answer may include anything from. */
enum { FORBIDDEN = 4 };

static void find_forbidden(const struct build *build, char *forbidden[FORBIDDEN])
{
    const char *const names[FORBIDDEN] = {"solutions", "tests", "build", build->objects};

    for (int i = 0; i < FORBIDDEN; i++) {
        forbidden[i] = realpath(names[i], NULL);
        if (!forbidden[i])
            forbidden[i] = text_format("%s", "(there is none)");
    }
}

/* How a student calls the file: from the top folder on, if it is in there. */
static const char *shown(const char *file)
{
    char top[PATH_MAX];

    return realpath(".", top) && is_in(file, top) ? file + strlen(top) + 1 : file;
}

static enum result check_file(const char *source, const char *name, const char *own,
                              char *const forbidden[FORBIDDEN])
{
    char file[PATH_MAX];
    struct stat status;

    if (!realpath(name, file) || stat(file, &status))
        return build_refuse("%s includes %s, which cannot be found any more.", source, name);
    if (!S_ISREG(status.st_mode))
        return build_refuse("%s includes %s, which is no ordinary file.", source, name);
    if (!includes_allowed(file, own, forbidden, FORBIDDEN))
        return build_refuse("%s includes %s, which it may not.", source, shown(file));
    return BUILD_DONE;
}

/* The list is long, and so is bounded by no buffer of ours. */
static char *read_list(const char *path)
{
    FILE *file = fopen(path, "re");
    char *list = NULL;
    size_t size = 0;

    if (!file)
        return NULL;
    if (getdelim(&list, &size, '\0', file) == -1) {
        free(list);
        list = NULL;
    }
    fclose(file);
    return list;
}

static enum result check_list(const struct answer *answer, char *const forbidden[FORBIDDEN])
{
    char *list = read_list(answer->includes), *rest = list ? strchr(list, ':') : NULL;
    char *folder = text_format("%s", answer->source), *own, *name;
    enum result result = BUILD_DONE;

    *strrchr(folder, '/') = '\0';
    own = realpath(folder, NULL);
    if (!rest || !own) {
        result = build_cannot("%s: no list of what %s includes", answer->includes, answer->source);
    } else {
        rest++;
        while (!result && (name = includes_next(&rest)))
            result = check_file(answer->source, name, own, forbidden);
    }
    free(list);
    free(folder);
    free(own);
    return result;
}

enum result step_includes(struct build *build)
{
    char *forbidden[FORBIDDEN];
    enum result result = BUILD_DONE;

    find_forbidden(build, forbidden);
    for (size_t i = 0; i < build->count && !result; i++)
        result = check_list(&build->answers[i], forbidden);
    for (int i = 0; i < FORBIDDEN; i++)
        free(forbidden[i]);
    return result;
}
