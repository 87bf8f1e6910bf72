/* Right: a queue of those that wait, each with a condition variable of its own. The lock is never
 * free while somebody waits: a release gives it to the first in the queue, and so has nothing to
 * wait for. The map fetches its tasks with an atomic counter. */
#include "09-gil/gil.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#include "common/interp.h"

/* A thread that waits; on its stack. */
struct waiter {
    pthread_cond_t granted;
    const void *thread;
    struct waiter *next;
    bool has_it;
};

struct gil {
    pthread_mutex_t mutex; /* guards all but `requested` */
    const void *holder;    /* NULL: nobody */
    const void *last;      /* who held it last */
    struct waiter *first, **end;
    struct gil_counts counts;
    long interval_us;
    bool installed;
    atomic_bool requested;
    struct interp_lock hooks;
};

static const void *me(void)
{
    static _Thread_local int mine;

    return &mine;
}

static int wrong(int error)
{
    errno = error;
    return -1;
}

/* With the mutex held: the lock is this thread's. */
static void give(struct gil *gil, const void *thread)
{
    gil->holder = thread;
    if (gil->last != thread)
        gil->counts.switches++;
    gil->last = thread;
    atomic_store(&gil->requested, false);
    interp_ask(gil, false);
}

static struct timespec in_us(long us)
{
    struct timespec until;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += us / 1000000;
    until.tv_nsec += us % 1000000 * 1000;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    return until;
}

/* With the mutex held: waits until somebody gives this thread the lock. */
static void stand_in_line(struct gil *gil)
{
    struct waiter waiter = {.thread = me()};

    pthread_cond_init(&waiter.granted, NULL);
    *gil->end = &waiter;
    gil->end = &waiter.next;
    while (!waiter.has_it) {
        unsigned long switches = gil->counts.switches;
        struct timespec until = in_us(gil->interval_us);
        int error = 0;

        while (!waiter.has_it && !error && switches == gil->counts.switches)
            error = pthread_cond_clockwait(&waiter.granted, &gil->mutex, CLOCK_MONOTONIC, &until);
        if (waiter.has_it || error != ETIMEDOUT || switches != gil->counts.switches)
            continue;
        gil->counts.requests++;
        atomic_store(&gil->requested, true);
        interp_ask(gil, true);
    }
    pthread_cond_destroy(&waiter.granted);
}

int gil_acquire(struct gil *gil)
{
    int kept = errno;

    if (!gil)
        return wrong(EINVAL);
    pthread_mutex_lock(&gil->mutex);
    if (gil->holder == me()) {
        pthread_mutex_unlock(&gil->mutex);
        return wrong(EDEADLK);
    }
    if (gil->holder)
        stand_in_line(gil);
    else
        give(gil, me());
    pthread_mutex_unlock(&gil->mutex);
    errno = kept;
    return 0;
}

int gil_release(struct gil *gil)
{
    int kept = errno;
    struct waiter *next;

    if (!gil)
        return wrong(EINVAL);
    pthread_mutex_lock(&gil->mutex);
    if (gil->holder != me()) {
        pthread_mutex_unlock(&gil->mutex);
        return wrong(EPERM);
    }
    if (atomic_load(&gil->requested))
        gil->counts.forced++;
    else
        gil->counts.voluntary++;
    next = gil->first;
    if (next) {
        gil->first = next->next;
        if (!gil->first)
            gil->end = &gil->first;
        give(gil, next->thread);
        next->has_it = true;
        pthread_cond_signal(&next->granted);
    } else {
        gil->holder = NULL;
    }
    pthread_mutex_unlock(&gil->mutex);
    errno = kept;
    return 0;
}

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

    if (interval_us < 1) {
        errno = EINVAL;
        return NULL;
    }
    gil = calloc(1, sizeof *gil);
    if (!gil)
        return NULL;
    pthread_mutex_init(&gil->mutex, NULL);
    gil->end = &gil->first;
    gil->interval_us = interval_us;
    gil->hooks = (struct interp_lock){acquire_hook, release_hook, gil};
    return gil;
}

int gil_destroy(struct gil *gil)
{
    if (!gil)
        return wrong(EINVAL);
    if (gil->holder || gil->installed)
        return wrong(EBUSY);
    pthread_mutex_destroy(&gil->mutex);
    free(gil);
    return 0;
}

int gil_set_interval(struct gil *gil, long interval_us)
{
    if (!gil || interval_us < 1)
        return wrong(EINVAL);
    pthread_mutex_lock(&gil->mutex);
    gil->interval_us = interval_us;
    pthread_mutex_unlock(&gil->mutex);
    return 0;
}

bool gil_drop_requested(const struct gil *gil)
{
    return gil && atomic_load(&gil->requested);
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
    if (!gil)
        return wrong(EINVAL);
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
    atomic_size_t next = 0;
    size_t bad = n; /* this and `error` are guarded by the lock */
    int error = 0;

    if (!gil || !map_args_ok(task, in, out, n, workers))
        return wrong(EINVAL);
    if (n == 0)
        return 0;
    if (gil_install(gil))
        return -1;
#pragma omp parallel num_threads((size_t)workers < n ? workers : (int)n)
    {
        interp_attach();
        for (size_t i; (i = atomic_fetch_add(&next, 1)) < bad;) {
            int failed = task(in[i], &out[i]);

            if (failed && i < bad) {
                bad = i;
                error = failed;
            }
        }
        interp_detach();
    }
    gil_uninstall(gil);
    return error ? wrong(error) : 0;
}

int gil_map(task_fn *task, const long in[], long out[], size_t n, int workers)
{
    struct gil *gil = gil_create(GIL_INTERVAL_US);
    int error = 0;

    if (!gil)
        return -1;
    if (gil_map_with(gil, task, in, out, n, workers))
        error = errno;
    gil_destroy(gil);
    return error ? wrong(error) : 0;
}
