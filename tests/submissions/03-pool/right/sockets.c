/* Right: a socket to every worker. Jobs and their numbers go there, results come back; no memory is
 * shared. A dead worker is the end of its socket, and so is a dead parent. */
#include "03-pool/pool.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/map.h"

/* How long a worker waits before it looks for its parent: another child of the parent may have a
 * copy of the socket, which then has no end. */
enum { LOOK_MS = 200 };

/* To a worker; `count` numbers follow. */
struct job {
    task_fn *task;
    size_t count;
};

/* From a worker; `done` results follow. */
struct reply {
    size_t done; /* tasks that succeeded before the first that failed */
    int error;   /* of that one; 0: none failed */
};

struct worker {
    pid_t child;
    int socket;
    size_t begin, count; /* the chunk it works on; count 0: none */
};

struct pool {
    int workers; /* how many there are in crew[] */
    bool broken;
    size_t capacity;
    long *numbers; /* room for workers: each has a copy */
    struct worker *crew;
    struct pollfd *polls; /* polls[i] looks at crew[i].socket */
};

size_t pool_chunk(size_t n, int workers)
{
    size_t parts = workers < 1 ? 0 : (size_t)workers * 4;

    return parts == 0 || n == 0 ? 0 : (n - 1) / parts + 1;
}

size_t pool_rounds(size_t n, size_t chunk, int workers)
{
    return n == 0 || chunk == 0 || workers < 1 ? 0 : ((n - 1) / chunk) / (size_t)workers + 1;
}

/* Sends (out) or receives exactly `size` bytes. A worker says who its parent is. Returns false if the
 * other side is gone. */
static bool move(int socket, bool out, const void *data, size_t size, pid_t parent)
{
    char *at = (char *)data;

    while (size > 0) {
        struct pollfd look = {.fd = socket, .events = out ? POLLOUT : POLLIN};
        ssize_t moved = out ? send(socket, at, size, MSG_DONTWAIT | MSG_NOSIGNAL)
                            : recv(socket, at, size, MSG_DONTWAIT);

        if (moved > 0) {
            at += moved;
            size -= (size_t)moved;
        } else if (moved == 0 || (errno != EAGAIN && errno != EINTR)) {
            return false;
        } else {
            poll(&look, 1, parent ? LOOK_MS : -1);
            if (parent && getppid() != parent)
                return false;
        }
    }
    return true;
}

/* `numbers` has room for as many as the pool's capacity. */
static _Noreturn void work(int socket, pid_t parent, long numbers[])
{
    for (;;) {
        struct job job;
        struct reply reply = {0};

        if (!move(socket, false, &job, sizeof job, parent) ||
            !move(socket, false, numbers, job.count * sizeof *numbers, parent))
            _exit(0);
        while (reply.done < job.count && !reply.error) {
            long in = numbers[reply.done];

            reply.error = job.task(in, &numbers[reply.done]);
            reply.done += !reply.error;
        }
        fflush(NULL);
        if (!move(socket, true, &reply, sizeof reply, parent) ||
            !move(socket, true, numbers, reply.done * sizeof *numbers, parent))
            _exit(0);
    }
}

/* Shuts all sockets, so that the workers leave, and reaps them; does not wait for them to leave of
 * their own accord if they are to be killed. (To close a socket is not enough: workers of another
 * pool may have a copy.) */
static void dismiss(struct pool *pool, bool by_force)
{
    for (int i = 0; i < pool->workers; i++) {
        shutdown(pool->crew[i].socket, SHUT_RDWR);
        close(pool->crew[i].socket);
        if (by_force)
            kill(pool->crew[i].child, SIGKILL);
    }
    for (int i = 0; i < pool->workers; i++)
        while (waitpid(pool->crew[i].child, NULL, 0) < 0 && errno == EINTR)
            ;
    pool->workers = 0;
}

static void dispose(struct pool *pool)
{
    free(pool->numbers);
    free(pool->crew);
    free(pool->polls);
    free(pool);
}

/* Adds a worker. Returns 0, or the errno of what failed. */
static int hire(struct pool *pool)
{
    pid_t parent = getpid(), child;
    int ends[2];

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
        return EAGAIN;
    child = fork();
    if (child == 0) {
        close(ends[0]);
        for (int i = 0; i < pool->workers; i++) /* or an elder's socket would not end with us */
            close(pool->crew[i].socket);
        work(ends[1], parent, pool->numbers);
    }
    close(ends[1]);
    if (child < 0) {
        int error = errno;

        close(ends[0]);
        return error;
    }
    pool->crew[pool->workers] = (struct worker){.child = child, .socket = ends[0]};
    pool->polls[pool->workers] = (struct pollfd){.fd = ends[0], .events = POLLIN};
    pool->workers++;
    return 0;
}

