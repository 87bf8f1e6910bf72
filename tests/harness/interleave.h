/* Every interleaving of a few threads of the graded code: a small model checker.
 *
 * The threads are real ones, but only one runs at a time. Each stops before each access to memory
 * that is not its own stack, and before each lock (access_hooks.c, entrances.c); then it is decided
 * who goes on. The threads are run again and again, until every order has been tried. Two orders
 * count as one if they differ only in the order of steps that do not touch the same memory, or only
 * read it (sleep sets, P. Godefroid 1996).
 *
 * In each order it is also worked out what happens before what, by the memory orders that the code
 * asked for (vector clocks, as in ThreadSanitizer). So a data race is found, and so is an order
 * that is too weak, even on processors that are stricter than C.
 *
 * What it does not show: a relaxed or acquire load always sees the latest value here, though C
 * would let it see an older one; a weak exchange does not fail without a reason; steps that the
 * compiler has put together or in another order are tried as the machine code has them.
 *
 * Where the graded code is not built for it (with a sanitiser) the threads run freely instead, some
 * hundred times. */
#ifndef LOCKSTEP_HARNESS_INTERLEAVE_H
#define LOCKSTEP_HARNESS_INTERLEAVE_H

#include <stdbool.h>
#include <stddef.h>

enum { INTERLEAVE_MOST_THREADS = 3 };

/* What is run again and again. */
struct interleaving {
    int threads;
    void (*prepare)(void);    /* in the test's own thread, before each run; NULL: nothing */
    void (*body)(int thread); /* in each thread, from 0 */
    void (*check)(void);      /* in the test's own thread, after each run; NULL: nothing */
    bool ordered; /* data races, and orders that are too weak, are wrong, too; or only results */
};

struct interleave_result {
    long orders;       /* how many were tried; where threads run freely, how often they ran */
    bool all;          /* every order has been tried */
    const char *wrong; /* what interleave_wrong said, or a text of its own; NULL: nothing */
    const char *order; /* the order in which it happened: "thread 1 reads count; thread 2 reads
                          count"; "" if nothing was wrong, or the threads ran freely */
};

/* Runs the threads in every order, up to the first that is wrong. After that one the process has
 * threads that never end: the test should end, too. */
struct interleave_result interleave_all(const struct interleaving *interleaving);

/* In prepare, body or check: notes what is wrong, for the result. The first one counts. In a body,
 * where the threads do not run freely, it does not return. */
__attribute__((format(printf, 1, 2))) void interleave_wrong(const char *format, ...);

/* In prepare: what memory is called. At most 32 places. */
void interleave_name(const void *at, size_t size, const char *name);

/* In prepare or body: from now on in this run the graded code may not access this memory, or not
 * write to it; if it does, `why` is what is wrong, with "%s" for the name of the place. */
void interleave_forbid(const void *at, size_t size, bool reads_too, const char *why);

/* In a body: the test itself reads or writes this memory, without any care for other threads. */
void interleave_touch(const void *at, bool writes);

/* In a body: takes and drops a lock of the test's own, which is known by its address. Taking it
 * twice is what interleave_all calls wrong, as nobody can go on. */
void interleave_take(const void *lock);
void interleave_drop(const void *lock);

/* In a body: goes on when all other threads have ended; they happen before what comes then. */
void interleave_join_others(void);

/* In a body: what the calling thread is doing from now on, as the order is to say: the name of the
 * function that it calls, say. */
void interleave_label(const char *name);

/* Of the last run: its last step (`back` is 0), the one before it (1) and so on, as far as the
 * memory has a name. Returns false if there is none. */
struct interleave_step {
    int thread;
    const char *label, *verb, *place; /* "takes" "queue"; the label is "" if none was given */
    const char *told;                 /* how it is said of the place: "takes %s" */
};
bool interleave_step(int back, struct interleave_step *step);

/* True while threads run in a chosen order, and not freely. */
bool interleave_chosen(void);

#endif
