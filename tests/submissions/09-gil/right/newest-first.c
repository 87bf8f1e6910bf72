/* Right: each waiter has a semaphore of its own and stands in a list. A release wakes the newest
 * one, so that of three threads that compute two may take turns for long. */
#include "09-gil/gil.h"

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "common/clock.h"
#include "common/interp.h"

struct sleeper {
    sem_t wake;
    bool listed;
    struct sleeper *next;
};

struct gil {
    pthread_mutex_t mutex;             /* guards all but the two atomics; held for moments only */
    struct sleeper *waiters, *leavers; /* who wants the lock; who must wait until it is taken */
    const void *holder;                /* NULL: nobody */
    const void *last;
    struct gil_counts counts;
    atomic_long interval_us;
    atomic_bool drop_request;
    struct interp_lock hooks;
};

static int fail(int error)
{
    errno = error;
    return -1;
}

/* No other living thread has this address. */
static const void *self(void)
{
    static _Thread_local char name;
    return &name;
}

static void ask(struct gil *gil, bool drop)
{
    atomic_store(&gil->drop_request, drop);
    interp_ask(gil, drop);
}

static void enlist(struct sleeper **list, struct sleeper *who)
{
    if (who->listed)
        return;
    who->next = *list;
    *list = who;
    who->listed = true;
}

static void strike(struct sleeper **list, struct sleeper *who)
{
    if (!who->listed)
        return;
    while (*list != who)
        list = &(*list)->next;
    *list = who->next;
    who->listed = false;
}

/* With `mutex` held: the sleeper cannot be gone before this returns. */
static void wake_first(struct sleeper **list)
{
    struct sleeper *who = *list;

    if (who) {
        strike(list, who);
        sem_post(&who->wake);
    }
}

static int leave(struct gil *gil, int error, int kept)
{
    pthread_mutex_unlock(&gil->mutex);
    errno = error ? error : kept;
    return error ? -1 : 0;
}

int gil_acquire(struct gil *gil)
{
    int kept = errno;
    const void *me = self(), *before_me;
    struct sleeper me_asleep = {0};

    if (!gil)
        return fail(EINVAL);
    pthread_mutex_lock(&gil->mutex);
    if (gil->holder == me)
        return leave(gil, EDEADLK, kept);
    sem_init(&me_asleep.wake, 0, 0);
    for (; gil->holder;) {
        int late;
        const unsigned long before = gil->counts.switches;
        const int64_t us = atomic_load(&gil->interval_us), most = INT64_MAX / 10000;
        const struct timespec until = clock_timespec(clock_wall() + 1000 * (us < most ? us : most));

        enlist(&gil->waiters, &me_asleep);
        pthread_mutex_unlock(&gil->mutex);
        late = sem_clockwait(&me_asleep.wake, CLOCK_MONOTONIC, &until) && errno == ETIMEDOUT;
        pthread_mutex_lock(&gil->mutex);
        if (!late)
            continue; /* woken and struck off the list, or a signal came: look again */
        if (!gil->holder || before != gil->counts.switches)
            continue;
        gil->counts.requests++;
        ask(gil, true);
    }
    strike(&gil->waiters, &me_asleep);
    gil->holder = me;
    before_me = gil->last;
    gil->counts.switches += gil->last != me;
    gil->last = me;
    ask(gil, false);
    if (gil->last != before_me)
        while (gil->leavers)
            wake_first(&gil->leavers);
    sem_destroy(&me_asleep.wake);
    return leave(gil, 0, kept);
}

int gil_release(struct gil *gil)
{
    int kept = errno;
    const void *me = self();
    struct sleeper me_asleep = {0};

    if (!gil)
        return fail(EINVAL);
    pthread_mutex_lock(&gil->mutex);
    if (gil->holder != me)
        return leave(gil, EPERM, kept);
    gil->holder = NULL;
    wake_first(&gil->waiters);
    if (!atomic_load(&gil->drop_request)) {
        gil->counts.voluntary++;
        return leave(gil, 0, kept);
    }
    gil->counts.forced++;
    ask(gil, false);
    sem_init(&me_asleep.wake, 0, 0);
    while (gil->last == me) {
        enlist(&gil->leavers, &me_asleep);
        pthread_mutex_unlock(&gil->mutex);
        sem_wait(&me_asleep.wake);
        pthread_mutex_lock(&gil->mutex);
    }
    strike(&gil->leavers, &me_asleep);
    sem_destroy(&me_asleep.wake);
    return leave(gil, 0, kept);
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

    if (interval_us < 1) {
        errno = EINVAL;
        return NULL;
    }
    gil = calloc(1, sizeof *gil);
    if (!gil)
        return NULL;
    pthread_mutex_init(&gil->mutex, NULL);
    gil->interval_us = interval_us;
    gil->hooks = (struct interp_lock){acquire_hook, release_hook, gil};
    return gil;
}

int gil_destroy(struct gil *gil)
{
    bool busy;

    if (!gil)
        return fail(EINVAL);
    if (interp_installed(gil))
        return fail(EBUSY);
    pthread_mutex_lock(&gil->mutex);
    busy = gil->holder != NULL;
    pthread_mutex_unlock(&gil->mutex);
    if (busy)
        return fail(EBUSY);
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
    size_t left = n, failed = n; /* from the last task down to the first; guarded by the lock */
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
        while (left > 0) {
            size_t i = --left;
            int code = task(in[i], &out[i]);

            if (code && i < failed) {
                failed = i;
                error = code;
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
    int status, error;

    if (!gil)
        return -1;
    status = gil_map_with(gil, task, in, out, n, workers);
    error = errno;
    gil_destroy(gil);
    errno = error;
    return status;
}
