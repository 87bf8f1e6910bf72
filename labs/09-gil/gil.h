/* Lab 09: a global interpreter lock, after CPython's protocol.
 * Source: CPython 3.2 to 3.12, Python/ceval_gil.h (from 3.12 on Python/ceval_gil.c), take_gil and
 * drop_gil.
 *
 * fork: the child has a copy of the lock, and of all threads only the one that forked. If another
 * thread held the lock, or was inside one of these functions, the copy stays locked for ever. So a
 * child must not use a lock that its parent has made; it must make one. (In CPython recreate_gil
 * does that in each child.) */
#ifndef LOCKSTEP_LABS_GIL_H
#define LOCKSTEP_LABS_GIL_H

#include <stdbool.h>

#include "common/map.h"

/* How long a thread waits in CPython before it asks the holder to drop the lock
 * (sys.getswitchinterval). */
#define GIL_INTERVAL_US 5000L

struct gil; /* defined in gil.c */

/* Makes a lock that nobody holds. `interval_us` is how many microseconds a thread waits before it
 * asks the holder to drop the lock; 1 or more. Returns the lock, which must be destroyed with
 * gil_destroy; or NULL with errno EINVAL or ENOMEM. */
struct gil *gil_create(long interval_us);

/* Frees a lock that nobody holds or waits for. Returns 0, or -1 with errno: EINVAL (gil is NULL),
 * EBUSY (the lock is held or installed; it then stays as it was). */
int gil_destroy(struct gil *gil);

/* Changes the interval. Waits that begin later use the new one; one that was woken up and goes on
 * may keep its end. Returns 0, or -1 with errno EINVAL (gil is NULL, interval_us < 1). */
int gil_set_interval(struct gil *gil, long interval_us);

/* Takes the lock. Waits, using no CPU, as long as another thread holds it. A thread that has waited
 * for the interval, while the lock did not change hands, asks the holder to drop it. It asks again
 * after each further interval. There is no queue and no fairness: the first thread that tries has
 * the lock. Keeps errno. Returns 0, or -1 with errno: EINVAL (gil is NULL), EDEADLK (the caller
 * holds the lock already). */
int gil_acquire(struct gil *gil);

/* Gives the lock back. If a drop was requested, waits until another thread has taken the lock
 * (forced switching), so that the caller cannot have it again first. Keeps errno. Returns 0, or -1
 * with errno: EINVAL (gil is NULL), EPERM (the caller does not hold the lock). */
int gil_release(struct gil *gil);

/* True if the holder has been asked to drop the lock and has not done so yet. */
bool gil_drop_requested(const struct gil *gil);

/* How often since gil_create ... */
struct gil_counts {
    unsigned long switches;  /* the lock was taken by another thread than had it last */
    unsigned long requests;  /* a waiter asked the holder to drop it */
    unsigned long forced;    /* it was released while a drop was requested */
    unsigned long voluntary; /* it was released without a request */
};

/* Stores the counts so far in *counts; zeroes if gil is NULL. */
void gil_read_counts(struct gil *gil, struct gil_counts *counts);

/* Install the lock behind the hooks of common/interp.h, or uninstall it. Not inside a parallel
 * region. Both return 0, or -1 with errno: EINVAL (gil is NULL, or is not installed), EBUSY (some
 * lock is installed already). */
int gil_install(struct gil *gil);
int gil_uninstall(struct gil *gil);

/* The engine: OpenMP threads as in thread_map (lab 07), but each computes only while it holds
 * `gil`, which is installed during the call. So the team is min(n, workers) threads, or fewer if
 * the runtime grants fewer; each task goes to the next of them that is free. A task gives the lock
 * up while it blocks, and at a tick if it was asked to. Keeps the contract of map_fn
 * (common/map.h); besides, the error is EINVAL if gil is NULL (with 0 tasks, too), and EBUSY if
 * some lock is installed already. With 0 tasks there is nothing to install: it returns 0 also
 * beside another lock. */
int gil_map_with(struct gil *gil, task_fn *task, const long in[], long out[], size_t n,
                 int workers);

/* The same under a new lock with GIL_INTERVAL_US, made for this call. */
int gil_map(task_fn *task, const long in[], long out[], size_t n, int workers);

#endif
