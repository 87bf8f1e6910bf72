/* What is graded: labs, their tests, and what came of them. */
#ifndef LOCKSTEP_JUDGE_LAB_H
#define LOCKSTEP_JUDGE_LAB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tests/watch/table.h"

enum { LAB_HINTS = 8 };

enum outcome {
    OUTCOME_PENDING,
    OUTCOME_PASSED,
    OUTCOME_FAILED,
    OUTCOME_NOT_STARTED, /* the function is not written */
    OUTCOME_NOT_RUN,     /* the lab does not build, or too many tests had to be ended */
};

/* "passed", "failed", "not-started", "not-run", "pending". */
const char *outcome_name(enum outcome outcome);

struct test {
    char *name, *where, *title;
    char *after;            /* the tests it stands on, with blanks between; may be "" */
    char *hints[LAB_HINTS]; /* "" where there are fewer */
    int points;
    enum outcome outcome;
    char *text; /* what was expected and seen; or the function that is not written; or why the test
                   was not run */
    char *look_at; /* the function that the failure leads to; otherwise as `where` */
    bool shown;    /* the report shows its failure in full */
    int64_t cpu_ms;
};

/* How far the grading of a lab is. Where an answer does not build, what surely builds is built
 * after it: the machine may be to blame. */
enum lab_stage { LAB_TO_BUILD, LAB_BUILDING, LAB_TO_DOUBT, LAB_DOUBTING, LAB_TESTING, LAB_DONE };

struct lab {
    char *name;                      /* "03-pool" */
    char *source;                    /* its first file, "labs/03-pool/pool.c" */
    const struct table_words *files; /* all of them, as in labs/table */
    int place;                       /* in the course, from 1 */
    bool threads;                    /* it may have data races */
    bool engine;                     /* one of its functions is an engine (common/map.h) */
    bool network;                    /* its tests use the loopback address */
    bool mpi;                        /* its tests start ranks of MPI, which no tool follows */
    bool bonus;                      /* its points are counted apart from the course's */
    struct test *tests;
    size_t count;
    enum lab_stage stage;
    char *suite;    /* the program to run, once it is built */
    char *warnings; /* what the compiler says about a lab that was built, several lines or "" */
    char *trouble;  /* NULL, or why the lab could not be built, several lines; with LAB_TO_DOUBT and
                       LAB_DOUBTING, why it seems so */
    bool missing;   /* because its file is not there */
    int ended;      /* how many tests had to be ended */
};

/* Makes a lab of the tests that `suite --list` prints (a suite that can be trusted, that of the
 * reference). Returns 0; or -1 and prints why. */
int lab_read(struct lab *lab, const char *name, const char *source, const char *suite);
void lab_free(struct lab *lab);

/* The lab is built, and its tests can be run. */
void lab_built(struct lab *lab, const char *suite, const char *warnings);

/* The lab could not be built, or (`missing`) was not handed in: none of its tests is run, and it is
 * done. */
void lab_not_built(struct lab *lab, const char *trouble, bool missing);

/* The lab does not seem to build: what surely does is to be built next. */
void lab_doubt(struct lab *lab, const char *trouble);

/* How far a student has come with it, in a word for other programs: "not-handed-in", "not-built",
 * "not-started", "graded"; "pending" while it is graded. */
const char *lab_state(const struct lab *lab);

int test_points(const struct test *test); /* earned */

int lab_points(const struct lab *lab); /* earned so far */
int lab_most(const struct lab *lab);   /* that all its tests are worth */

/* True if at least one test was more than "not started". */
bool lab_begun(const struct lab *lab);

/* True if a test failed: there is something to mend. */
bool lab_failed(const struct lab *lab);

/* The lab to go on with: of those without full score one that is begun, otherwise any; of several,
 * the first in the course. NULL if all have full score. */
const struct lab *lab_next(const struct lab labs[], size_t count);

/* The lab's test of that name, or NULL. */
const struct test *lab_test(const struct lab *lab, const char *name);

/* Decides which failures the report shows in full. Failures may have one cause: those of tests that
 * stand on a test that failed, and those that say the same of the same function. Of each such
 * family the first is shown, and three in all. */
void lab_choose_shown(struct lab *lab);

/* Says to which function a test's failure leads; "" or NULL: to the one that the test is about. */
void test_look_at(struct test *test, const char *function);

/* Where to look for a failed test: "Look at reap in FILE."; or what to look for there, if the file
 * has no such name because its answer is of another design. Writes it to `line`. */
void lab_where_to_look(const struct lab *lab, const struct test *test, char *line, size_t size);

/* Sets a test's outcome; the text is formatted as by printf, and made printable. */
__attribute__((format(printf, 3, 4))) void test_decide(struct test *test, enum outcome outcome,
                                                       const char *format, ...);

/* Replaces what a terminal would obey instead of showing it, and what is not UTF-8: control
 * characters other than newline and tab, and bytes that make no character. Returns the text. */
char *make_printable(char *text);

#endif
