/* Right: workers read their chunks from a pipe, as those of CPython do, and the last one writes a
 * byte into another. */
#include "03-pool/pool.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/shared.h"

struct job {
    uint64_t begin, end; /* nothing in it: leave */
};

struct common {
    pid_t owner;
    task_fn *task;
    atomic_bool closing;
    atomic_size_t left;      /* tasks that nobody has answered for yet */
    atomic_size_t first_bad; /* n: none */
};

struct pool {
    struct common *common;
    long *in, *out;
    int *errors;
    size_t capacity;
    bool broken;
    int jobs[2]; /* pipe: parent to workers */
    int done[2]; /* pipe: a byte when the map is over */
    int workers;
    pid_t pids[];
};

static size_t up(size_t a, size_t b)
{
    return a / b + !!(a % b);
}

size_t pool_chunk(size_t n, int workers)
{
    return n == 0 || workers < 1 ? 0 : up(n, 4 * (size_t)workers);
}

size_t pool_rounds(size_t n, size_t chunk, int workers)
{
    return n == 0 || chunk == 0 || workers < 1 ? 0 : up(up(n, chunk), (size_t)workers);
}

/* Gives everything back but the processes. Keeps errno. */
static void dismantle(struct pool *pool)
{
    int kept = errno;

    for (int i = 0; i < 2; i++) {
        close(pool->jobs[i]); /* -1 does no harm */
        close(pool->done[i]);
    }
    shared_free(pool->common);
    shared_free(pool->in);
    shared_free(pool->out);
    shared_free(pool->errors);
    free(pool);
    errno = kept;
}

static int collect(struct pool *pool, int options)
{
    int gone = 0;

    for (int i = 0; i < pool->workers; i++) {
        pid_t got;

        if (!pool->pids[i])
            continue;
        while ((got = waitpid(pool->pids[i], NULL, options)) == -1 && errno == EINTR)
            ;
        if (got != 0) {
            pool->pids[i] = 0;
            gone++;
        }
    }
    return gone;
}

static void slay(struct pool *pool)
{
    int kept = errno;

    for (int i = 0; i < pool->workers; i++)
        if (pool->pids[i] > 0)
            kill(pool->pids[i], SIGKILL);
    collect(pool, 0);
    errno = kept;
}

static bool broken(struct pool *pool)
{
    pool->broken |= collect(pool, WNOHANG) > 0;
    return pool->broken;
}

static void run(const struct pool *pool, struct job job)
{
    struct common *common = pool->common;

    for (size_t i = job.begin; i < job.end && i <= atomic_load(&common->first_bad); i++) {
        size_t lowest;

        pool->errors[i] = common->task(pool->in[i], &pool->out[i]);
        if (!pool->errors[i])
            continue;
        lowest = atomic_load(&common->first_bad);
        while (i < lowest && !atomic_compare_exchange_weak(&common->first_bad, &lowest, i))
            ;
    }
    fflush(NULL);
    if (atomic_fetch_sub(&common->left, job.end - job.begin) == job.end - job.begin)
        while (write(pool->done[1], "", 1) == -1 && errno == EINTR)
            ;
}

static _Noreturn void work(const struct pool *pool)
{
    for (;;) {
        struct pollfd ready = {.fd = pool->jobs[0], .events = POLLIN};
        struct job job;
        ssize_t got;

        poll(&ready, 1, 200);
        if (getppid() != pool->common->owner || pool->common->closing)
            _exit(0);
        got = read(pool->jobs[0], &job, sizeof job); /* does not block: another may be quicker */
        if (got == 0 || (got == sizeof job && job.begin == job.end))
            _exit(0);
        if (got == sizeof job)
            run(pool, job);
    }
}

struct pool *pool_open(int workers, size_t capacity)
{
    struct pool *pool;

