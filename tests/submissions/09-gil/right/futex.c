/* Right: no mutex and no condition variable, but a futex and atomic variables. The map runs OpenMP
 * tasks, each of which attaches and detaches. */
#include "09-gil/gil.h"

#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "common/interp.h"

enum { FREE, TAKEN, CONTENDED /* taken, and somebody may sleep */ };

struct gil {
    /* Read and written by anyone: atomic. */
    _Atomic uint32_t word;    /* FREE, TAKEN or CONTENDED; waiters sleep here */
    _Atomic uint32_t turn;    /* how often it was taken; who dropped it on request sleeps here */
    _Atomic uint32_t asked;   /* the turn that was asked to end */
    atomic_bool dropper;      /* somebody sleeps at `turn` */
    _Atomic(const char *) by; /* the holder; NULL: nobody */
    atomic_ulong switches, requests, forced, voluntary;
    atomic_long interval_us;

    const char *last; /* only the holder looks */
    bool installed;
    struct interp_lock hooks;
};

/* Its address is the thread's name. */
static _Thread_local char me;

static int futex_wait(_Atomic uint32_t *word, uint32_t seen, const struct timespec *at_most)
{
    return syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, seen, at_most, NULL, 0) ? errno : 0;
}

static void futex_wake(_Atomic uint32_t *word, int threads)
{
    syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, threads, NULL, NULL, 0);
}

static bool requested(const struct gil *gil)
{
    return gil->word != FREE && gil->asked == gil->turn;
}

/* The time was up. A request is for the turn that was seen: it means nothing to a later holder. */
static void ask(struct gil *gil, unsigned long switches)
{
    uint32_t turn = gil->turn;

    if (gil->word == FREE || gil->switches != switches)
        return;
    gil->requests++;
    gil->asked = turn;
    interp_ask(gil, true);
}

int gil_acquire(struct gil *gil)
{
    int kept = errno;
    uint32_t word = FREE;

    if (!gil || gil->by == &me) {
        errno = gil ? EDEADLK : EINVAL;
        return -1;
    }
    if (!atomic_compare_exchange_strong(&gil->word, &word, TAKEN)) {
        while (atomic_exchange(&gil->word, CONTENDED) != FREE) {
            unsigned long switches = gil->switches;
            long us = gil->interval_us;
            struct timespec interval = {us / 1000000, us % 1000000 * 1000};

            if (futex_wait(&gil->word, CONTENDED, &interval) == ETIMEDOUT)
                ask(gil, switches);
        }
    }
    gil->by = &me;
    if (gil->last != &me)
        gil->switches++;
    gil->last = &me;
    gil->turn++;
    interp_ask(gil, false);
    if (atomic_exchange(&gil->dropper, false))
        futex_wake(&gil->turn, INT_MAX);
    errno = kept;
    return 0;
}

int gil_release(struct gil *gil)
{
    int kept = errno;
    uint32_t turn;
    bool forced;

    if (!gil || gil->by != &me) {
        errno = gil ? EPERM : EINVAL;
        return -1;
    }
    turn = gil->turn;
    forced = requested(gil);
    if (forced) {
        gil->forced++;
        gil->dropper = true;
    } else {
        gil->voluntary++;
    }
    gil->by = NULL;
    if (atomic_exchange(&gil->word, FREE) == CONTENDED)
        futex_wake(&gil->word, 1);
    while (forced && gil->turn == turn)
        futex_wait(&gil->turn, turn, NULL);
    errno = kept;
    return 0;
}

static int acquire_hook(void *self)
{
    return gil_acquire(self);
}

static int release_hook(void *self)
{
    return gil_release(self);
}

struct gil *gil_create(long interval_us)
{
    struct gil *gil;

    if (interval_us < 1) {
        errno = EINVAL;
        return NULL;
    }
    gil = malloc(sizeof *gil);
    if (gil) {
        *gil = (struct gil){.interval_us = interval_us,
                            .asked = UINT32_MAX,
                            .hooks = {acquire_hook, release_hook, gil}};
    }
    return gil;
}

int gil_destroy(struct gil *gil)
{
    if (gil && gil->word == FREE && !gil->installed) {
        free(gil);
        return 0;
    }
    errno = gil ? EBUSY : EINVAL;
    return -1;
}

int gil_set_interval(struct gil *gil, long interval_us)
{
    if (gil && interval_us >= 1) {
        gil->interval_us = interval_us;
        return 0;
    }
    errno = EINVAL;
    return -1;
}

bool gil_drop_requested(const struct gil *gil)
{
    return gil && requested(gil);
}

void gil_read_counts(struct gil *gil, struct gil_counts *counts)
{
    *counts = (struct gil_counts){0};
    if (gil)
        *counts = (struct gil_counts){gil->switches, gil->requests, gil->forced, gil->voluntary};
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

/* What a map's tasks share; guarded by the lock. */
struct outcome {
    size_t first_bad;
    int error;
};

static void run(task_fn *task, long in, long *out, size_t i, struct outcome *outcome)
{
    int failed;

    interp_attach();
    if (i < outcome->first_bad) {
        failed = task(in, out);
        if (failed && i < outcome->first_bad)
            *outcome = (struct outcome){i, failed};
    }
    interp_detach();
}

int gil_map_with(struct gil *gil, task_fn *task, const long in[], long out[], size_t n, int workers)
{
    struct outcome outcome = {n, 0};

    if (!gil || !map_args_ok(task, in, out, n, workers)) {
        errno = EINVAL;
        return -1;
    }
    if (n > 0) {
        if (gil_install(gil))
            return -1;
#pragma omp parallel num_threads(n < (size_t)workers ? (int)n : workers)
#pragma omp single
        for (size_t i = 0; i < n; i++) {
#pragma omp task firstprivate(i) shared(outcome)
            run(task, in[i], &out[i], i, &outcome);
        }
        gil_uninstall(gil);
    }
    if (outcome.error == 0)
        return 0;
    errno = outcome.error;
    return -1;
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
    if (error)
        errno = error;
    return -(error != 0);
}
