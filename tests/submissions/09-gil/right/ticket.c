/* Right: a ticket lock, so that whoever came first is served first. Waiters of all kinds share one
 * condition variable. In the map each thread fetches its tasks under an omp lock. */
#include "09-gil/gil.h"

#include <errno.h>
#include <omp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "common/clock.h"
#include "common/interp.h"

struct gil {
    struct interp_lock hooks;
    pthread_mutex_t mutex; /* guards all that follows */
    pthread_cond_t news;   /* the lock was dropped or taken */
    unsigned long next_ticket, serving;
    bool held, ever_held, installed, requested;
    int holder; /* a thread's number */
    long interval_us;
    struct gil_counts counts;
};

/* Threads are numbered as they come. */
static int my_number(void)
{
    static atomic_int last;
    static _Thread_local int mine;

    if (mine == 0)
        mine = atomic_fetch_add(&last, 1) + 1;
    return mine;
}

static void request(struct gil *gil, bool on)
{
    gil->requested = on;
    interp_ask(gil, on);
}

/* Called with the mutex held. */
static void wait_for_my_turn(struct gil *gil, unsigned long ticket)
{
    while (gil->held || gil->serving != ticket) {
        unsigned long switches = gil->counts.switches;
        const long longest = INT64_MAX / 10000; /* 29 years */
        int64_t end =
            clock_wall() + (gil->interval_us < longest ? gil->interval_us : longest) * 1000;
        struct timespec until = clock_timespec(end);
        int error = 0;

        /* Only a switch begins the interval anew: not the news that somebody took a ticket. */
        while (!error && switches == gil->counts.switches && (gil->held || gil->serving != ticket))
            error = pthread_cond_clockwait(&gil->news, &gil->mutex, CLOCK_MONOTONIC, &until);
        if (error == ETIMEDOUT && gil->held && switches == gil->counts.switches) {
            gil->counts.requests++;
            request(gil, true);
        }
    }
}

int gil_acquire(struct gil *gil)
{
    int kept = errno, error = 0;

    if (!gil) {
        errno = EINVAL;
        return -1;
    }
    pthread_mutex_lock(&gil->mutex);
    if (gil->held && gil->holder == my_number()) {
        error = EDEADLK;
    } else {
        wait_for_my_turn(gil, gil->next_ticket++);
        gil->held = true;
        gil->counts.switches += !gil->ever_held || gil->holder != my_number();
        gil->ever_held = true;
        gil->holder = my_number();
        request(gil, false);
        pthread_cond_broadcast(&gil->news);
    }
    pthread_mutex_unlock(&gil->mutex);
    errno = error ? error : kept;
    return error ? -1 : 0;
}

int gil_release(struct gil *gil)
{
    int kept = errno, error = 0;

    if (!gil) {
        errno = EINVAL;
        return -1;
    }
    pthread_mutex_lock(&gil->mutex);
    if (!gil->held || gil->holder != my_number()) {
        error = EPERM;
    } else {
        unsigned long next = ++gil->serving;

        gil->held = false;
        gil->counts.forced += gil->requested;
        gil->counts.voluntary += !gil->requested;
        pthread_cond_broadcast(&gil->news);
        /* The next ticket is another thread's, if a drop was requested: it waits already. */
        while (gil->requested && !gil->held && gil->serving == next)
            pthread_cond_wait(&gil->news, &gil->mutex);
    }
    pthread_mutex_unlock(&gil->mutex);
    errno = error ? error : kept;
    return error ? -1 : 0;
}

static int take(void *gil)
{
    return gil_acquire(gil);
}

static int drop(void *gil)
{
    return gil_release(gil);
}

struct gil *gil_create(long interval_us)
{
    struct gil *gil = interval_us < 1 ? NULL : calloc(1, sizeof *gil);

    if (interval_us < 1)
        errno = EINVAL;
    if (!gil)
        return NULL;
    pthread_mutex_init(&gil->mutex, NULL);
    pthread_cond_init(&gil->news, NULL);
    gil->interval_us = interval_us;
    gil->hooks = (struct interp_lock){.acquire = take, .release = drop, .self = gil};
    return gil;
}

int gil_destroy(struct gil *gil)
{
    errno = !gil ? EINVAL : gil->held || gil->installed ? EBUSY : 0;
    if (errno)
        return -1;
    pthread_cond_destroy(&gil->news);
    pthread_mutex_destroy(&gil->mutex);
    free(gil);
    return 0;
}

int gil_set_interval(struct gil *gil, long interval_us)
{
    if (!gil || interval_us < 1) {
        errno = EINVAL;
        return -1;
    }
    pthread_mutex_lock(&gil->mutex);
    gil->interval_us = interval_us;
    pthread_mutex_unlock(&gil->mutex);
    return 0;
}

bool gil_drop_requested(const struct gil *gil)
{
    struct gil *locked = (struct gil *)gil; /* its mutex changes, but nothing that can be seen */
    bool requested;

    if (!gil)
        return false;
    pthread_mutex_lock(&locked->mutex);
    requested = gil->requested && gil->held;
    pthread_mutex_unlock(&locked->mutex);
    return requested;
}

void gil_read_counts(struct gil *gil, struct gil_counts *counts)
{
    if (!gil) {
        *counts = (struct gil_counts){0};
        return;
    }
    pthread_mutex_lock(&gil->mutex);
    *counts = gil->counts;
    pthread_mutex_unlock(&gil->mutex);
}

int gil_install(struct gil *gil)
{
    if (!gil)
        errno = EINVAL;
    if (!gil || interp_install(&gil->hooks))
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
    size_t next = 0, first_bad = n; /* these and error are guarded by `fetching` */
    int error = 0;
    omp_lock_t fetching;

    if (!gil || !map_args_ok(task, in, out, n, workers)) {
        errno = EINVAL;
        return -1;
    }
    if (n == 0)
        return 0;
    if (gil_install(gil))
        return -1;
    omp_init_lock(&fetching);
#pragma omp parallel num_threads(n < (size_t)workers ? (int)n : workers)
    {
        bool more = true;

        interp_attach();
        while (more) {
            size_t mine;
            int failed = 0;

            omp_set_lock(&fetching);
            mine = next++;
            more = mine < first_bad;
            omp_unset_lock(&fetching);
            if (more)
                failed = task(in[mine], &out[mine]);
            omp_set_lock(&fetching);
            if (failed && mine < first_bad) {
                first_bad = mine;
                error = failed;
            }
            omp_unset_lock(&fetching);
        }
        interp_detach();
    }
    omp_destroy_lock(&fetching);
    gil_uninstall(gil);
    if (error)
        errno = error;
    return error ? -1 : 0;
}

int gil_map(task_fn *task, const long in[], long out[], size_t n, int workers)
{
    struct gil *gil = gil_create(GIL_INTERVAL_US);
    int failed, error;

    if (!gil)
        return -1;
    failed = gil_map_with(gil, task, in, out, n, workers);
    error = errno;
    gil_destroy(gil);
    errno = error;
    return failed;
}
