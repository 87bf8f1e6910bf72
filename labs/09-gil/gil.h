/* Lab 09: a global interpreter lock, after CPython's protocol.
 * Source: CPython 3.2 to 3.12, Python/ceval_gil.h (from 3.12 on Python/ceval_gil.c), take_gil and
 * drop_gil. */
#ifndef LOCKSTEP_LABS_GIL_H
#define LOCKSTEP_LABS_GIL_H

#include <stdbool.h>

#include "common/map.h"

/* What CPython waits before it asks a holder to drop the lock (sys.getswitchinterval). */
#define GIL_INTERVAL_US 5000L

struct gil; /* defined in gil.c */

/* Makes a lock that nobody holds. `interval_us`: for how many microseconds a thread waits before it
 * asks the holder to drop the lock; 1 or more. Returns it, for gil_destroy; or NULL with errno
 * (EINVAL, ENOMEM). */
struct gil *gil_create(long interval_us);

/* Frees a lock that nobody holds or waits for. Returns 0, or -1 with errno: EINVAL (NULL), EBUSY (it
 * is held or installed; it then stays as it was). */
int gil_destroy(struct gil *gil);

/* Changes the interval; waits that begin later use it. Returns 0, or -1 with errno EINVAL. */
int gil_set_interval(struct gil *gil, long interval_us);

/* Takes the lock, and waits for it as long as another thread holds it, using no CPU. A thread that
 * has waited for the interval, while the lock did not change hands, asks the holder to drop it; and
 * asks again after each further interval. No queue, no fairness: whoever comes first has it. Keeps
 * errno. Returns 0, or -1 with errno: EINVAL (NULL), EDEADLK (the caller holds it already). */
int gil_acquire(struct gil *gil);

/* Gives the lock back. If a drop was requested, waits until another thread has taken it (forced
 * switching): the caller cannot snatch it back first. Keeps errno. Returns 0, or -1 with errno:
 * EINVAL (NULL), EPERM (the caller does not hold it). */
int gil_release(struct gil *gil);

/* True if the holder has been asked to drop the lock and has not done so yet. */
bool gil_drop_requested(const struct gil *gil);

/* Since gil_create. */
struct gil_counts {
    unsigned long switches;  /* taken by another thread than the one that had it last */
    unsigned long requests;  /* times that a waiter asked for a drop */
    unsigned long forced;    /* released while a drop was requested */
    unsigned long voluntary; /* released with no request */
};

/* Stores the counts so far in *counts. Zeroes for NULL. */
void gil_read_counts(struct gil *gil, struct gil_counts *counts);

/* Puts the lock behind the hooks of common/interp.h, or takes it away. Not inside a parallel
 * region. Return 0, or -1 with errno: EINVAL (NULL; not installed), EBUSY (some lock is installed). */
int gil_install(struct gil *gil);
int gil_uninstall(struct gil *gil);

/* The engine: OpenMP threads as in thread_map, but each computes only while it holds `gil`, which
 * is installed for the length of the call. A task gives it up at a tick when asked to and while it
 * blocks. Keeps the contract of map_fn (common/map.h); besides, EBUSY if some lock is installed
 * already. */
int gil_map_with(struct gil *gil, task_fn *task, const long in[], long out[], size_t n,
                 int workers);

/* The same under a lock of its own with GIL_INTERVAL_US. */
int gil_map(task_fn *task, const long in[], long out[], size_t n, int workers);

#endif
