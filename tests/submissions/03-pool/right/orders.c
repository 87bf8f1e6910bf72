/* Right: the parent hands out every chunk itself, as an order through a pair of sockets to the
 * worker that is free, and numbers lie in shared memory. An order is short, and the socket it goes
 * into is empty, so it is sent once: no signal comes between. */
#include "03-pool/pool.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/shared.h"

struct order {
    task_fn *task; /* NULL: go home */
    size_t begin, end;
};

struct report {
    size_t bad; /* SIZE_MAX: all went well */
    int error;
};

struct hand {
    pid_t pid; /* 0: reaped */
    int line;
};

struct pool {
    size_t capacity;
    long *numbers; /* shared: inputs, which become results */
    int workers;
    bool broken;
    struct hand hand[];
};

static size_t divide(size_t whole, size_t part)
{
    return whole / part + (whole % part != 0);
}

size_t pool_chunk(size_t n, int workers)
{
    return workers < 1 ? 0 : divide(n, 4 * (size_t)workers);
}

size_t pool_rounds(size_t n, size_t chunk, int workers)
{
    return chunk == 0 || workers < 1 ? 0 : divide(divide(n, chunk), (size_t)workers);
}

static struct report do_chunk(const struct pool *pool, const struct order *order)
{
    struct report report = {SIZE_MAX, 0};

    for (size_t i = order->begin; i < order->end && !report.error; i++) {
        report.error = order->task(pool->numbers[i], &pool->numbers[i]);
        report.bad = report.error ? i : SIZE_MAX;
    }
    fflush(NULL);
    return report;
}

/* Without a parent there is nobody at the other end. */
static _Noreturn void serve(const struct pool *pool, int line)
{
    struct order order;
    struct report report;

    for (;;) {
        ssize_t got = recv(line, &order, sizeof order, 0);

        if (got < 0 && errno == EINTR)
            continue;
        if (got != (ssize_t)sizeof order || !order.task)
            _exit(0);
        report = do_chunk(pool, &order);
        if (send(line, &report, sizeof report, MSG_NOSIGNAL) < 0)
            _exit(0);
    }
}

static int reap(struct pool *pool, int options)
{
    int count = 0;

    for (struct hand *h = pool->hand; h < pool->hand + pool->workers; h++) {
        pid_t got = 0;

        while (h->pid && (got = waitpid(h->pid, NULL, options)) < 0 && errno == EINTR)
            ;
        if (h->pid && got != 0) {
            h->pid = 0;
            count++;
        }
    }
    return count;
}

static void look_for_dead(struct pool *pool)
{
    if (reap(pool, WNOHANG) > 0)
        pool->broken = true;
}

static void kill_all(struct pool *pool)
{
    for (int k = 0; k < pool->workers; k++)
        if (pool->hand[k].pid > 0)
            kill(pool->hand[k].pid, SIGKILL);
    reap(pool, 0);
}

static void dispose(struct pool *pool)
{
    for (int k = 0; k < pool->workers; k++)
        close(pool->hand[k].line);
    shared_free(pool->numbers);
    free(pool);
}

static int hire(struct pool *pool)
{
    struct hand *h = &pool->hand[pool->workers];
    int pair[2], error;

    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair))
        return EAGAIN;
    h->pid = fork();
    if (h->pid == 0) {
        close(pair[0]);
        for (int k = 0; k < pool->workers; k++)
            close(pool->hand[k].line);
        serve(pool, pair[1]);
    }
    error = errno;
    close(pair[1]);
    h->line = pair[0];
    if (h->pid > 0)
        pool->workers++;
    else
        close(h->line);
    return h->pid > 0 ? 0 : error;
}

struct pool *pool_open(int workers, size_t capacity)
{
    struct pool *pool;
    int error;

    errno = EINVAL;
    if (workers < 1 || capacity == 0)
        return NULL;
    pool = calloc(1, sizeof *pool + (size_t)workers * sizeof pool->hand[0]);
    if (!pool)
        return NULL;
    pool->capacity = capacity;
    pool->numbers = shared_alloc(capacity, sizeof(long));
    error = pool->numbers ? 0 : ENOMEM;
    fflush(NULL); /* before all forks */
    for (int k = 0; k < workers && !error; k++)
        error = hire(pool);
    if (!error)
        return pool;
    kill_all(pool);
    dispose(pool);
    errno = error;
    return NULL;
}

