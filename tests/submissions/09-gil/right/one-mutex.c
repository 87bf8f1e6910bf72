/* Right: one mutex for all; who drops on request gives it back while it waits for the switch. */
#include "09-gil/gil.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "common/clock.h"
#include "common/interp.h"

struct gil {
    pthread_mutex_t mutex; /* guards all but the atomic ones; held for moments only */
    pthread_cond_t cond;   /* signalled when the lock is released */
    bool locked;
    struct gil_counts counts;
    const void *last_holder; /* the thread that holds the lock, or had it last; see self() */

    pthread_cond_t switch_cond; /* signalled when the lock has been taken */

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

        if (wait_for_interval(gil) == ETIMEDOUT && gil->locked && gil->counts.switches == before) {
            request_drop(gil, true);
            gil->counts.requests++;
        }
    }
    gil->locked = true;
    if (gil->last_holder != self()) {
        gil->last_holder = self();
        gil->counts.switches++;
    }
    pthread_cond_signal(&gil->switch_cond);
    request_drop(gil, false);
    pthread_mutex_unlock(&gil->mutex);
    errno = kept;
    return 0;
}

/* switch_cond belongs to `mutex` here: a wait gives it back, so the taker can come in. */
int gil_release(struct gil *gil)
{
    int kept = errno, error = 0;

    if (!gil)
        return fail(EINVAL);
    pthread_mutex_lock(&gil->mutex);
    if (!gil->locked || gil->last_holder != self()) {
        error = EPERM;
    } else {
        bool asked = atomic_load(&gil->drop_request);

        gil->locked = false;
        request_drop(gil, false);
        pthread_cond_signal(&gil->cond);
        if (asked)
            gil->counts.forced++;
        else
            gil->counts.voluntary++;
        while (asked && gil->last_holder == self())
            pthread_cond_wait(&gil->switch_cond, &gil->mutex);
    }
    pthread_mutex_unlock(&gil->mutex);
    if (error)
        return fail(error);
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
    size_t n, next, bad;
    int error;
};

/* One worker: takes the next index while it holds the lock. */
static void work_off(struct job *job)
{
    interp_attach();
    while (job->next < job->n && !job->error) {
        size_t mine = job->next++;
        int e = job->task(job->in[mine], job->out + mine);

        if (e != 0 && mine < job->bad) {
            job->bad = mine;
            job->error = e;
        }
    }
    interp_detach();
}

int gil_map_with(struct gil *gil, task_fn *task, const long in[], long out[], size_t n, int workers)
{
    struct job job = {task, in, out, n, 0, n, 0};

    if (gil == NULL || !map_args_ok(task, in, out, n, workers))
        return fail(EINVAL);
    if (n > 0) {
        if (n < (size_t)workers)
            workers = (int)n;
        if (gil_install(gil) != 0)
            return -1;
#pragma omp parallel num_threads(workers) default(none) shared(job)
        work_off(&job);
        gil_uninstall(gil);
    }
    if (job.error)
        return fail(job.error);
    return 0;
}

int gil_map(task_fn *task, const long in[], long out[], size_t n, int workers)
{
    struct gil *lock;
    int failed = 0;

    if (!(lock = gil_create(GIL_INTERVAL_US)))
        return -1;
    if (gil_map_with(lock, task, in, out, n, workers) != 0)
        failed = errno;
    gil_destroy(lock);
    return failed ? fail(failed) : 0;
}
