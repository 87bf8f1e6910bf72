/* The protocol, after CPython's Python/ceval_gil.c.
 *
 * The lock is a flag, `locked`. It is not `mutex`, which is held only for moments, to look at the
 * flag or to change it. So a thread can wait for the lock with a time limit, and a thread that
 * computes holds the lock and no mutex.
 *
 * A holder that computes does not give the lock up by itself. A waiter sleeps on `cond`, for the
 * interval at most. If the time is up, and the lock has not changed hands meanwhile, it sets
 * drop_request. The holder sees that at its next tick (common/interp.h), and releases the lock. If
 * the lock has changed hands, its new holder has only just got it, and is left alone.
 *
 * To release is not enough. The thread that was asked is awake and the waiter is not, so it could
 * have the lock again first. A release on request therefore waits until another thread has taken
 * the lock (forced switching). The taker changes last_holder and signals switch_cond with
 * switch_mutex held: the release sees the change, or sleeps already and hears the signal. While it
 * sleeps it does not hold `mutex`, which the taker needs.
 *
 * The taker takes the request back, as nobody has asked it yet. So does the releaser, if nobody has
 * taken the lock yet: it has done what was asked. A wait may end for no reason: all are in loops.
 *
 * After a fork the child has the lock as it was, but none of the other threads: see gil.h. */
#include "09-gil/gil.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "common/clock.h"
#include "common/interp.h"

struct gil {
    pthread_mutex_t mutex; /* guards locked, counts and last_holder; held for moments only */
    pthread_cond_t cond;   /* signalled when the lock is released */
    bool locked;
    struct gil_counts counts;
    const void *last_holder; /* the thread that holds the lock, or had it last; see self(). Changed
                                only with both mutexes held, so one of them is enough to read it */

    pthread_mutex_t switch_mutex; /* where both are held, taken after `mutex` */
    pthread_cond_t switch_cond;   /* signalled when the lock has been taken */

    /* Read and written by all threads: atomic. */
    atomic_long interval_us;
    atomic_bool drop_request; /* set by a waiter while the lock is held */

    struct interp_lock hooks; /* fixed by gil_create */
};

/* Sets errno, and returns what a function that fails returns. */
static int fail(int error)
{
    errno = error;
    return -1;
}

/* A name for the calling thread that no other living thread has. */
static const void *self(void)
{
    static _Thread_local char name;
    return &name;
}

/* Asks the holder to drop the lock, or takes the request back; also where ticks look. */
static void request_drop(struct gil *gil, bool drop)
{
    atomic_store(&gil->drop_request, drop);
    interp_ask(gil, drop);
}

/* Waits for `cond` with `mutex` held, for the interval at most. Returns ETIMEDOUT, or 0. */
static int wait_for_interval(struct gil *gil)
{
    int64_t us = atomic_load(&gil->interval_us), longest = INT64_MAX / 10000; /* 29 years */
    struct timespec until = clock_timespec(clock_wall() + (us < longest ? us : longest) * 1000);

    return pthread_cond_timedwait(&gil->cond, &gil->mutex, &until);
}

int gil_acquire(struct gil *gil)
{
    int kept = errno;

    /* TODO(1): Refuse NULL (EINVAL). Then, with `mutex` held, as CPython's take_gil does:
     *   - Refuse a caller that has the lock already (EDEADLK).
     *   - While the lock is held, wait_for_interval. If the time was up, the lock is still held and
     *     has not changed hands meanwhile (counts.switches), request_drop and count the request.
     *   - With switch_mutex held too: the lock is yours. If you were not its last holder, become it
     *     and count a switch. Signal switch_cond: a thread in gil_release may wait for this.
     *   - Take the request back. Restore errno. */
    return fail(ENOSYS);
}

int gil_release(struct gil *gil)
{
    int kept = errno;

    /* TODO(2): Refuse NULL (EINVAL). Then, as CPython's drop_gil does:
     *   - With `mutex` held: refuse a caller without the lock (EPERM). Count a forced release if a
     *     drop is requested, a voluntary one if not; the lock is free; signal cond. Unlock `mutex`.
     *   - If a drop was requested: with switch_mutex held, while you are still the last holder,
     *     take the request back and wait for switch_cond. Restore errno. */
    return fail(ENOSYS);
}

/* What common/interp.h calls while the lock is installed. */
static int acquire_hook(void *gil)
{
    return gil_acquire(gil);
}
static int release_hook(void *gil)
{
    return gil_release(gil);
}

struct gil *gil_create(long interval_us)
{
    struct gil *gil;
    pthread_condattr_t monotonic;

    if (interval_us < 1) {
        errno = EINVAL;
        return NULL;
    }
    gil = calloc(1, sizeof *gil);
    if (!gil)
        return NULL;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_mutex_init(&gil->mutex, NULL);
    pthread_cond_init(&gil->cond, &monotonic);
    pthread_mutex_init(&gil->switch_mutex, NULL);
    pthread_cond_init(&gil->switch_cond, &monotonic);
    pthread_condattr_destroy(&monotonic);
    gil->interval_us = interval_us;
    gil->hooks = (struct interp_lock){acquire_hook, release_hook, gil};
    return gil;
}

int gil_destroy(struct gil *gil)
{
    if (!gil)
        return fail(EINVAL);
    if (gil->locked || interp_installed(gil))
        return fail(EBUSY);
    pthread_cond_destroy(&gil->switch_cond);
    pthread_mutex_destroy(&gil->switch_mutex);
    pthread_cond_destroy(&gil->cond);
    pthread_mutex_destroy(&gil->mutex);
    free(gil);
    return 0;
}

int gil_set_interval(struct gil *gil, long interval_us)
{
    if (!gil || interval_us < 1)
        return fail(EINVAL);
    atomic_store(&gil->interval_us, interval_us);
    return 0;
}

bool gil_drop_requested(const struct gil *gil)
{
    return gil && atomic_load(&gil->drop_request);
}

void gil_read_counts(struct gil *gil, struct gil_counts *counts)
{
    *counts = (struct gil_counts){0};
    if (!gil)
        return;
    pthread_mutex_lock(&gil->mutex);
    *counts = gil->counts;
    pthread_mutex_unlock(&gil->mutex);
}

int gil_install(struct gil *gil)
{
    return gil ? interp_install(&gil->hooks) : fail(EINVAL);
}

int gil_uninstall(struct gil *gil)
{
    return interp_uninstall(gil);
}

int gil_map_with(struct gil *gil, task_fn *task, const long in[], long out[], size_t n, int workers)
{
    /* TODO(3): As thread_map of lab 07, on a team of min(n, workers), too; but install the lock
     * before the parallel region and uninstall it after. Each thread attaches (interp_attach)
     * before its first task and detaches after its last, before the barrier (so: nowait). */
    return fail(ENOSYS);
}

int gil_map(task_fn *task, const long in[], long out[], size_t n, int workers)
{
    /* TODO(4): Create a lock with GIL_INTERVAL_US, map under it, destroy it. gil_destroy may change
     * errno: keep the map's error. */
    return fail(ENOSYS);
}
