#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/judge/build/archive.h"
#include "tests/judge/build/names.h"
#include "tests/judge/build/object.h"
#include "tests/judge/build/steps.h"
#include "tests/judge/build/text.h"

/* Adds what an object defines and what it uses; either may be NULL. Returns NULL, or why it could
 * not. */
static const char *add_names(const char *path, struct names *defined, struct names *used)
{
    struct object object;
    const char *wrong = object_open(&object, path);

    if (wrong)
        return wrong;
    if (defined)
        object_add_defined(&object, defined);
    if (used)
        object_add_used(&object, used);
    object_close(&object);
    return NULL;
}

/* The same for what one of our own objects defines. Frees the path. */
static enum result add_ours(char *path, struct names *defined)
{
    const char *wrong = add_names(path, defined, NULL);
    enum result result = wrong ? build_cannot("%s: %s", path, wrong) : BUILD_DONE;

    free(path);
    return result;
}

/* Adds what the reference of a lab's file defines. */
static enum result add_reference(const struct build *build, const char *lab, const char *file,
                                 struct names *defined)
{
    int stem = (int)(strlen(file) - strlen(".c"));

    return add_ours(text_format("%s/solutions/%s/%.*s.o", build->objects, lab, stem, file),
                    defined);
}

static enum result tell_missing(const struct build *build, const struct answer *answer,
                                const struct names *contract, const struct names *defined)
{
    int missing = 0;

    for (size_t i = 0; i < contract->count; i++) {
        if (names_have(defined, contract->names[i]))
            continue;
        if (missing++ == 0)
            printf("%s does not define: ", answer->source);
        printf("%s ", contract->names[i]);
    }
    if (missing == 0)
        return BUILD_DONE;
    return build_refuse("(see the contract, labs/%s/%s.h).", build->lab->lab,
                        build->answers[0].stem);
}

static enum result write_contract(const struct build *build, const struct names *contract)
{
    FILE *file = fopen(build->contract, "we");

    for (size_t i = 0; file && i < contract->count; i++)
        fprintf(file, "%s\n", contract->names[i]);
    if (!file || fclose(file))
        return build_cannot("%s: %s", build->contract, strerror(errno));
    return BUILD_DONE;
}

/* The contract is what the references define. A function of it may stand in any of the files. */
static enum result check_contract(const struct build *build)
{
    struct names defined = {0}, contract = {0};
    enum result result = BUILD_DONE;

    for (size_t i = 0; i < build->count && !result; i++) {
        const struct answer *answer = &build->answers[i];
        const char *wrong = add_names(answer->object, &defined, NULL);

        if (wrong)
            result = build_refuse("%s became an object that cannot be checked: it is %s.",
                                  answer->source, wrong);
    }
    names_sort(&defined);
    for (size_t i = 0; i < build->count && !result; i++) {
        struct names of_file = {0};

        result = add_reference(build, build->lab->lab, build->lab->files.words[i], &of_file);
        names_sort(&of_file);
        if (!result)
            result = tell_missing(build, &build->answers[i], &of_file, &defined);
        for (size_t j = 0; j < of_file.count; j++)
            names_add(&contract, of_file.names[j]);
        names_free(&of_file);
    }
    if (!result)
        result = write_contract(build, &contract);
    names_free(&defined);
    names_free(&contract);
    return result;
}

static enum result add_archive(const struct build *build, const char *name, struct names *defined)
{
    char *path = text_format("%s/%s", build->objects, name);
    const char *wrong = archive_add_defined(path, defined);
    enum result result = wrong ? build_cannot("%s: %s", path, wrong) : BUILD_DONE;

    free(path);
    return result;
}

/* Adds what belongs to the grader: the harness, and the lab's suite. */
static enum result add_grader(const struct build *build, struct names *theirs)
{
    enum result result = add_archive(build, "libharness.a", theirs);

    if (!result)
        result = add_archive(build, "libwatch.a", theirs);
    for (size_t i = 0; i < build->suites.count && !result; i++)
        result = add_ours(text_format("%s", build->suites.names[i]), theirs);
    names_sort(theirs);
    return result;
}

/* Labs that want MPI are not built where it is not installed. */
static bool is_here(const struct build *build, const struct table_lab *lab)
{
    const char *flags = description_value(&build->description, "mpi-flags");

    return !lab->mpi || (flags && *flags);
}

/* Adds what the references of a lab define, if it comes later in the course. */
static enum result add_later(const struct build *build, const struct table_lab *lab,
                             struct names *theirs)
{
    enum result result = BUILD_DONE;

    if (lab->place > build->lab->place && is_here(build, lab))
        for (size_t i = 0; i < lab->files.count && !result; i++)
            result = add_reference(build, lab->lab, lab->files.words[i], theirs);
    names_sort(theirs);
    return result;
}

/* Returns a name that is used and theirs; NULL if there is none. A sanitiser's calls are not the
 * student's. MPI's are meant to be called: a suite may stand between them and the library, as MPI
 * allows to any program. */
static const char *find_theirs(const struct names *used, const struct names *theirs)
{
    for (size_t i = 0; i < used->count; i++)
        if (strncmp(used->names[i], "__tsan_", 7) != 0 && strncmp(used->names[i], "MPI_", 4) != 0 &&
            names_have(theirs, used->names[i]))
            return used->names[i];
    return NULL;
}

/* What one file uses. */
static enum result check_used(const struct build *build, const struct answer *answer,
                              const struct names *grader)
{
    struct names used = {0};
    const char *wrong = add_names(answer->object, NULL, &used), *name;
    enum result result = wrong ? build_cannot("%s: %s", answer->object, wrong) : BUILD_DONE;

    name = find_theirs(&used, grader);
    if (!result && name)
        result = build_refuse("%s uses %s, which belongs to the grader.", answer->source, name);
    for (size_t i = 0; i < build->table.count && !result; i++) {
        const struct table_lab *lab = &build->table.labs[i];
        struct names later = {0};

        result = add_later(build, lab, &later);
        name = find_theirs(&used, &later);
        if (!result && name)
            result = build_refuse("%s uses %s, which belongs to a later lab, %s.", answer->source,
                                  name, lab->lab);
        names_free(&later);
    }
    names_free(&used);
    return result;
}

enum result step_symbols(struct build *build)
{
    struct names grader = {0};
    enum result result = check_contract(build);

    if (!result)
        result = add_grader(build, &grader);
    for (size_t i = 0; i < build->count && !result; i++)
        result = check_used(build, &build->answers[i], &grader);
    names_free(&grader);
    return result;
}
