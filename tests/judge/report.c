#include "tests/judge/report.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "common/program/columns.h"
#include "common/program/language.h"
#include "common/program/paragraph.h"
#include "common/program/sentence.h"
#include "common/program/terminal.h"
#include "tests/judge/paths.h"
#include "tests/judge/shown.h"
#include "tests/judge/subject.h"

enum { WIDTH = 79, BAR = 20 };

/* "03-pool" is LAB=03. */
static int number_length(const struct lab *lab)
{
    return (int)strcspn(lab->name, "-");
}

static void print_bar(const struct terminal *term, int points, int most)
{
    int filled = most > 0 ? points * BAR / most : 0;

    fputs(terminal_sgr(term, points == most ? "32" : points > 0 ? "33" : "2"), stdout);
    for (int i = 0; i < BAR; i++)
        fputs(i < filled ? (term->utf8 ? "\u2588" : "#") : (term->utf8 ? "\u2591" : "."), stdout);
    fputs(terminal_sgr(term, "0"), stdout);
}

static void print_lab_line(const struct terminal *term, const struct lab *lab)
{
    int points = lab_points(lab), most = lab_most(lab);

    printf("  %-24s ", lab->name);
    print_bar(term, points, most);
    printf("  %3d / %-3d", points, most);
    if (lab->trouble)
        fputs(lab->missing ? tr("  not handed in") : tr("  could not be built"), stdout);
    else if (!lab_begun(lab))
        fputs(tr("  not started"), stdout);
    putchar('\n');
}

/* A command that a student can type for this lab. */
static void print_command(const char *command, const struct grading *grading, const struct lab *lab,
                          const char *rest)
{
    printf("%s LAB=%.*s", tr(command), number_length(lab), lab->name);
    if (strcmp(grading->src, "labs") != 0)
        shown_print_word(" SRC=", grading->src);
    printf("%s\n", rest);
}

/* What a test wrote to standard output and standard error, if it wrote something. */
static void print_output_file(const struct grading *grading, const struct lab *lab,
                              const struct test *test)
{
    char path[PATH_MAX];
    struct stat file;

    path_of_test_output(path, grading->out, lab, test);
    if (stat(path, &file) == 0 && file.st_size > 0)
        printf(tr("      What it printed: %s\n"), path);
}

/* What shows the place where a test hung or crashed. */
static void print_tool(const struct grading *grading, const struct lab *lab,
                       const struct test *test)
{
    const bool hung = strncmp(test->text, "It hung", 7) == 0;
    char rest[128];

    snprintf(rest, sizeof rest, " TEST=%s%s", test->name, hung ? " HANG=1" : "");
    if (lab->mpi)
        return;
    if (hung)
        print_command("      Where each of them waits: make debug", grading, lab, rest);
    else if (strncmp(test->text, "It crashed", 10) == 0)
        print_command("      In which line (continue, then bt): make debug", grading, lab, rest);
    else if (strncmp(test->text, "It ended itself by abort", 24) == 0)
        print_command("      Which line damages memory: make memcheck", grading, lab, rest);
}

static void print_failure(const struct grading *grading, const struct lab *lab,
                          const struct test *test, const struct terminal *term)
{
    char *text = sentence_translated(test->text), *look;
    char where[PATH_MAX + 256];

    printf("  %s%s %s%s: %s (", terminal_sgr(term, "31"), term->utf8 ? "\u2717" : "x", test->name,
           terminal_sgr(term, "0"), tr(test->title));
    printf(test->points == 1 ? tr("%d point") : tr("%d points"), test->points);
    fputs(")\n      ", stdout);
    paragraph_print(stdout, text, 6, WIDTH);
    free(text);
    lab_where_to_look(lab, test, where, sizeof where);
    look = sentence_translated(where);
    printf("      %s\n", look);
    free(look);
    print_tool(grading, lab, test);
    print_output_file(grading, lab, test);
}

/* The failures that are shown, and a line for the others. */
static void print_failed(const struct grading *grading, const struct lab *lab,
                         const struct terminal *term)
{
    char line[1024];
    int length = 0, others = 0;
    bool enough = false;

    for (size_t i = 0; i < lab->count; i++) {
        const struct test *test = &lab->tests[i];

        if (test->outcome != OUTCOME_FAILED)
            continue;
        if ((test->shown || grading->verbose) && !enough) {
            print_failure(grading, lab, test, term);
            enough = grading->first;
        } else if (length < (int)sizeof line) {
            length += snprintf(line + length, sizeof line - (size_t)length, "%s%s",
                               others++ ? ", " : "", test->name);
        }
    }
    if (!others)
        return;
    printf(others == 1 ? tr("  %d more fails%s: ") : tr("  %d more fail%s: "), others,
           grading->first ? "" : tr(", perhaps for the same reason"));
    paragraph_print(stdout, line, 6, WIDTH);
    print_command(others == 1 ? tr("      To see it: make grade")
                              : tr("      To see them: make grade"),
                  grading, lab, " V=1");
}

