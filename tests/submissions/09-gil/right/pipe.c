/* Right: the lock is a byte in a pipe. Whoever reads it has the lock, and writes it back to release
 * it. Who drops the lock on request waits for a byte in a second pipe, which the next holder
 * writes. The map hands out its tasks in a critical construct. */
#include "09-gil/gil.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "common/interp.h"

struct gil {
    int token[2];   /* holds a byte while nobody has the lock; never blocks */
    int receipt[2]; /* gets a byte when the lock is taken after a drop on request */

    pthread_mutex_t mutex; /* guards the next six */
    const void *holder;    /* NULL: nobody */
    const void *last;      /* who held it last */
    struct gil_counts counts;
    bool wants_receipt;
    bool requested;
    bool installed;

    atomic_long interval_us;
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

static void write_byte(int file)
{
    while (write(file, "", 1) == -1 && errno == EINTR)
        ;
}

/* Waits until there is a byte to read, for the interval at most. Returns whether it has read it;
 * another thread may have been quicker. *over: the interval is over. */
static bool read_token(struct gil *gil, bool *over)
{
    long us = atomic_load(&gil->interval_us);
    struct timespec interval = {us / 1000000, us % 1000000 * 1000};
    struct pollfd token = {.fd = gil->token[0], .events = POLLIN};
    char byte;

    *over = ppoll(&token, 1, &interval, NULL) == 0;
    return read(gil->token[0], &byte, 1) == 1;
}

static unsigned long switches_of(struct gil *gil)
{
    unsigned long switches;

    pthread_mutex_lock(&gil->mutex);
    switches = gil->counts.switches;
    pthread_mutex_unlock(&gil->mutex);
    return switches;
}

static void ask(struct gil *gil, unsigned long switches)
{
    pthread_mutex_lock(&gil->mutex);
    if (gil->holder && gil->counts.switches == switches) {
        gil->counts.requests++;
        gil->requested = true;
        interp_ask(gil, true);
    }
    pthread_mutex_unlock(&gil->mutex);
}

static void note_taken(struct gil *gil)
{
    bool receipt;

    pthread_mutex_lock(&gil->mutex);
    gil->counts.switches += gil->last != me();
    gil->holder = gil->last = me();
    gil->requested = false;
    interp_ask(gil, false);
    receipt = gil->wants_receipt;
    gil->wants_receipt = false;
    pthread_mutex_unlock(&gil->mutex);
    if (receipt)
        write_byte(gil->receipt[1]);
}

int gil_acquire(struct gil *gil)
{
    int kept = errno;
    bool mine, over;
    unsigned long switches;

    if (!gil)
        return wrong(EINVAL);
    pthread_mutex_lock(&gil->mutex);
    mine = gil->holder == me();
    pthread_mutex_unlock(&gil->mutex);
    if (mine)
        return wrong(EDEADLK);
    for (;;) {
        switches = switches_of(gil);
        if (read_token(gil, &over))
            break;
        if (over)
            ask(gil, switches);
    }
    note_taken(gil);
    errno = kept;
    return 0;
}

int gil_release(struct gil *gil)
{
    int kept = errno;
    bool forced;
    char byte;

    if (!gil)
        return wrong(EINVAL);
    pthread_mutex_lock(&gil->mutex);
    if (gil->holder != me()) {
        pthread_mutex_unlock(&gil->mutex);
        return wrong(EPERM);
    }
    forced = gil->requested;
    gil->counts.forced += forced;
    gil->counts.voluntary += !forced;
    gil->wants_receipt = forced;
    gil->requested = false;
    interp_ask(gil, false);
    gil->holder = NULL;
    pthread_mutex_unlock(&gil->mutex);
    write_byte(gil->token[1]);
    while (forced && read(gil->receipt[0], &byte, 1) != 1)
        ;
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
    if (!gil || pipe2(gil->token, O_CLOEXEC | O_NONBLOCK) || pipe2(gil->receipt, O_CLOEXEC)) {
        if (gil && gil->token[1]) {
            close(gil->token[0]);
            close(gil->token[1]);
        }
        free(gil);
        errno = ENOMEM;
        return NULL;
    }
    pthread_mutex_init(&gil->mutex, NULL);
    write_byte(gil->token[1]);
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
    for (int end = 0; end < 2; end++) {
        close(gil->token[end]);
        close(gil->receipt[end]);
    }
    free(gil);
    return 0;
}

int gil_set_interval(struct gil *gil, long interval_us)
{
    if (!gil || interval_us < 1)
        return wrong(EINVAL);
    atomic_store(&gil->interval_us, interval_us);
    return 0;
}

bool gil_drop_requested(const struct gil *gil)
{
    struct gil *locked = (struct gil *)gil; /* its mutex changes, but nothing that can be seen */
    bool requested;

    if (!gil)
        return false;
    pthread_mutex_lock(&locked->mutex);
    requested = gil->requested;
    pthread_mutex_unlock(&locked->mutex);
    return requested;
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
    size_t next = 0;
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
        for (;;) {
            size_t i;
            int failed;

#pragma omp critical(hand_out)
            i = next++;
            if (i >= bad)
                break;
            failed = task(in[i], &out[i]);
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
    int error;

    if (!gil)
        return -1;
    error = gil_map_with(gil, task, in, out, n, workers) ? errno : 0;
    gil_destroy(gil);
    return error ? wrong(error) : 0;
}