    if (workers < 1 || capacity == 0) {
        errno = EINVAL;
        return NULL;
    }
    pool = calloc(1, sizeof *pool + (size_t)workers * sizeof pool->pids[0]);
    if (!pool)
        return NULL;
    pool->jobs[0] = pool->jobs[1] = pool->done[0] = pool->done[1] = -1;
    pool->capacity = capacity;
    pool->common = shared_alloc(1, sizeof *pool->common);
    pool->in = shared_alloc(capacity, sizeof *pool->in);
    pool->out = shared_alloc(capacity, sizeof *pool->out);
    pool->errors = shared_alloc(capacity, sizeof *pool->errors);
    if (!pool->common || !pool->in || !pool->out || !pool->errors || pipe2(pool->jobs, O_CLOEXEC) ||
        pipe2(pool->done, O_CLOEXEC)) {
        dismantle(pool);
        errno = ENOMEM;
        return NULL;
    }
    fcntl(pool->jobs[0], F_SETFL, O_NONBLOCK);
    fcntl(pool->jobs[1], F_SETFL, O_NONBLOCK);
    pool->common->owner = getpid();
    fflush(NULL);
    while (pool->workers < workers) {
        pid_t pid = fork();

        if (pid == 0) {
            close(pool->jobs[1]);
            work(pool);
        }
        if (pid == -1) {
            slay(pool);
            dismantle(pool);
            return NULL;
        }
        pool->pids[pool->workers++] = pid;
    }
    return pool;
}

/* Puts a job into the pipe, or finds that the pool is broken. */
static void send_job(struct pool *pool, struct job job)
{
    while (write(pool->jobs[1], &job, sizeof job) != sizeof job) {
        struct pollfd room = {.fd = pool->jobs[1], .events = POLLOUT};

        poll(&room, 1, 40);
        if (broken(pool))
            return;
    }
}

static void await(struct pool *pool)
{
    struct pollfd ready = {.fd = pool->done[0], .events = POLLIN};
    bool over;
    char byte;

    do
        over = poll(&ready, 1, 40) == 1 && read(pool->done[0], &byte, 1) == 1;
    while (!broken(pool) && !over); /* the others may have done all that a dead one did not */
}

int pool_map(struct pool *pool, task_fn *task, const long in[], long out[], size_t n, size_t chunk)
{
    size_t bad;

    if (!pool || !map_args_ok(task, in, out, n, 1)) {
        errno = EINVAL;
        return -1;
    }
    if (n > pool->capacity) {
        errno = E2BIG;
        return -1;
    }
    if (chunk == 0)
        chunk = pool_chunk(n, pool->workers);
    if (!broken(pool) && n > 0) {
        memcpy(pool->in, in, n * sizeof *in);
        pool->common->task = task;
        atomic_store(&pool->common->first_bad, n);
        atomic_store(&pool->common->left, n);
        for (size_t begin = 0, length; begin < n && !pool->broken; begin += length) {
            length = n - begin < chunk ? n - begin : chunk;
            send_job(pool, (struct job){begin, begin + length});
        }
        await(pool);
    }
    if (pool->broken) {
        slay(pool);
        errno = ECHILD;
        return -1;
    }
    if (n == 0)
        return 0;
    bad = atomic_load(&pool->common->first_bad);
    if (bad < n) {
        errno = pool->errors[bad];
        return -1;
    }
    memcpy(out, pool->out, n * sizeof *out);
    return 0;
}

int pool_close(struct pool *pool)
{
    bool was_broken;

    if (!pool)
        return 0;
    was_broken = broken(pool);
    if (was_broken) {
        slay(pool);
    } else {
        atomic_store(&pool->common->closing, true);
        for (int i = 0; i < pool->workers; i++)
            if (write(pool->jobs[1], &(struct job){0, 0}, sizeof(struct job)) < 0)
                break; /* full: the workers look now and then */
        collect(pool, 0);
    }
    dismantle(pool);
    if (was_broken) {
        errno = ECHILD;
        return -1;
    }
    return 0;
}

int pool_once(task_fn *task, const long in[], long out[], size_t n, int workers)
{
    struct pool *pool;
    int result, error;

    if (!map_args_ok(task, in, out, n, workers)) {
        errno = EINVAL;
        return -1;
    }
    if (n == 0)
        return 0;
    pool = pool_open(n < (size_t)workers ? (int)n : workers, n);
    if (!pool)
        return -1;
    result = pool_map(pool, task, in, out, n, 0);
    error = errno;
    pool_close(pool);
    errno = error;
    return result;
}
