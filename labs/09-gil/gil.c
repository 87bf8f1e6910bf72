#include "09-gil/gil.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "common/clock.h"
#include "common/interp.h"

struct gil {
    pthread_mutex_t mutex; /* guards the four below; held for a moment only */
    pthread_cond_t cond;   /* signalled when the lock is released */
    bool locked;
    bool installed;
    struct gil_counts counts;
    const void *last_holder; /* the thread that holds the lock, or had it last; see self(). Changed
                                only with both mutexes held, so one of them is enough to read it */

    pthread_mutex_t switch_mutex; /* taken after `mutex` where both are held */
    pthread_cond_t switch_cond;   /* signalled when the lock has been taken */

    /* Read and written by anyone: atomic. */
    atomic_long interval_us;
    atomic_bool drop_request; /* set by a waiter, cleared by who takes the lock */

    struct interp_lock hooks; /* fixed by gil_create */
};

/* A name for the calling thread that no other thread alive has. */
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

/* Waits for `cond` with `mutex` held, for at most the interval. Returns ETIMEDOUT, or 0: signalled, or
 * woken for no reason at all. */
static int wait_for_interval(struct gil *gil)
{
    struct timespec until = clock_timespec(clock_wall() + atomic_load(&gil->interval_us) * 1000);

    return pthread_cond_timedwait(&gil->cond, &gil->mutex, &until);
}

int gil_acquire(struct gil *gil)
{
    int kept = errno;

    /* TODO(1): Refuse NULL (EINVAL) and a caller that has it already (EDEADLK): with `mutex` held you
     * see who holds it. Then follow take_gil:
     *   - While the lock is held, wait_for_interval. If the time was up, the lock is still held, and
     *     it did not change hands meanwhile (counts.switches), request_drop and count the request.
     *   - With switch_mutex held too: the lock is now yours. If you were not its last holder, become
     *     it and count a switch. Signal switch_cond: a thread in gil_release may wait for this.
     *   - Take the request back, still with `mutex` held. Restore errno.
     * See pthread_mutex_lock(3), pthread_cond_signal(3). */
    errno = ENOSYS;
    return -1;
}

int gil_release(struct gil *gil)
{
    int kept = errno;

    /* TODO(2): Refuse NULL (EINVAL) and a caller that does not hold the lock (EPERM). Then follow
     * drop_gil:
     *   - With `mutex` held: count a forced release if a drop is requested, otherwise a voluntary
     *     one; the lock is free; signal cond. Unlock `mutex`: whoever takes the lock needs it.
     *   - If a drop was requested: with switch_mutex held, and if you are still the last holder, take
     *     the request back and wait for switch_cond, once. Without this the thread that just dropped
     *     the lock has it again before the waiter is awake.
     * Restore errno. */
    errno = ENOSYS;
    return -1;
}

/* What common/interp.h calls once the lock is installed. */
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
    atomic_init(&gil->interval_us, interval_us);
    gil->hooks = (struct interp_lock){acquire_hook, release_hook, gil};
    return gil;
}

int gil_destroy(struct gil *gil)
{
    if (!gil || gil->locked || gil->installed) {
        errno = gil ? EBUSY : EINVAL;
        return -1;
    }
    pthread_cond_destroy(&gil->switch_cond);
    pthread_mutex_destroy(&gil->switch_mutex);
    pthread_cond_destroy(&gil->cond);
    pthread_mutex_destroy(&gil->mutex);
    free(gil);
    return 0;
}

int gil_set_interval(struct gil *gil, long interval_us)
{
    if (gil && interval_us >= 1) {
        atomic_store(&gil->interval_us, interval_us);
        return 0;
    }
    errno = EINVAL;
    return -1;
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
    if (!gil) {
        errno = EINVAL;
        return -1;
    }
    if (interp_install(&gil->hooks))
        return -1;
    gil->installed = true;
    return 0;
}

int gil_uninstall(struct gil *gil)
{
    if (interp_uninstall(gil))
        return -1;
    gil->installed = false;
    return 0;
}

int gil_map_with(struct gil *gil, task_fn *task, const long in[], long out[], size_t n, int workers)
{
    /* TODO(3): As thread_map, in lab 07, but: install the lock before the parallel region and
     * uninstall it after; each thread attaches (interp_attach) before its first task and detaches
     * after its last, before the barrier at the end of the region (so the loop needs nowait). */
    errno = ENOSYS;
    return -1;
}

int gil_map(task_fn *task, const long in[], long out[], size_t n, int workers)
{
    /* TODO(4): Create a lock with GIL_INTERVAL_US, map under it, destroy it. The map's error must
     * outlive gil_destroy. */
    errno = ENOSYS;
    return -1;
}
