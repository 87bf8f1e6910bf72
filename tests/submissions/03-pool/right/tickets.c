/* Right: one queue for all workers, as CPython's Pool has: a socket that the parent puts tickets into
 * (a chunk each) and free workers take them from, and a second one for what they have done. Datagrams:
 * each is taken whole, by one worker. Numbers and results lie in shared memory. */
#include "03-pool/pool.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/shared.h"

enum { PARENT_LOOKS_MS = 40, WORKER_LOOKS_MS = 200 };

struct ticket {
    task_fn *task;
    size_t begin, end; /* when it comes back, `end` is the first task that was not done */
    int error;         /* of that task, when it comes back; 0: all are done */
};

struct pool {
    pid_t owner;
    int queue[2], done[2]; /* the parent writes to queue[0], reads from done[0] */
    size_t capacity;
    long *in, *out; /* shared: in[] is the parent's, out[i] the worker's that has the ticket */
    bool broken;
    int workers;
    pid_t crew[]; /* 0: reaped */
};

size_t pool_chunk(size_t n, int workers)
{
    size_t divisor = 4 * (size_t)(workers < 1 ? 1 : workers), chunk = n / divisor;

    if (workers < 1)
        return 0;
    return chunk * divisor == n ? chunk : chunk + 1;
}

size_t pool_rounds(size_t n, size_t chunk, int workers)
{
    size_t rounds = 0, chunks = chunk ? n / chunk + !!(n % chunk) : 0;

    if (workers < 1)
        return 0;
    rounds = chunks / (size_t)workers;
    return rounds * (size_t)workers == chunks ? rounds : rounds + 1;
}

static _Noreturn void live(const struct pool *pool)
{
    for (;;) {
        struct ticket ticket;
        ssize_t length = recv(pool->queue[1], &ticket, sizeof ticket, 0);
        size_t i;

        if (getppid() != pool->owner || length == 0)
            _exit(0);
        if (length < 0)
            continue; /* a signal, or some time has passed */
        for (i = ticket.begin; i < ticket.end; i++)
            if ((ticket.error = ticket.task(pool->in[i], &pool->out[i])))
                break;
        ticket.end = i;
        fflush(NULL);
        while (send(pool->done[1], &ticket, sizeof ticket, MSG_NOSIGNAL) < 0)
            if (errno != EINTR)
                _exit(1);
    }
}

/* Reaps those who have ended; with `all`, waits until everybody has. */
static int reap(struct pool *pool, bool all)
{
    int reaped = 0;

    for (int i = 0; i < pool->workers; i++) {
        pid_t child = pool->crew[i], ended;

        do
            ended = child ? waitpid(child, NULL, all ? 0 : WNOHANG) : 0;
        while (ended < 0 && errno == EINTR);
        if (ended != 0) {
            pool->crew[i] = 0;
            reaped++;
        }
    }
    return reaped;
}

static void break_up(struct pool *pool)
{
    for (int i = 0; i < pool->workers; i++)
        if (pool->crew[i] > 0)
            kill(pool->crew[i], SIGKILL);
    reap(pool, true);
}

static void dispose(struct pool *pool)
{
    for (int i = 0; i < 2; i++) {
        if (pool->queue[i] >= 0)
            close(pool->queue[i]);
        if (pool->done[i] >= 0)
            close(pool->done[i]);
    }
    shared_free(pool->in);
    shared_free(pool->out);
    free(pool);
}

/* Everything but the workers. */
static struct pool *build(int workers, size_t capacity)
{
    struct pool *pool = calloc(1, sizeof *pool + (size_t)workers * sizeof pool->crew[0]);
    struct timeval while_asleep = {.tv_usec = WORKER_LOOKS_MS * 1000};

