#include "tests/judge/subject.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "common/program/language.h"
#include "tests/judge/paths.h"
#include "tests/watch/table.h"

/* Adds a lab to those that are graded. Returns 0, or -1 and prints why. */
static int add_lab(struct grading *grading, const char *name)
{
    const struct table_lab *row = table_find(&grading->table, name);
    char source[PATH_MAX], folder[PATH_MAX], suite[PATH_MAX];
    struct lab *lab = &grading->labs[grading->count];

    for (size_t i = 0; i < grading->count; i++)
        if (grading->labs[i].name && strcmp(grading->labs[i].name, name) == 0)
            return 0;
    if (!row) {
        fprintf(stderr, tr("judge: there is no lab '%s'\n"), name);
        return -1;
    }
    snprintf(source, sizeof source, "%s/%s/%s", grading->src, name, row->files.words[0]);
    snprintf(folder, sizeof folder, "%s/solutions", description_value(grading->build, "objects"));
    path_of_suite(suite, folder, name);
    if (lab_read(lab, name, source, suite))
        return -1;
    lab->files = &row->files;
    lab->place = row->place;
    lab->threads = row->threads;
    lab->engine = row->engine != NULL;
    lab->network = row->network;
    lab->mpi = row->mpi;
    lab->bonus = row->bonus;
    grading->count++;
    return 0;
}

/* The lab that comes after this one in the course; NULL: none. */
static char *lab_after(const struct table *table, int place)
{
    for (size_t i = 0; i < table->count; i++)
        if (table->labs[i].place == place + 1)
            return strdup(table->labs[i].lab);
    return NULL;
}

int subject_read(struct grading *grading, const char *labs)
{
    char *names = strdup(labs), *rest = names, *name;
    struct table *table = &grading->table;
    int failed = -1;

    if (names && table_read(table, "labs/table") == 0) {
        grading->labs = calloc(table->count, sizeof *grading->labs);
        failed = grading->labs ? 0 : -1;
        while (!failed && (name = strsep(&rest, ",")))
            failed = add_lab(grading, name);
        if (!failed && grading->count == 1)
            grading->following = lab_after(table, grading->labs[0].place);
    }
    free(names);
    return failed;
}

/* Is `name` a word of `names`, which has commas between its words? */
static bool is_among(const char *name, const char *names)
{
    const size_t length = strlen(name);

    for (const char *word = names; word; word = strchr(word, ',') ? strchr(word, ',') + 1 : NULL)
        if (strcspn(word, ",") == length && strncmp(word, name, length) == 0)
            return true;
    return false;
}

static bool has_test(const struct grading *grading, const char *name)
{
    for (size_t i = 0; i < grading->count; i++)
        if (lab_test(&grading->labs[i], name))
            return true;
    return false;
}

int subject_choose_tests(struct grading *grading, const char *names)
{
    char *copy = strdup(names), *rest = copy, *name;
    bool known = copy;

    while (known && (name = strsep(&rest, ",")) != NULL) {
        known = has_test(grading, name);
        if (!known)
            fprintf(stderr, "judge: there is no test %s in %s\n", name,
                    grading->count == 1 ? grading->labs[0].name : "these labs");
    }
    free(copy);
    for (size_t i = 0; known && i < grading->count; i++)
        for (size_t j = 0; j < grading->labs[i].count; j++)
            if (!is_among(grading->labs[i].tests[j].name, names))
                test_decide(&grading->labs[i].tests[j], OUTCOME_NOT_RUN, "not asked for");
    return known ? 0 : -1;
}

int subject_check_folder(const char *src)
{
    struct stat status;

    if (stat(src, &status))
        fprintf(stderr, tr("judge: there is no folder %s: %s\n"), src, strerror(errno));
    else if (!S_ISDIR(status.st_mode))
        fprintf(stderr, tr("judge: %s is not a folder; if it is an archive, unpack it first\n"),
                src);
    else
        return 0;
    return -1;
}

const char *subject_sure(void)
{
    struct stat status;

    return stat("reference/skeletons", &status) == 0 ? "reference/skeletons" : "solutions";
}

bool subject_reference_is_here(const char *lab)
{
    char path[PATH_MAX];
    struct stat status;

    snprintf(path, sizeof path, "solutions/%s", lab);
    return stat(path, &status) == 0;
}

char *subject_version(const char *known)
{
    FILE *script = known ? NULL : popen("exec sh common/scripts/version.sh 2>/dev/null", "re");
    char word[128] = "";

    if (known)
        return strdup(known);
    if (script && !fgets(word, sizeof word, script))
        word[0] = '\0';
    if (script)
        pclose(script);
    word[strcspn(word, "\n")] = '\0';
    return word[0] ? strdup(word) : NULL;
}
