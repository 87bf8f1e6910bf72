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

bool includes_allowed(const char *file, const struct names *folders)
{
    for (size_t i = 0; i < folders->count; i++)
        if (is_in(file, folders->names[i]))
            return true;
    return false;
}

/* From where an answer may include. */
struct places {
    struct names folders; /* real paths */
    struct names system;  /* those of the compiler's headers, as it calls them */
    char *scratch;        /* where the compiler leaves what its assembler reads */
};

/* Adds the folder's real path, if there is such a folder. */
static void add_place(struct places *places, const char *folder)
{
    char *real = realpath(folder, NULL);

    if (real)
        names_add(&places->folders, real);
    free(real);
}

static void find_places(const struct build *build, struct places *places)
{
    char *system = text_format("%s", description_value(&build->description, "system"));
    char *own = text_format("%s", build->answers[0].source), *rest = system, *folder;

    *places = (struct places){.scratch = text_format("%s/scratch", build->out)};
    *strrchr(own, '/') = '\0';
    add_place(places, own);
    add_place(places, "common");
    add_place(places, "labs");
    while ((folder = strsep(&rest, ":"))) {
        if (*folder)
            names_add(&places->system, folder);
        add_place(places, folder);
    }
    free(own);
    free(system);
}

static void free_places(struct places *places)
{
    names_free(&places->folders);
    names_free(&places->system);
    free(places->scratch);
}

/* A link in a folder of the system's is the system's: headers there may lead anywhere. */
static bool is_of_system(const char *name, const struct places *places)
{
    return !strstr(name, "/../") && includes_allowed(name, &places->system);
}

/* Is it somebody's answer, in labs/, to another lab than the one that is built? */
static bool is_other_answer(const struct build *build, const char *file)
{
    bool is = false;

    for (size_t i = 0; i < build->table.count && !is; i++) {
        const struct table_lab *lab = &build->table.labs[i];

        for (size_t j = 0; j < lab->files.count && !is && lab != build->lab; j++) {
            char *path = text_format("labs/%s/%s", lab->lab, lab->files.words[j]);
            char *real = realpath(path, NULL);

            is = real && strcmp(real, file) == 0;
            free(real);
            free(path);
        }
    }
    return is;
}

/* How a student calls the file: from the top folder on, if it is in there. */
static const char *shown(const char *file)
{
    char top[PATH_MAX];

    return realpath(".", top) && is_in(file, top) ? file + strlen(top) + 1 : file;
}

static enum result check_file(const struct build *build, const char *source, const char *name,
                              const struct places *places)
{
    char file[PATH_MAX];
    struct stat status;

    if (is_of_system(name, places))
        return BUILD_DONE;
    if (!realpath(name, file) || stat(file, &status))
        return build_refuse("%s includes %s, which cannot be found any more.", source, name);
    if (!S_ISREG(status.st_mode))
        return build_refuse("%s includes %s, which is no ordinary file.", source, name);
    if (!includes_allowed(file, &places->folders) || is_other_answer(build, file))
        return build_refuse("%s includes %s, which it may not.", source, shown(file));
    return BUILD_DONE;
}

/* The assembler lists what it reads, with .incbin or .include, and also files that are only spoken
 * of, which need not be there; its own source is the compiler's, and gone by now. */
static enum result check_assembled(const struct build *build, const char *source, const char *name,
                                   const struct places *places)
{
    char file[PATH_MAX];

    if ((is_in(name, places->scratch) && !strstr(name, "/../")) || !realpath(name, file))
        return BUILD_DONE;
    return check_file(build, source, name, places);
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

typedef enum result check_fn(const struct build *build, const char *source, const char *name,
                             const struct places *places);

static enum result check_list(const struct build *build, const char *source, const char *path,
                              const struct places *places, check_fn *check)
{
    char *list = read_list(path), *rest = list ? strchr(list, ':') : NULL, *name;
    enum result result = BUILD_DONE;

    if (!rest) {
        free(list);
        return build_cannot("%s: no list of what %s includes", path, source);
    }
    rest++;
    while (!result && (name = includes_next(&rest)))
        result = check(build, source, name, places);
    free(list);
    return result;
}

enum result step_includes(struct build *build)
{
    struct places places;
    enum result result = BUILD_DONE;

    find_places(build, &places);
    for (size_t i = 0; i < build->count && !result; i++) {
        const struct answer *answer = &build->answers[i];

        result = check_list(build, answer->source, answer->includes, &places, check_file);
        if (!result)
            result = check_list(build, answer->source, answer->assembled, &places, check_assembled);
    }
    free_places(&places);
    return result;
}
