/* What a suite is written with. A suite (tests/NN-topic.c) defines `graded_suite`; suite.c runs
 * it, whole or one test alone. */
#ifndef LOCKSTEP_HARNESS_GRADER_H
#define LOCKSTEP_HARNESS_GRADER_H

#include <stdbool.h>
#include <stddef.h>

/* One graded test. It says what it is worth, and what a student is told. */
struct graded_test {
    const char *name;     /* for TEST=name: lower case and dashes, unique in the suite */
    int points;           /* 1 or more */
    const char *title;    /* what works if it passes, as a line of a report */
    const char *where;    /* the function to look at */
    void (*run)(void);    /* returns if it passes; otherwise ends in grader_fail */
    const char *hints[3]; /* from gentle to concrete; NULL where there are fewer */
};

struct graded_suite {
    const char *lab;    /* "03-pool" */
    const char *source; /* "pool.c" */
    const struct graded_test *tests;
    size_t count;
};

extern const struct graded_suite graded_suite;

/* Ends the test as failed. The text says what was expected and what was seen, in one or two plain
 * sentences for somebody who cannot see the test. In the test's own process only: a task that
 * finds something wrong notes it in shared memory, and the test looks there. */
__attribute__((noreturn, format(printf, 1, 2))) void grader_fail(const char *format, ...);

#define expect(condition, ...) ((condition) ? (void)0 : grader_fail(__VA_ARGS__))

/* The first thing in every test: a plain call of the function under test, which must succeed. So a
 * stub passes nothing. Ends the test as "not started" if the call failed with ENOSYS. Clear errno
 * before the call for functions that return a value. */
void grader_begin(const char *function, bool succeeded);

/* Set if a test may take longer: the judge is judged itself (make check). */
extern bool grader_thorough;

/* shared_alloc (common/shared.h) for tests: ends the program if there is no memory. */
void *grader_share(size_t count, size_t size);

/* From now on outcomes are reported on this descriptor, in the words of tests/watch/protocol.h. Call
 * it before any graded code runs. */
void grader_report_to(int socket);

/* The test has reached its end. */
void grader_end(void);

#endif
