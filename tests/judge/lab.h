/* What is graded: labs, their tests, and what came of them. */
#ifndef LOCKSTEP_JUDGE_LAB_H
#define LOCKSTEP_JUDGE_LAB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { LAB_HINTS = 3 };

enum outcome {
    OUTCOME_PENDING,
    OUTCOME_PASSED,
    OUTCOME_FAILED,
    OUTCOME_NOT_STARTED, /* the function is not written */
    OUTCOME_NOT_RUN,     /* the lab does not build, or hung too often */
};

struct test {
    char *name, *where, *title;
    char *hints[LAB_HINTS]; /* "" where there are fewer */
    int points;
    enum outcome outcome;
    char *text; /* what was expected and seen; or the function that is not written; or why the test
                   was not run */
    int64_t cpu_ms;
};

/* How far the grading of a lab is. */
enum lab_stage { LAB_TO_BUILD, LAB_BUILDING, LAB_TESTING, LAB_DONE };

struct lab {
    char *name;   /* "03-pool" */
    char *source; /* "labs/03-pool/pool.c" */
    int place;    /* in the course, from 1 */
    struct test *tests;
    size_t count;
    enum lab_stage stage;
    char *suite;    /* the program to run, once it is built */
    char *warnings; /* what the compiler says about a lab that was built, several lines or "" */
    char *trouble;  /* NULL, or why the lab could not be built, several lines */
    int hangs;      /* how many tests had to be ended */
};

/* Makes a lab of the tests that `suite --list` prints (a suite that can be trusted, that of the
 * reference). Returns 0; or -1 and prints why. */
int lab_read(struct lab *lab, const char *name, const char *source, int place, const char *suite);
void lab_free(struct lab *lab);

/* The lab is built, and its tests can be run. */
void lab_built(struct lab *lab, const char *suite, const char *warnings);

/* The lab could not be built: none of its tests is run, and it is done. */
void lab_not_built(struct lab *lab, const char *trouble);

int lab_points(const struct lab *lab); /* earned so far */
int lab_most(const struct lab *lab);   /* that all its tests are worth */

/* True if at least one test was more than "not started". */
bool lab_begun(const struct lab *lab);

/* The lab to go on with: of those without full score one that is begun, otherwise any; of several,
 * the first in the course. NULL if all have full score. */
const struct lab *lab_next(const struct lab labs[], size_t count);

/* Sets a test's outcome; the text is formatted as by printf, and made printable. */
__attribute__((format(printf, 3, 4))) void test_decide(struct test *test, enum outcome outcome,
                                                       const char *format, ...);

/* Replaces what a terminal would obey instead of showing it, and what is not UTF-8: control
 * characters other than newline and tab, and bytes that make no character. Returns the text. */
char *make_printable(char *text);

#endif