struct pool *pool_open(int workers, size_t capacity)
{
    struct pool *pool;
    int error = 0;

    if (workers < 1 || capacity < 1) {
        errno = EINVAL;
        return NULL;
    }
    pool = calloc(1, sizeof *pool);
    if (!pool)
        return NULL;
    pool->capacity = capacity;
    pool->numbers = calloc(capacity, sizeof *pool->numbers);
    pool->crew = calloc((size_t)workers, sizeof *pool->crew);
    pool->polls = calloc((size_t)workers, sizeof *pool->polls);
    if (!pool->numbers || !pool->crew || !pool->polls)
        error = ENOMEM;
    fflush(NULL);
    while (!error && pool->workers < workers)
        error = hire(pool);
    if (!error)
        return pool;
    dismiss(pool, true);
    dispose(pool);
    errno = error;
    return NULL;
}

/* A map under way: what is handed out next, and the first failure so far. */
struct map {
    task_fn *task;
    const long *in;
    long *out;
    size_t n, chunk, next, bad;
    int error;
};

/* Gives the worker the next chunk, if there is one to give. */
static bool hand_out(struct worker *worker, struct map *map)
{
    size_t left = map->n - map->next;
    struct job job = {map->task, left < map->chunk ? left : map->chunk};

    if (left == 0 || map->error)
        return true;
    worker->begin = map->next;
    worker->count = job.count;
    map->next += job.count;
    return move(worker->socket, true, &job, sizeof job, 0) &&
           move(worker->socket, true, map->in + worker->begin, job.count * sizeof *map->in, 0);
}

static bool take_in(struct worker *worker, struct map *map)
{
    struct reply reply;

    if (worker->count == 0 || !move(worker->socket, false, &reply, sizeof reply, 0) ||
        !move(worker->socket, false, map->out + worker->begin, reply.done * sizeof *map->out, 0))
        return false; /* what an idle worker has to say is only that it is dead */
    worker->count = 0;
    if (reply.error && worker->begin + reply.done < map->bad) {
        map->bad = worker->begin + reply.done;
        map->error = reply.error;
    }
    return true;
}

/* Returns true if no worker is busy any more, or if one is dead. */
static bool step(struct pool *pool, struct map *map)
{
    bool busy = false;

    for (int i = 0; i < pool->workers && !pool->broken; i++) {
        if (pool->crew[i].count == 0)
            pool->broken = !hand_out(&pool->crew[i], map);
        busy |= pool->crew[i].count > 0;
    }
    if (pool->broken || !busy)
        return true;
    if (poll(pool->polls, (nfds_t)pool->workers, -1) > 0)
        for (int i = 0; i < pool->workers && !pool->broken; i++)
            if (pool->polls[i].revents)
                pool->broken = !take_in(&pool->crew[i], map);
    return pool->broken;
}

int pool_map(struct pool *pool, task_fn *task, const long in[], long out[], size_t n, size_t chunk)
{
    struct map map = {.task = task, .in = in, .out = out, .n = n, .bad = n};

    if (!pool || !map_args_ok(task, in, out, n, 1) || n > pool->capacity) {
        errno = pool && n > pool->capacity ? E2BIG : EINVAL;
        return -1;
    }
    map.chunk = chunk ? chunk : pool_chunk(n, pool->workers);
    if (!pool->broken) /* nobody has anything to say now, unless it is dead */
        pool->broken = poll(pool->polls, (nfds_t)pool->workers, 0) > 0;
    while (!pool->broken && !step(pool, &map))
        ;
    if (pool->broken)
        dismiss(pool, true);
    if (pool->broken || map.error)
        errno = pool->broken ? ECHILD : map.error;
    return pool->broken || map.error ? -1 : 0;
}

int pool_close(struct pool *pool)
{
    bool broken;

    if (!pool)
        return 0;
    broken = pool->broken || poll(pool->polls, (nfds_t)pool->workers, 0) > 0;
    dismiss(pool, broken);
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
    pool = pool_open((size_t)workers < n ? workers : (int)n, n);
    if (!pool)
        return -1;
    failed = pool_map(pool, task, in, out, n, 0);
    error = errno;
    pool_close(pool);
    errno = error;
    return failed;
}
