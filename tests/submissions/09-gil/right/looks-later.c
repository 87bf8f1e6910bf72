/* Right: a release looks at the request twice, the second time without a mutex. */
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

    if (!gil)
        return fail(EINVAL);
    pthread_mutex_lock(&gil->mutex);
    if (gil->locked && gil->last_holder == self()) {
        pthread_mutex_unlock(&gil->mutex);
        return fail(EDEADLK);
    }
    while (gil->locked) {
        unsigned long before = gil->counts.switches;
        int late = wait_for_interval(gil);

        if (late == ETIMEDOUT && gil->locked && gil->counts.switches == before) {
            request_drop(gil, true);
            gil->counts.requests++;
        }
    }
    pthread_mutex_lock(&gil->switch_mutex);
    gil->locked = true;
    if (gil->last_holder != self()) {
        gil->last_holder = self();
        gil->counts.switches++;
    }
    pthread_cond_signal(&gil->switch_cond);
    pthread_mutex_unlock(&gil->switch_mutex);
    request_drop(gil, false);
    pthread_mutex_unlock(&gil->mutex);
    errno = kept;
    return 0;
}

int gil_release(struct gil *gil)
{
    int kept = errno;

    if (!gil)
        return fail(EINVAL);
    pthread_mutex_lock(&gil->mutex);
    if (!gil->locked || gil->last_holder != self()) {
        pthread_mutex_unlock(&gil->mutex);
        return fail(EPERM);
    }
    if (gil_drop_requested(gil))
        gil->counts.forced++;
    else
        gil->counts.voluntary++;
    gil->locked = false;
    pthread_cond_signal(&gil->cond);
    pthread_mutex_unlock(&gil->mutex);
    /* Whoever takes the request back from now on has taken the lock before. */
    if (gil_drop_requested(gil)) {
        pthread_mutex_lock(&gil->switch_mutex);
        if (gil->last_holder == self())
            request_drop(gil, false);
        while (gil->last_holder == self())
            pthread_cond_wait(&gil->switch_cond, &gil->switch_mutex);
        pthread_mutex_unlock(&gil->switch_mutex);
    }
    errno = kept;
    return 0;
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
    size_t failed_at = n;
    int error = 0;

    if (!gil || !map_args_ok(task, in, out, n, workers))
        return fail(EINVAL);
    if (n == 0)
        return 0;
    if (gil_install(gil))
        return -1;
#pragma omp parallel num_threads(n < (size_t)workers ? (int)n : workers)
    {
        interp_attach();
#pragma omp for schedule(dynamic) nowait
        for (size_t i = 0; i < n; i++) {
            int e;

            if (i > failed_at)
                continue;
            e = task(in[i], &out[i]);
            if (e && i < failed_at) {
                failed_at = i;
                error = e;
            }
        }
        interp_detach();
    }
    gil_uninstall(gil);
    return error ? fail(error) : 0;
}

int gil_map(task_fn *task, const long in[], long out[], size_t n, int workers)
{
    struct gil *gil = gil_create(GIL_INTERVAL_US);
    int result, kept;

    if (!gil)
        return -1;
    result = gil_map_with(gil, task, in, out, n, workers);
    kept = errno;
    gil_destroy(gil);
    errno = kept;
    return result;
}
