/* What is graded: labs, their tests, and what came of them. */
#ifndef LOCKSTEP_JUDGE_LAB_H
#define LOCKSTEP_JUDGE_LAB_H

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
    char *
        text; /* what was expected and seen; the function that is not written; why it did not run */
    int64_t cpu_ms;
};

struct lab {
    char *name;   /* "03-pool" */
    char *source; /* "labs/03-pool/pool.c" */
    char *suite;  /* the program to run */
    struct test *tests;
    size_t count;
    char *warnings; /* what the compiler had to say of a lab that was built, several lines or "" */
    char *trouble;  /* NULL, or why the lab could not be built, several lines */
    int hangs;
};

/* Reads the list of tests that `suite --list` prints (a trusted suite, of the reference). Returns 0;
 * or -1 and prints why. */
int lab_read(struct lab *lab, const char *name, const char *suite);
void lab_free(struct lab *lab);

int lab_points(const struct lab *lab); /* earned */
int lab_most(const struct lab *lab);   /* to be had */

/* True if at least one test was more than "not started". */
int lab_begun(const struct lab *lab);

/* Sets a test's outcome; the text is formatted as by printf, and made printable. */
__attribute__((format(printf, 3, 4))) void test_decide(struct test *test, enum outcome outcome,
                                                       const char *format, ...);

/* Replaces what could play tricks on a terminal, or is not UTF-8: control characters but newline and
 * tab, and bytes that make no character. Returns the text. */
char *make_printable(char *text);

#endif