    if (!pool)
        return NULL;
    pool->owner = getpid();
    pool->capacity = capacity;
    pool->queue[0] = pool->queue[1] = pool->done[0] = pool->done[1] = -1;
    pool->in = shared_alloc(capacity, sizeof *pool->in);
    pool->out = shared_alloc(capacity, sizeof *pool->out);
    if (!pool->in || !pool->out || socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pool->queue) < 0 ||
        socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pool->done) < 0) {
        dispose(pool);
        errno = ENOMEM;
        return NULL;
    }
    setsockopt(pool->queue[1], SOL_SOCKET, SO_RCVTIMEO, &while_asleep, sizeof while_asleep);
    return pool;
}

struct pool *pool_open(int workers, size_t capacity)
{
    struct pool *pool;

    if (workers < 1 || capacity < 1) {
        errno = EINVAL;
        return NULL;
    }
    pool = build(workers, capacity);
    if (!pool)
        return NULL;
    fflush(NULL);
    for (int i = 0; i < workers; i++) {
        pid_t child = fork();

        if (child == 0)
            live(pool);
        if (child < 0) {
            int error = errno;

            break_up(pool);
            dispose(pool);
            errno = error;
            return NULL;
        }
        pool->crew[i] = child;
        pool->workers = i + 1;
    }
    return pool;
}

/* Waits for tickets that come back, a while at most, and takes in all there are. Lowers *bad and sets
 * *error if a task failed. Returns how many came. */
static size_t take_in(struct pool *pool, size_t *bad, int *error)
{
    struct pollfd look = {.fd = pool->done[0], .events = POLLIN};
    struct ticket ticket;
    size_t came = 0;

    poll(&look, 1, PARENT_LOOKS_MS);
    while (recv(pool->done[0], &ticket, sizeof ticket, MSG_DONTWAIT) == sizeof ticket) {
        came++;
        if (ticket.error && ticket.end < *bad) {
            *bad = ticket.end;
            *error = ticket.error;
        }
    }
    return came;
}

int pool_map(struct pool *pool, task_fn *task, const long in[], long out[], size_t n, size_t chunk)
{
    size_t next = 0, under_way = 0, bad = n;
    int error = 0;

    if (!pool || !map_args_ok(task, in, out, n, 1) || n > pool->capacity) {
        errno = pool && n > pool->capacity ? E2BIG : EINVAL;
        return -1;
    }
    if (n > 0)
        memcpy(pool->in, in, n * sizeof *in);
    chunk = chunk ? chunk : pool_chunk(n, pool->workers);
    pool->broken |= reap(pool, false) > 0;
    while (!pool->broken && (under_way > 0 || (next < n && !error))) {
        while (next < n && !error) {
            struct ticket ticket = {task, next, n - next < chunk ? n : next + chunk, 0};

            if (send(pool->queue[0], &ticket, sizeof ticket, MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
                break; /* the queue is full: later */
            next = ticket.end;
            under_way++;
        }
        under_way -= take_in(pool, &bad, &error);
        pool->broken = reap(pool, false) > 0; /* also of those that had nothing to do */
    }
    if (pool->broken) {
        break_up(pool);
        errno = ECHILD;
        return -1;
    }
    if (error) {
        errno = error;
        return -1;
    }
    if (n > 0)
        memcpy(out, pool->out, n * sizeof *out);
    return 0;
}

int pool_close(struct pool *pool)
{
    bool broken;

    if (!pool)
        return 0;
    broken = reap(pool, false) > 0 || pool->broken;
    if (broken)
        break_up(pool);
    shutdown(pool->queue[0], SHUT_RDWR); /* the end of the queue, for everybody who has it */
    reap(pool, true);
    dispose(pool);
    if (broken)
        errno = ECHILD;
    return broken ? -1 : 0;
}

int pool_once(task_fn *task, const long in[], long out[], size_t n, int workers)
{
    struct pool *pool;
    int failed, error;

    if (!map_args_ok(task, in, out, n, workers)) {
        errno = EINVAL;
        return -1;
    }
    if (n == 0)
        return 0;
    pool = pool_open(n < (size_t)workers ? (int)n : workers, n);
    if (!pool)
        return -1;
    failed = pool_map(pool, task, in, out, n, 0);
    error = errno;
    pool_close(pool);
    errno = error;
    return failed;
}
