/* Building and running everything that is to be graded, several programs at once. */
#ifndef LOCKSTEP_JUDGE_GRADE_H
#define LOCKSTEP_JUDGE_GRADE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tests/judge/lab.h"
#include "tests/watch/description.h"
#include "tests/watch/table.h"

struct run;

struct grading {
    struct table table; /* of all labs there are */
    struct lab *labs;
    size_t count;
    const struct description *build; /* how the labs are built */
    const char *build_file;          /* where that is written */
    const char *out;       /* a folder for each lab is made in it: its suite, what it printed */
    const char *src;       /* the folder whose answers are graded */
    const char *sure;      /* a folder of the same shape, which builds if anything does */
    const char *version;   /* of the tree that judges; NULL: not known */
    const char *following; /* the lab after the only one that is graded; NULL: none, or several */
    bool isolate;          /* tests run in namespaces */
    bool outer_proc;       /* in them they find the judge's /proc, as no other can be mounted */
    bool verbose;          /* the report shows every failure, and names the tests that pass */
    bool first;            /* the report shows the first failure of a lab only */
    bool thorough;         /* tests try larger sizes */
    int at_once;           /* programs at once, 1 or more */

    /* Called after each step, with how many of how many steps are done. May be NULL. */
    void (*progress)(size_t done, size_t all, void *context);
    /* Called when a lab has all its outcomes. Returns 0; or -1, which ends the grading. May be
     * NULL. */
    int (*lab_done)(void *context);
    void *context; /* for these two */

    /* Private. */
    struct run *runs;
    size_t places; /* of `runs` */
    bool failed;   /* the judge itself cannot work */
    int64_t next_look_ns;
};

/* Builds each lab's suite around its source and runs every test. Returns 0; or -1 if the judge
 * itself could not work, and prints why, or if grade_stop was called. Nothing is left running. */
int grade(struct grading *grading);

/* The points of the course's labs, or those of the bonus labs. */
struct sum {
    int points, most;
};

struct sum grade_sum(const struct grading *grading, bool bonus);

/* Does every lab have all its outcomes? */
bool grade_complete(const struct grading *grading);

/* Ends every grading of this process: grade returns -1. For signal handlers. */
void grade_stop(void);

/* The labs in the course's order, which need not be that of their numbers: the one after `count`
 * others; NULL if there are no more. */
const struct lab *grade_lab_of_course(const struct grading *grading, size_t count);

#endif
