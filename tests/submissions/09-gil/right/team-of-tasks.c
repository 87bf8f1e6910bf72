/* Right: an OpenMP task for each thread takes numbers off one list, which only the holder of the
 * lock touches. */
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

static int64_t ns_of(int64_t us)
{
    int64_t ns;

    if (__builtin_mul_overflow(us, 1000, &ns) || ns > INT64_MAX / 10)
        return INT64_MAX / 10;
    return ns;
}

static bool mine(const struct gil *gil)
{
    return gil->locked && gil->last_holder == self();
}

/* One wait; then perhaps a question. `mutex` is held. */
static void wait_or_ask(struct gil *gil)
{
    const unsigned long round = gil->counts.switches;

    struct timespec until = clock_timespec(clock_wall() + ns_of(atomic_load(&gil->interval_us)));

    if (pthread_cond_clockwait(&gil->cond, &gil->mutex, CLOCK_MONOTONIC, &until) != ETIMEDOUT)
        return;
    if (!gil->locked || gil->counts.switches != round)
        return;
    ++gil->counts.requests;
    request_drop(gil, true);
}

static void take(struct gil *gil)
{
    pthread_mutex_lock(&gil->switch_mutex);
    if (gil->last_holder != self()) {
        ++gil->counts.switches;
        gil->last_holder = self();
    }
    gil->locked = true;
    request_drop(gil, false);
    pthread_cond_broadcast(&gil->switch_cond);
    pthread_mutex_unlock(&gil->switch_mutex);
}

int gil_acquire(struct gil *gil)
{
    int kept = errno, error = 0;

    if (!gil)
        return fail(EINVAL);
    pthread_mutex_lock(&gil->mutex);
    if (mine(gil)) {
        error = EDEADLK;
    } else {
        while (gil->locked)
            wait_or_ask(gil);
        take(gil);
    }
    pthread_mutex_unlock(&gil->mutex);
    errno = error ? error : kept;
    return error ? -1 : 0;
}

static void let_another_take(struct gil *gil)
{
    const void *me = self();

    pthread_mutex_lock(&gil->switch_mutex);
    if (gil->last_holder == me) {
        request_drop(gil, false);
        do
            pthread_cond_wait(&gil->switch_cond, &gil->switch_mutex);
        while (gil->last_holder == me);
    }
    pthread_mutex_unlock(&gil->switch_mutex);
}

int gil_release(struct gil *gil)
{
    int kept = errno;
    bool forced;

    if (!gil)
        return fail(EINVAL);
    pthread_mutex_lock(&gil->mutex);
    if (!mine(gil)) {
        pthread_mutex_unlock(&gil->mutex);
        return fail(EPERM);
    }
    gil->locked = false;
    forced = atomic_load(&gil->drop_request);
    *(forced ? &gil->counts.forced : &gil->counts.voluntary) += 1;
    pthread_cond_signal(&gil->cond);
    pthread_mutex_unlock(&gil->mutex);
    if (forced)
        let_another_take(gil);
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

/* Tasks are taken off a list that only the holder of the lock touches; results of the errors are
 * kept in a table of the team. */
int gil_map_with(struct gil *gil, task_fn *task, const long in[], long out[], size_t n, int workers)
{
    size_t where = n, taken = 0;
    int what = 0;

    if (!gil || !map_args_ok(task, in, out, n, workers))
        return fail(EINVAL);
    if (n == 0)
        return 0;
    workers = (size_t)workers < n ? workers : (int)n;
    if (gil_install(gil))
        return -1;
#pragma omp parallel num_threads(workers)
#pragma omp single nowait
    for (int thread = 0; thread < workers; thread++) {
#pragma omp task firstprivate(thread) shared(where, taken, what)
        {
            interp_attach();
            for (size_t i; (i = taken) < n && i < where;) {
                int error;

                taken = i + 1;
                error = task(in[i], &out[i]);
                if (error && i < where) {
                    where = i;
                    what = error;
                }
            }
            interp_detach();
        }
    }
    gil_uninstall(gil);
    return where < n ? fail(what) : 0;
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
