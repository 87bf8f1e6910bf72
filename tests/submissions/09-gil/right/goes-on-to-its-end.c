/* Right: a wait that is woken up too early goes on, to the same end, as long as the lock has the
 * same holder. */
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

/* When a wait that begins now is over. */
static struct timespec interval_end(struct gil *gil)
{
    int64_t us = atomic_load(&gil->interval_us), longest = INT64_MAX / 10000; /* 29 years */

    return clock_timespec(clock_wall() + (us < longest ? us : longest) * 1000);
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
    for (;;) {
        unsigned long old_switches;
        struct timespec end;
        int result;

        if (gil->locked == false) {
            break;
        }
        /* one wait of one interval begins here. If I am woken too early it goes on */
        old_switches = gil->counts.switches;
        end = interval_end(gil);
        result = 0;
        while (gil->locked == true && gil->counts.switches == old_switches && result != ETIMEDOUT) {
            result = pthread_cond_timedwait(&gil->cond, &gil->mutex, &end);
        }
        if (gil->locked == true && gil->counts.switches == old_switches) {
            /* the whole interval is over and it is still the same holder */
            gil->counts.requests = gil->counts.requests + 1;
            request_drop(gil, true);
        }
    }
    pthread_mutex_lock(&gil->switch_mutex);
    gil->locked = true;
    if (gil->last_holder != self()) {
        gil->last_holder = self();
        gil->counts.switches++;
    }
    pthread_cond_broadcast(&gil->switch_cond); /* to be safe */
    pthread_mutex_unlock(&gil->switch_mutex);
    request_drop(gil, false);
    pthread_mutex_unlock(&gil->mutex);
    errno = kept;
    return 0;
}

int gil_release(struct gil *gil)
{
    int kept = errno;
    bool forced;

    if (!gil)
        return fail(EINVAL);
    pthread_mutex_lock(&gil->mutex);
    if (!gil->locked || gil->last_holder != self()) {
        pthread_mutex_unlock(&gil->mutex);
        return fail(EPERM);
    }
    forced = atomic_load(&gil->drop_request);
    if (forced)
        gil->counts.forced++;
    else
        gil->counts.voluntary++;
    gil->locked = false;
    pthread_cond_broadcast(&gil->cond); /* to be safe */
    pthread_mutex_unlock(&gil->mutex);
    if (forced) {
        pthread_mutex_lock(&gil->switch_mutex);
        while (gil->last_holder == self()) {
            request_drop(gil, false);
            pthread_cond_wait(&gil->switch_cond, &gil->switch_mutex);
        }
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
    int failing_code = 0;
    size_t failing_index = 0;
    int i_have_it;
    size_t i;

    if (gil == NULL) {
        errno = EINVAL;
        return -1;
    }
    if (map_args_ok(task, in, out, n, workers) == false) {
        errno = EINVAL;
        return -1;
    }
    if (n == 0) {
        return 0;
    }
    if (gil_install(gil) == -1) {
        return -1; /* errno is set */
    }
#pragma omp parallel num_threads(n < (size_t)workers ? (int)n : workers) private(i, i_have_it)
    {
        i_have_it = interp_attach() == 0;
#pragma omp for schedule(dynamic) nowait
        for (i = 0; i < n; i++) {
            long answer = 0;
            int code;

            code = task(in[i], &answer);
            if (code == 0) {
                out[i] = answer;
            } else {
#pragma omp critical(lab09_error)
                {
                    if (failing_code == 0 || i < failing_index) {
                        failing_code = code;
                        failing_index = i;
                    }
                }
            }
        }
        if (i_have_it) {
            interp_detach();
        }
    }
    gil_uninstall(gil);
    if (failing_code != 0) {
        errno = failing_code;
        return -1;
    }
    return 0;
}

int gil_map(task_fn *task, const long in[], long out[], size_t n, int workers)
{
    struct gil *gil = gil_create(GIL_INTERVAL_US);
    int status, error;

    if (!gil)
        return -1;
    status = gil_map_with(gil, task, in, out, n, workers);
    error = errno;
    gil_destroy(gil);
    errno = error;
    return status;
}