/* All tests of one outcome in a single paragraph. What is named in it once is not named again. */
static void print_together(const struct lab *lab, enum outcome outcome, const char *heading)
{
    char line[2048] = "";
    size_t length = 0;

    for (size_t i = 0; i < lab->count; i++) {
        const struct test *test = &lab->tests[i];
        const char *what = outcome == OUTCOME_NOT_STARTED ? test->text : test->name;
        char word[128];

        snprintf(word, sizeof word, "%s%s", length ? ", " : "", what);
        if (test->outcome != outcome || strstr(line, what) ||
            length + strlen(word) + 1 > sizeof line)
            continue;
        length += (size_t)snprintf(line + length, sizeof line - length, "%s", word);
    }
    if (!length)
        return;
    printf("  %s: ", tr(heading));
    paragraph_print(stdout, line, columns_of(tr(heading), strlen(tr(heading))) + 4, WIDTH);
}

static void print_warnings(const struct lab *lab)
{
    const char *line = lab->warnings;

    if (!line || !*line)
        return;
    puts(tr("  The compiler warns:"));
    while (*line) {
        int length = (int)strcspn(line, "\n");
        char text[512];

        snprintf(text, sizeof text, "%.*s", length, line);
        fputs("      ", stdout);
        paragraph_print(stdout, text, 6, WIDTH);
        line += length + (line[length] == '\n');
    }
}

/* What follows the first line is the compiler's. */
static void print_trouble(const char *trouble)
{
    size_t length = strcspn(trouble, "\n");
    char first[PATH_MAX + 128], *said;

    snprintf(first, sizeof first, "%.*s", (int)length, trouble);
    said = sentence_translated(first);
    printf("  %s%s", said, trouble + length);
    if (*trouble && trouble[strlen(trouble) - 1] != '\n')
        putchar('\n');
    free(said);
}

static void print_details(const struct grading *grading, const struct lab *lab,
                          const struct terminal *term)
{
    printf("\n%s%s%s (%s)\n", terminal_sgr(term, "1"), lab->name, terminal_sgr(term, "0"),
           lab->source);
    if (lab->trouble) {
        print_trouble(lab->trouble);
        return;
    }
    print_warnings(lab);
    print_failed(grading, lab, term);
    print_together(lab, OUTCOME_NOT_STARTED, "not started");
    print_together(lab, OUTCOME_NOT_RUN, "not run (two tests had to be ended)");
    if (grading->verbose)
        print_together(lab, OUTCOME_PASSED, "passed");
    if (lab_points(lab) < lab_most(lab))
        print_command("  For a hint: make hint", grading, lab, "");
}

/* At full score: what there is to do with this lab, and after it. */
static void print_what_comes_next(const struct grading *grading, const struct lab *lab)
{
    char page[PATH_MAX];

    printf(tr("Next: the questions at the end of %s.\n"),
           language_page(lab->name, page, sizeof page));
    if (subject_reference_is_here(lab->name) && strcmp(grading->src, "labs") == 0)
        print_command("      The reference beside yours: make compare", grading, lab, "");
    if (lab->threads)
        print_command("      Data races, even where the results are right: make race", grading, lab,
                      "");
    if (lab->engine) {
        shown_print_word(tr("      Your own engine in the timelines: make demo SRC="),
                         grading->src);
        putchar('\n');
    }
    if (grading->following)
        printf(tr("      Then the next lab: %s\n"),
               language_page(grading->following, page, sizeof page));
}

static void print_next(const struct grading *grading, const struct lab *next)
{
    if (!next) {
        if (grading->count == 1)
            print_what_comes_next(grading, &grading->labs[0]);
        return;
    }
    if (next->missing)
        printf(tr("Next: %s must be there, then"), next->source);
    else if (next->trouble)
        printf(tr("Next: make %s build, then"), next->source);
    else if (lab_failed(next))
        printf(tr("Next: correct %s, then"), next->source);
    else
        printf(tr("Next: open %s, write the first TODO that is left, then"), next->source);
    print_command(" make grade", grading, next, "");
}

/* What a bonus lab brings comes on top: nobody's total is less than full for want of it. */
static void print_totals(const struct terminal *term, const struct grading *grading)
{
    const struct sum course = grade_sum(grading, false), bonus = grade_sum(grading, true);

    putchar('\n');
    if (course.most > 0)
        printf(tr("%sTotal: %d of %d points.%s\n"),
               terminal_sgr(term, course.points == course.most ? "32" : "1"), course.points,
               course.most, terminal_sgr(term, "0"));
    if (bonus.most > 0)
        printf(tr("%sBonus: %d of %d points.%s\n"),
               terminal_sgr(term, bonus.points == bonus.most ? "32" : "1"), bonus.points,
               bonus.most, terminal_sgr(term, "0"));
}

void report_print(const struct grading *grading)
{
    struct terminal term = terminal_look(stdout);
    const struct lab *next = lab_next(grading->labs, grading->count);

    for (size_t i = 0; i < grading->count; i++)
        print_lab_line(&term, grade_lab_of_course(grading, i));
    for (size_t i = 0; i < grading->count; i++) {
        const struct lab *lab = grade_lab_of_course(grading, i);
        bool warned = lab->warnings && lab->warnings[0];

        /* A lab that was asked for alone is shown even if it is not begun. */
        if (warned || ((lab_begun(lab) || grading->count == 1) && lab_points(lab) < lab_most(lab)))
            print_details(grading, lab, &term);
    }
    print_totals(&term, grading);
    print_next(grading, next);
}

void report_brief(const struct grading *grading)
{
    for (size_t i = 0; i < grading->count; i++)
        for (size_t j = 0; j < grading->labs[i].count; j++)
            printf("%s/%s %s\n", grading->labs[i].name, grading->labs[i].tests[j].name,
                   outcome_name(grading->labs[i].tests[j].outcome));
}
