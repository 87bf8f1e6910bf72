/* The parts of interleave.c. All of it is used by one thread at a time: the one that runs. */
#ifndef LOCKSTEP_HARNESS_INTERLEAVE_PARTS_H
#define LOCKSTEP_HARNESS_INTERLEAVE_PARTS_H

#include "tests/harness/access.h"
#include "tests/harness/interleave.h"

/* What a thread is about to do. */
enum step_kind { STEP_START, STEP_ACCESS, STEP_TAKE, STEP_TRY, STEP_DROP, STEP_FORBID, STEP_JOIN };
struct step {
    enum step_kind kind;
    enum access_kind access; /* STEP_ACCESS */
    const volatile char *at; /* a lock is one byte that is changed */
    size_t size;             /* 0: no memory */
    bool again;              /* STEP_TRY: the thread has just found this lock taken */
};

/* True if the order of these two steps of different threads may matter. */
bool step_depends(const struct step *one, const struct step *other);

/* interleave_search.c: which orders have been tried. */
void search_reset(void);
void search_begin_run(void);

/* Returns the thread that is to go on, of those in the mask `enabled` (not 0), whose next steps are
 * these; `last` is the one that ran last. */
int search_choose(unsigned enabled, const struct step next[], int last);

/* After a run: is there an order that has not been tried? The next run will try it. */
bool search_go_on(void);
bool search_run_was_new(void); /* it was no order that had been tried before */
bool search_was_whole(void);   /* no run was too long to be tried in every order */

/* interleave_threads.c: the threads. */
void threads_create(const struct interleaving *interleaving);
void threads_run(void); /* returns when all have ended, or one has called threads_give_up */
void threads_end(void);
int threads_me(void); /* -1 for any other thread */

/* True if the memory is on the stack of the calling thread, one of these. */
bool threads_own(const volatile void *at);

/* Has every thread wait for ever, and lets threads_run return; or returns if the calling thread is
 * none of them. */
void threads_give_up(void);

/* The calling thread, one of these, comes to this step: returns when it is to go on. */
void threads_step(struct step step);

/* interleave.c: who holds a lock in this run; -1: nobody. */
int *locks_holder(const volatile void *lock);

/* interleave_clocks.c: what happens before what. */
void clocks_reset(void);

/* Thread `me` accesses this memory. Returns another thread whose access to it is not ordered with
 * this one, though one of the two writes and one is not atomic; or -1. */
int clocks_access(int me, enum access_kind kind, const volatile char *at, size_t size);

/* The same for whoever takes memory away: any access counts. */
int clocks_forbid(int me, const volatile char *at, size_t size);
void clocks_ordered(int me, enum access_kind kind, const volatile char *at, int order);
void clocks_fenced(int me, int order);
void clocks_take(int me, const volatile char *lock);
void clocks_drop(int me, const volatile char *lock);
void clocks_join(int me);

/* interleave_words.c: what has been done in this run, in words. */
void words_reset(void);
void words_note(int thread, const struct step *step);
const char *words_place(const volatile void *at); /* "count"; NULL if it has no name */
const char *words_order(void);                    /* lives until the next call */

#endif