struct job {
    task_fn *task;
    size_t n, chunk, next, bad;
    int error, busy;
};

/* Gives a worker the next chunk, if there is one. */
static void feed(struct pool *pool, struct hand *h, struct job *job)
{
    struct order order = {job->task, job->next, job->n};

    if (job->next >= job->n || job->bad < job->n)
        return;
    if (job->n - job->next > job->chunk)
        order.end = job->next + job->chunk;
    pool->broken |= send(h->line, &order, sizeof order, MSG_NOSIGNAL) < 0;
    job->next = order.end;
    job->busy++;
}

static void hear(struct pool *pool, struct hand *h, struct job *job)
{
    struct report report;
    ssize_t got = recv(h->line, &report, sizeof report, 0);

    pool->broken = got != (ssize_t)sizeof report && !(got < 0 && errno == EINTR);
    if (got != (ssize_t)sizeof report)
        return;
    job->busy--;
    job->error = report.bad < job->bad ? report.error : job->error;
    job->bad = report.bad < job->bad ? report.bad : job->bad;
    feed(pool, h, job);
}

static void manage(struct pool *pool, struct job *job, struct pollfd *bells)
{
    for (int k = 0; k < pool->workers; k++)
        feed(pool, &pool->hand[k], job);
    while (job->busy > 0 && !pool->broken) {
        for (int k = 0; k < pool->workers; k++)
            bells[k] = (struct pollfd){.fd = pool->hand[k].line, .events = POLLIN};
        int some = poll(bells, (nfds_t)pool->workers, 50);
        if (some <= 0)
            look_for_dead(pool);
        for (int k = 0; k < pool->workers && some > 0 && !pool->broken; k++)
            if (bells[k].revents)
                hear(pool, &pool->hand[k], job);
    }
}

int pool_map(struct pool *pool, task_fn *task, const long in[], long out[], size_t n, size_t chunk)
{
    struct job job = {.task = task, .n = n, .bad = n};
    struct pollfd *bells;

    errno = EINVAL;
    if (!pool || !map_args_ok(task, in, out, n, pool->workers))
        return -1;
    errno = E2BIG;
    if (n > pool->capacity)
        return -1;
    job.chunk = chunk ? chunk : pool_chunk(n, pool->workers);
    look_for_dead(pool);
    if (!pool->broken && n > 0) {
        bells = calloc((size_t)pool->workers, sizeof *bells);
        if (!bells)
            return -1;
        memcpy(pool->numbers, in, n * sizeof in[0]);
        manage(pool, &job, bells);
        free(bells);
        look_for_dead(pool);
    }
    if (pool->broken) {
        kill_all(pool);
        errno = ECHILD;
        return -1;
    }
    errno = job.error;
    if (job.bad < n)
        return -1;
    if (n > 0)
        memcpy(out, pool->numbers, n * sizeof out[0]);
    return 0;
}

int pool_close(struct pool *pool)
{
    const struct order home = {0};
    bool broken;

    if (!pool)
        return 0;
    look_for_dead(pool);
    for (int k = 0; k < pool->workers && !pool->broken; k++)
        pool->broken = send(pool->hand[k].line, &home, sizeof home, MSG_NOSIGNAL) < 0;
    broken = pool->broken;
    if (broken)
        kill_all(pool);
    reap(pool, 0);
    dispose(pool);
    if (broken)
        errno = ECHILD;
    return broken ? -1 : 0;
}

int pool_once(task_fn *task, const long in[], long out[], size_t n, int workers)
{
    struct pool *pool;
    int failed, kept;

    errno = EINVAL;
    if (!map_args_ok(task, in, out, n, workers))
        return -1;
    if (n == 0)
        return 0;
    pool = pool_open(n < (size_t)workers ? (int)n : workers, n);
    if (!pool)
        return -1;
    failed = pool_map(pool, task, in, out, n, 0);
    kept = errno;
    if (pool_close(pool))
        return -1; /* with ECHILD, as the map failed then */
    errno = kept;
    return failed;
}
