/* How often the graded code used the constructs that keep threads apart. Results do not show it: a
 * sum is right whichever of them was used. */
#ifndef LOCKSTEP_HARNESS_CONSTRUCTS_H
#define LOCKSTEP_HARNESS_CONSTRUCTS_H

#include <stdatomic.h>
#include <stdbool.h>

/* Counted in the test's own process; all atomic. A test sets them to 0 before the call. */
struct constructs {
    atomic_long criticals; /* critical constructs entered, with or without a name */
    atomic_long atomics;   /* atomic changes: not reads, and not writes */
    atomic_long
        locks; /* locks of any kind taken, or tried; the test's own in an interleaving, too */
    atomic_long ended;                /* OpenMP locks destroyed */
    _Atomic(const void *) ended_last; /* the last of them, or the counted_lock around it */
    atomic_bool watched; /* the graded code is built so that atomics are seen (access_hooks.c) */
};
extern struct constructs constructs;

#endif
