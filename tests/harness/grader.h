/* What a suite is written with. A suite (tests/suites/NN-topic.c) defines `graded_suite`; suite.c
 * runs it, whole or one test alone. */
#ifndef LOCKSTEP_HARNESS_GRADER_H
#define LOCKSTEP_HARNESS_GRADER_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum { GRADER_HINTS = 8 };

/* One graded test. It says what it is worth, and what a student is told. */
struct graded_test {
    const char *name;  /* for TEST=name: lower case and dashes, unique in the suite */
    int points;        /* 1 or more */
    const char *title; /* what works if it passes, as a line of a report */
    const char *where; /* the function to look at where no check says a better one */
    void (*run)(void); /* returns if it passes; otherwise ends in grader_fail */
    /* From gentle to concrete; NULL where there are fewer. A hint that begins with "FUNCTION: " is
     * for failures that lead to this function, and comes before those for any. */
    const char *hints[GRADER_HINTS];
    const char *after; /* tests of the suite that it stands on, with blanks between; if one of
                          them fails, this one may fail for the same reason. NULL: none */
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

/* The same, for a failure that leads to another function than that of the last call: to a helper
 * of the skeleton, say. */
__attribute__((noreturn, format(printf, 2, 3))) void grader_fail_at(const char *look_at,
                                                                    const char *format, ...);
#define expect_at(look_at, condition, ...)                                                         \
    ((condition) ? (void)0 : grader_fail_at(look_at, __VA_ARGS__))

/* The same for a thread of the test's own that watches the others, all of which sleep for good:
 * says so, with the call that is noted, and ends the whole process. */
__attribute__((noreturn)) void grader_fail_as_hung(void);

/* Makes a call and notes meanwhile what is called, for the report of a crash or a hang: a text in
 * the form of printf that can follow "While: ", such as "pool_map of 99 tasks in chunks of 7".
 * `look_at` is the function to look at if the call, or an expect after it, goes wrong. Gives what
 * the call returned; errno is as the call left it. */
#define grader_call(call, look_at, ...)                                                            \
    __extension__({                                                                                \
        grader_doing(look_at, __VA_ARGS__);                                                        \
        __typeof__(call) grader_returned = (call);                                                 \
        grader_did();                                                                              \
        grader_returned;                                                                           \
    })

/* The two halves of it, for calls that return nothing. From any thread or process of the test. */
__attribute__((format(printf, 2, 3))) void grader_doing(const char *look_at, const char *format,
                                                        ...);
void grader_did(void);

/* Notes what the test does to the call that is under way: "an allocation was refused (ENOMEM)".
 * Forgotten with the next grader_doing. Keeps errno. */
__attribute__((format(printf, 1, 2))) void grader_done_to(const char *format, ...);

/* A call that must fail: with -1, NULL or NAN, whichever the type of `call` has for that, and with
 * `error` in errno. Fails the test if it does not. `what` says what was called and how, as the
 * beginning of a sentence: "pool_open with 0 workers". errno is cleared before each call, so that
 * an errno left by an earlier one does not count. */
#define grader_refused(what, call, error)                                                          \
    (grader_trying(what), grader_expect_refused(what, grader_answer(call), error))

/* Notes that a call is made which `what` describes; its first word is the function to look at, if
 * it is a function's name. */
void grader_trying(const char *what);

/* The two halves of it, for a call that is not made in the test's own thread, or whose answer is
 * wanted besides. grader_answer can be used in any thread and process; it evaluates `call` once. */
#define grader_answer(call)                                                                        \
    (errno = GRADER_NOT_SET, _Generic((call), int                                                  \
                                      : grader_answer_int, long                                    \
                                      : grader_answer_long, double                                 \
                                      : grader_answer_double, default                              \
                                      : grader_answer_pointer)(call))

enum { GRADER_NOT_SET = 9999 }; /* no errno of Linux has this value */

/* What a call came to that was to fail. */
struct grader_answer {
    bool refused;        /* it returned -1, NULL or NAN: */
    const char *refusal; /* which of these its type has */
    char returned[32];   /* what it returned, in words */
    int error;           /* errno; GRADER_NOT_SET if the call did not touch it */
};

void grader_expect_refused(const char *what, struct grader_answer answer, int error);
struct grader_answer grader_answer_int(int returned);
struct grader_answer grader_answer_long(long returned);
struct grader_answer grader_answer_double(double returned);
struct grader_answer grader_answer_pointer(const void *returned);

/* The first thing in every test: a plain call of the function under test, which must succeed. So a
 * stub passes nothing. Ends the test as "not started" if the call failed with ENOSYS. Clear errno
 * before the call where no value that the function returns means that it failed. */
#define grader_begin(function, succeeded)                                                          \
    (grader_doing(function, "a plain call of %s", function), grader_begun(function, succeeded))
/* The same, where `what` says with what the function is called: "quota_v2 of \"max 1\"". */
#define grader_begin_of(function, what, succeeded)                                                 \
    (grader_doing(function, "a plain call of %s", what), grader_begun_of(function, what, succeeded))
void grader_begun(const char *function, bool succeeded);
void grader_begun_of(const char *function, const char *what, bool succeeded);

/* True in a build with a sanitiser: it maps terabytes, and makes a process of its own at the end.
 * What would hinder that is not tried then. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define GRADER_SANITIZED true
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define GRADER_SANITIZED true
#endif
#endif
#ifndef GRADER_SANITIZED
#define GRADER_SANITIZED false
#endif

/* Set if a test may take longer: the judge is judged itself (make check). */
extern bool grader_thorough;

/* shared_alloc (common/shared.h) for tests: ends the program if there is no memory. */
void *grader_share(size_t count, size_t size);

/* A process of the test's own: fork(2), or the end of the test where there is none. So no -1 is
 * ever taken for the PID of somebody who is to be killed. */
pid_t grader_fork(void);

/* A suite whose tests are several programs defines this, too: the process was started with --be
 * ROLE, as a part of such a test, and does what the role is. Does not return. */
__attribute__((noreturn, weak)) void graded_be(const char *role);

/* For such a process: an outcome goes to `tell`, which does not return, in the words of
 * tests/watch/protocol.h; and notes are made in *notes. Call it before any graded code runs. */
struct notes;
void grader_be_part(void (*tell)(const char *word, const char *text), struct notes *notes);

/* From now on outcomes are reported on this descriptor, in the words of tests/watch/protocol.h.
 * Call it before any graded code runs. */
void grader_report_to(int socket);

/* From now on notes are made in what is behind this descriptor (tests/watch/notes.h). Call it
 * before any graded code runs. */
void grader_note_in(int file);

/* The test has reached its end. */
void grader_end(void);

#endif
