/* Right: the interval counts from when the lock changed hands, also if a wait ends for no reason; a
 * drop waits until the count of switches has changed. */
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

static struct timespec interval_after(struct gil *gil, int64_t begin)
{
    int64_t us = atomic_load(&gil->interval_us), longest = INT64_MAX / 10000;

    return clock_timespec(begin + (us < longest ? us : longest) * 1000);
}

/* The interval counts from when the lock changed hands, also if a wait ends for no reason. */
int gil_acquire(struct gil *gil)
{
    int kept = errno, error = 0;

    if (!gil)
        return fail(EINVAL);
    pthread_mutex_lock(&gil->mutex);
    if (gil->locked && gil->last_holder == self()) {
        error = EDEADLK;
        goto out;
    }
    if (gil->locked) {
        unsigned long seen = gil->counts.switches;
        int64_t begin = clock_wall();

        do {
            struct timespec until = interval_after(gil, begin);
            int why = pthread_cond_timedwait(&gil->cond, &gil->mutex, &until);

            if (!gil->locked)
                break;
            if (gil->counts.switches == seen && why != ETIMEDOUT)
                continue;
            if (gil->counts.switches == seen) {
                gil->counts.requests++;
                request_drop(gil, true);
            }
            seen = gil->counts.switches;
            begin = clock_wall();
        } while (gil->locked);
    }
    pthread_mutex_lock(&gil->switch_mutex);
    request_drop(gil, false);
    gil->locked = true;
    if (gil->last_holder != self()) {
        gil->last_holder = self();
        gil->counts.switches++;
        pthread_cond_broadcast(&gil->switch_cond);
    }
    pthread_mutex_unlock(&gil->switch_mutex);
out:
    pthread_mutex_unlock(&gil->mutex);
    errno = error ? error : kept;
    return error ? -1 : 0;
}

/* `switches` changes with both mutexes held, too: it is what is waited for. */
int gil_release(struct gil *gil)
{
    int kept = errno;
    unsigned long before;
    bool forced;

    if (!gil)
        return fail(EINVAL);
    pthread_mutex_lock(&gil->mutex);
    if (!gil->locked || gil->last_holder != self()) {
        pthread_mutex_unlock(&gil->mutex);
        return fail(EPERM);
    }
    before = gil->counts.switches;
    forced = atomic_load(&gil->drop_request);
    if (forced) {
        gil->counts.forced++;
        request_drop(gil, false); /* done */
    } else {
        gil->counts.voluntary++;
    }
    gil->locked = false;
    pthread_cond_signal(&gil->cond);
    pthread_mutex_unlock(&gil->mutex);
    if (forced) {
        pthread_mutex_lock(&gil->switch_mutex);
        while (gil->counts.switches == before)
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

struct job {
    task_fn *task;
    const long *in;
    long *out;
    size_t n, next, failed;
    int error;
};

/* What one thread does. It has the lock wherever it touches the job. */
static void work_off(struct job *job)
{
    while (job->next < job->n) {
        size_t mine_now = job->next++;
        int error;

        if (mine_now > job->failed)
            break;
        error = job->task(job->in[mine_now], job->out + mine_now);
        if (error && mine_now < job->failed) {
            job->failed = mine_now;
            job->error = error;
        }
    }
}

int gil_map_with(struct gil *gil, task_fn *task, const long in[], long out[], size_t n, int workers)
{
    struct job job = {task, in, out, n, 0, n, 0};

    if (!gil || !map_args_ok(task, in, out, n, workers))
        return fail(EINVAL);
    if (!n)
        return 0;
    if (gil_install(gil) != 0)
        return -1;
#pragma omp parallel num_threads(n < (size_t)workers ? (int)n : workers)
    {
        if (interp_attach() == 0) {
            work_off(&job);
            interp_detach();
        }
    }
    gil_uninstall(gil);
    if (job.error)
        return fail(job.error);
    return 0;
}

int gil_map(task_fn *task, const long in[], long out[], size_t n, int workers)
{
    struct gil *gil = gil_create(GIL_INTERVAL_US);
    int r, e;

    if (!gil)
        return -1;
    r = gil_map_with(gil, task, in, out, n, workers);
    e = errno;
    gil_destroy(gil);
    errno = e;
    return r;
}
