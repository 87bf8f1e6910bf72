/* Building and running everything that is to be graded, several programs at once. */
#ifndef LOCKSTEP_JUDGE_GRADE_H
#define LOCKSTEP_JUDGE_GRADE_H

#include <stdbool.h>
#include <stddef.h>

#include "tests/judge/lab.h"

struct grading {
    struct lab *labs;
    size_t count;
    const char *out; /* a folder for each lab is made below it: its suite, what it printed */
    bool isolate;    /* tests run in namespaces */
    bool thorough;   /* tests try larger sizes */
    int at_once;     /* programs at once, 1 or more */
    /* Called after each step, with how many of how many steps are done; may be NULL. */
    void (*progress)(size_t done, size_t all);
    /* Called when a lab has all its outcomes. May be NULL. */
    void (*lab_done)(const struct grading *grading, const struct lab *lab);
};

/* Builds each lab's suite around its source (tests/judge/build.sh) and runs every test. Returns 0;
 * or -1 if the judge itself could not work, and prints why. Nothing is left running. */
int grade(struct grading *grading);

/* Ends the grading under way, from a signal handler: grade then returns -1. */
void grade_stop(void);

#endif
