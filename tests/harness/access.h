/* Where the graded code is about to touch memory or a lock: what access_hooks.c, entrances.c and
 * faults_of_threads.c call, and what a forced stop (forced_stop.h) or an interleaving
 * (interleave.h) makes of it. */
#ifndef LOCKSTEP_HARNESS_ACCESS_H
#define LOCKSTEP_HARNESS_ACCESS_H

#include <stdbool.h>
#include <stddef.h>

enum access_kind {
    ACCESS_READ,   /* plain ones */
    ACCESS_WRITE,  /* */
    ACCESS_LOAD,   /* atomic ones */
    ACCESS_STORE,  /* */
    ACCESS_CHANGE, /* reads and writes in one step */
};

/* The calling thread is just before an access. */
void access_point(enum access_kind kind, const volatile void *at, size_t size);

/* It has just carried out an atomic access, or a fence, with this memory order (as __ATOMIC_ACQUIRE
 * and so on). Nothing lies between access_point and this. */
void access_ordered(enum access_kind kind, const volatile void *at, int order);
void access_fenced(int order);

/* It is about to take, or to drop, the lock at this address. Returns true if the interleaving does
 * it: then the lock itself is to be left alone. */
bool access_takes_lock(const volatile void *lock);
bool access_drops_lock(const volatile void *lock);

/* It is about to try to take it. Returns 1 if it now has it, 0 if somebody else has; -1 if the lock
 * itself is to be tried. */
int access_tries_lock(const volatile void *lock);

#endif
