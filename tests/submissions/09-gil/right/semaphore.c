/* Right: a semaphore that whoever takes the lock waits for. Who drops it on request waits for a
 * semaphore of its own, which the next holder posts. */
#include "09-gil/gil.h"

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#include "common/interp.h"

struct gil {
    sem_t free; /* 1 while nobody has the lock */

    pthread_mutex_t state; /* guards the five below */
    bool held;
    pthread_t holder; /* who has the lock, or had it last; meaningless before the first switch */
    sem_t *dropped_for_us; /* of a thread that waits until another one has the lock; or NULL */
    struct gil_counts counts;
    bool installed;

    atomic_bool requested;
    atomic_long interval_us;
    struct interp_lock hooks;
};

static int refuse(int error)
{
    errno = error;
    return -1;
}

static bool is_mine(const struct gil *gil)
{
    return gil->held && pthread_equal(gil->holder, pthread_self());
}

static void set_request(struct gil *gil, bool on)
{
    atomic_store(&gil->requested, on);
    interp_ask(gil, on);
}

/* Waits for the semaphore for at most the interval. Returns false if the time was up. */
static bool wait_for_interval(struct gil *gil)
{
    struct timespec until;
    long us = atomic_load(&gil->interval_us);

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += us / 1000000;
    until.tv_nsec += us % 1000000 * 1000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_nsec -= 1000000000;
        until.tv_sec++;
    }
    while (sem_clockwait(&gil->free, CLOCK_MONOTONIC, &until) == -1)
        if (errno == ETIMEDOUT)
            return false;
    return true;
}

static unsigned long switches_so_far(struct gil *gil)
{
    unsigned long switches;

    pthread_mutex_lock(&gil->state);
    switches = gil->counts.switches;
    pthread_mutex_unlock(&gil->state);
    return switches;
}

static void ask(struct gil *gil, unsigned long switches)
{
    pthread_mutex_lock(&gil->state);
    if (gil->held && gil->counts.switches == switches) {
        gil->counts.requests++;
        set_request(gil, true);
    }
    pthread_mutex_unlock(&gil->state);
}

int gil_acquire(struct gil *gil)
{
    int before = errno;
    unsigned long switches;
    bool mine;

    if (!gil)
        return refuse(EINVAL);
    pthread_mutex_lock(&gil->state);
    mine = is_mine(gil);
    switches = gil->counts.switches;
    pthread_mutex_unlock(&gil->state);
    if (mine)
        return refuse(EDEADLK);
    while (!wait_for_interval(gil)) {
        ask(gil, switches);
        switches = switches_so_far(gil);
    }
    pthread_mutex_lock(&gil->state);
    if (gil->counts.switches == 0 || !pthread_equal(gil->holder, pthread_self()))
        gil->counts.switches++;
    gil->holder = pthread_self();
    gil->held = true;
    set_request(gil, false);
    if (gil->dropped_for_us)
        sem_post(gil->dropped_for_us);
    gil->dropped_for_us = NULL;
    pthread_mutex_unlock(&gil->state);
    errno = before;
    return 0;
}

int gil_release(struct gil *gil)
{
    int before = errno;
    bool forced;
    sem_t taken;

    if (!gil)
        return refuse(EINVAL);
    pthread_mutex_lock(&gil->state);
    if (!is_mine(gil)) {
        pthread_mutex_unlock(&gil->state);
        return refuse(EPERM);
    }
    forced = atomic_load(&gil->requested);
    if (forced) {
        gil->counts.forced++;
        sem_init(&taken, 0, 0);
        gil->dropped_for_us = &taken;
    } else {
        gil->counts.voluntary++;
    }
    gil->held = false;
    pthread_mutex_unlock(&gil->state);
    sem_post(&gil->free);
    if (forced) {
        while (sem_wait(&taken) == -1)
            ;
        /* Who posted it did so with the mutex held: now it is done with it. */
        pthread_mutex_lock(&gil->state);
        pthread_mutex_unlock(&gil->state);
        sem_destroy(&taken);
    }
    errno = before;
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
    struct gil *gil = NULL;

    if (interval_us < 1)
        errno = EINVAL;
    else
        gil = calloc(1, sizeof *gil);
    if (!gil)
        return NULL;
    sem_init(&gil->free, 0, 1);
    pthread_mutex_init(&gil->state, NULL);
    gil->interval_us = interval_us;
    gil->hooks.acquire = acquire_hook;
    gil->hooks.release = release_hook;
    gil->hooks.self = gil;
    return gil;
}

int gil_destroy(struct gil *gil)
{
    if (!gil)
        return refuse(EINVAL);
    if (gil->held || gil->installed)
        return refuse(EBUSY);
    pthread_mutex_destroy(&gil->state);
    sem_destroy(&gil->free);
    free(gil);
    return 0;
}

int gil_set_interval(struct gil *gil, long interval_us)
{
    if (!gil || interval_us < 1)
        return refuse(EINVAL);
    gil->interval_us = interval_us;
    return 0;
}

bool gil_drop_requested(const struct gil *gil)
{
    return gil != NULL && gil->requested;
}

void gil_read_counts(struct gil *gil, struct gil_counts *counts)
{
    struct gil_counts none = {0};

    *counts = none;
    if (!gil)
        return;
    pthread_mutex_lock(&gil->state);
    *counts = gil->counts;
    pthread_mutex_unlock(&gil->state);
}

int gil_install(struct gil *gil)
{
    if (!gil)
        return refuse(EINVAL);
    if (interp_install(&gil->hooks) == -1)
        return -1;
    gil->installed = true;
    return 0;
}

int gil_uninstall(struct gil *gil)
{
    if (interp_uninstall(gil) == -1)
        return -1;
    gil->installed = false;
    return 0;
}

/* Each thread takes its tasks from a shared index, which the lock guards like all else here. */
int gil_map_with(struct gil *gil, task_fn *task, const long in[], long out[], size_t n, int workers)
{
    size_t next = 0, end = n;
    int error = 0;

    if (!gil || !map_args_ok(task, in, out, n, workers))
        return refuse(EINVAL);
    if (n == 0)
        return 0;
    if (gil_install(gil))
        return -1;
#pragma omp parallel num_threads((size_t)workers < n ? workers : (int)n)
    {
        interp_attach();
        while (next < end) {
            size_t i = next++;
            int failed = task(in[i], &out[i]);

            if (failed && i < end) {
                end = i;
                error = failed;
            }
        }
        interp_detach();
    }
    gil_uninstall(gil);
    return error ? refuse(error) : 0;
}

int gil_map(task_fn *task, const long in[], long out[], size_t n, int workers)
{
    struct gil *gil = gil_create(GIL_INTERVAL_US);
    int error;

    if (!gil)
        return -1;
    error = gil_map_with(gil, task, in, out, n, workers) ? errno : 0;
    gil_destroy(gil);
    return error ? refuse(error) : 0;
}
