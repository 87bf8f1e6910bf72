/* The judge behind `make grade`: see tests/README.md for what it trusts and what it does not. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/machine.h"
#include "common/options.h"
#include "common/progress.h"
#include "tests/grader/judge/files.h"
#include "tests/grader/judge/grade.h"
#include "tests/grader/judge/report.h"
#include "tests/grader/judge/results.h"
#include "tests/grader/judge/sandbox.h"

enum { FULL = 0, NOT_FULL = 1, NO_VERDICT = 2, MOST_LABS = 64 };

static int64_t began;

static void stop(int signal)
{
    (void)signal;
    grade_stop();
}

static void show(size_t done, size_t all)
{
    progress_show("Grading", "%zu of %zu", done, all);
}

static void save(const struct grading *grading, const struct lab *lab)
{
    (void)lab;
    if (results_write(grading, (double)(clock_wall() - began) / NS_PER_S))
        exit(NO_VERDICT);
}

/* Reads "02-process/process_map.c,03-pool/pool.c" into labs. */
static size_t read_labs(struct lab labs[], const char *list, const char *src, const char *objects)
{
    char *copy = strdup(list), *rest = copy, *item;
    size_t count = 0;

    while (copy && (item = strsep(&rest, ",")) && count < MOST_LABS) {
        char suite[PATH_MAX], source[PATH_MAX];

        snprintf(source, sizeof source, "%s/%s", src, item);
        item[strcspn(item, "/")] = '\0';
        snprintf(suite, sizeof suite, "%s/solutions/%s/suite", objects, item);
        if (lab_read(&labs[count], item, suite))
            exit(NO_VERDICT);
        labs[count++].source = strdup(source);
    }
    free(copy);
    return count;
}

static void close_on_exec(void)
{
    for (int file = 3; file < 256; file++)
        fcntl(file, F_SETFD, FD_CLOEXEC);
}

static bool can_isolate(bool wanted)
{
    if (wanted && sandbox_can_isolate())
        return true;
    fprintf(stderr, "Note: tests run without namespaces%s; the judge still bounds and cleans up.\n",
            wanted ? ", which this system does not give" : "");
    return false;
}

int main(int argc, char **argv)
{
    static struct lab labs[MOST_LABS];
    const char *list = NULL, *src = "labs", *objects = "build/gcc";
    int at_once = 2 * machine_cpus(), hint = 0, brief = 0, no_isolation = 0, points = 0, most = 0;
    struct grading grading = {.labs = labs, .out = "build/grade", .lab_done = save};
    const struct option_row rows[] = {
        {.name = "labs",
         .kind = OPTION_TEXT,
         .target = &list,
         .help = "what to grade: 02-process/process_map.c,..."},
        {.name = "src",
         .kind = OPTION_TEXT,
         .target = &src,
         .help = "the folder of the labs' folders (labs)"},
        {.name = "out",
         .kind = OPTION_TEXT,
         .target = &grading.out,
         .help = "where results go (build/grade)"},
        {.name = "objects",
         .kind = OPTION_TEXT,
         .target = &objects,
         .help = "the build's folder (build/gcc)"},
        {.name = "jobs",
         .kind = OPTION_INT,
         .target = &at_once,
         .min = 1,
         .max = 64,
         .help = "programs at once (two for each CPU)"},
        {.name = "hint",
         .kind = OPTION_FLAG,
         .target = &hint,
         .help = "print the next hint instead of a report"},
        {.name = "brief",
         .kind = OPTION_FLAG,
         .target = &brief,
         .help = "print a line for each test instead of a report"},
        {.name = "no-isolation",
         .kind = OPTION_FLAG,
         .target = &no_isolation,
         .help = "do without namespaces"},
    };

    options_parse("Grades labs.", rows, sizeof rows / sizeof rows[0], argc, argv);
    close_on_exec();
    began = clock_wall();
    if (!list) {
        fprintf(stderr, "judge: --labs is missing\n");
        return NO_VERDICT;
    }
    if (files_make_folder(grading.out)) {
        fprintf(stderr, "judge: cannot make %s: %s\n", grading.out, strerror(errno));
        return NO_VERDICT;
    }
    results_remove(&grading);
    grading.count = read_labs(labs, list, src, objects);
    grading.at_once = at_once;
    grading.isolate = can_isolate(!no_isolation);
    grading.progress = brief ? NULL : show;
    signal(SIGINT, stop);
    signal(SIGTERM, stop);
    if (grade(&grading)) {
        progress_clear();
        results_remove(&grading);
        fprintf(stderr, "judge: stopped; there is no result\n");
        return NO_VERDICT;
    }
    progress_clear();
    save(&grading, NULL);
    if (hint)
        return hint_print(&grading, &labs[0]) ? NO_VERDICT : FULL;
    if (brief)
        report_brief(&grading);
    else
        report_print(&grading);
    for (size_t i = 0; i < grading.count; i++) {
        points += lab_points(&labs[i]);
        most += lab_most(&labs[i]);
        lab_free(&labs[i]);
    }
    if (fflush(stdout)) {
        fprintf(stderr, "judge: cannot print the report: %s\n", strerror(errno));
        return NO_VERDICT;
    }
    return points == most ? FULL : NOT_FULL;
}
