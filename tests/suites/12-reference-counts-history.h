/* Histories: what a few threads do with references to one object. Each history is tried in every
 * order (tests/harness/interleave.h). */
#ifndef LOCKSTEP_SUITES_REFERENCE_COUNTS_HISTORY_H
#define LOCKSTEP_SUITES_REFERENCE_COUNTS_HISTORY_H

#include <stdbool.h>

#include "12-reference-counts/counts.h"
#include "tests/harness/interleave.h"

/* How references are counted. */
struct way {
    void (*retain)(struct object *object);
    void (*release)(struct object *object);
    const char *retain_name, *release_name;
};
extern const struct way way_locked, way_mutex, way_atomic, way_biased;

/* Each thread begins with one reference, which the maker of the object, thread 0, has taken for it.
 * A letter is something that a thread does:
 *   +  retains the object        -  releases it
 *   (  takes the interpreter's lock, if it is free        )  drops it
 *   j  waits until all other threads have ended
 *   m  owner_merge               L  owner_leave
 *   n  acts as if it were another thread, which is no owner, up to   o */
struct history {
    const char *does[INTERLEAVE_MOST_THREADS]; /* NULL: there are fewer threads */
    bool foreign;  /* no thread but the owner has its first reference from the owner */
    bool queued;   /* it is in its owner's queue already; thread 0 has a second reference, which was
                      taken by others after that */
    bool chain;    /* the object holds the only reference to a child, and its destructor drops it */
    bool survives; /* at the end thread 0 still holds a reference: nothing may be destroyed */
};

/* Tries a history. Fails the test if the object is destroyed too early, twice, or not at all, or if
 * it is touched after that; if `ordered`, also if something is left to luck that a memory order or
 * a lock should see to. */
void history_try(const struct way *way, const struct history *history, bool ordered);
void history_try_all(const struct way *way, const struct history histories[], int count,
                     bool ordered);

/* 12-reference-counts-suspect.c: after a history went wrong, which function to look at first. A
 * guess, from the last steps. */
const char *history_suspect(const struct way *way, const struct history *history,
                            const char *wrong);

#define COUNT(histories) ((int)(sizeof(histories) / sizeof(histories)[0]))

/* 12-reference-counts-queue.c: the histories in which an owner's queue plays a part. */
void queue_try_all(bool ordered);
void leaving_try_all(bool ordered);

/* 12-reference-counts-owners.c: two owners merge, and destructors of the one release objects of
 * the other; and an owner that leaves is gone only when its queue is merged: it counts until then.
 */
void owners_expect_no_cross_waits(void);
void owners_expect_gone_last(void);

/* 12-reference-counts-biased.c: the two parts of history_object's count are these, after `what`. */
void counts_expect_parts(const char *function, const char *what, unsigned local, long shared);

/* In the test's own thread: which owner that is from now on; NULL: none. */
void history_be(struct owner *owner);

/* One plain use of a way: an object is made, retained, and released twice. Fails the test as not
 * started if one of the functions is a stub. */
void history_begin(const struct way *way);

/* A destructor releases several objects, and one of theirs releases another one. Fails the test if
 * one of them is not destroyed once. */
void history_expect_family(const struct way *way);

/* An object for a test of its own, and how often it was destroyed. */
extern struct object history_object;
extern struct owner history_owner;
int history_destroyed(void);
void history_make(void); /* made by the calling thread, and never destroyed so far */

#endif
