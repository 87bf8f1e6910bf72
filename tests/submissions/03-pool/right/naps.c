/* Right: nobody wakes anybody. Workers and parent nap, and look in between: the workers whether
 * there is a new round, the parent whether all have ended it, or one has died. The longer nothing
 * happens, the longer the naps. */
#include "03-pool/pool.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "common/shared.h"

enum { SHORTEST_US = 200, WORKERS_LONGEST_US = 60 * 1000, PARENTS_LONGEST_US = 20 * 1000 };

/* What all look at. The plain members are written before `round` is raised. */
struct wall {
    task_fn *task;
    size_t n, chunk;
    atomic_uint round;
    atomic_bool over;
    atomic_size_t chunks_taken;
    atomic_size_t worst; /* the lowest index of a task that failed */
    atomic_int ended;    /* workers that have ended the round */
};

struct pool {
    struct wall *wall;
    long *numbers;   /* shared: inputs, which become results */
    int *complaints; /* shared: what tasks returned */
    size_t capacity;
    bool broken;
    int size;
    pid_t staff[];
};

size_t pool_chunk(size_t n, int workers)
{
    return workers < 1 ? 0 : n / 4 / (size_t)workers + (n % (4 * (size_t)workers) > 0);
}

size_t pool_rounds(size_t n, size_t chunk, int workers)
{
    return workers < 1 || chunk == 0 || n == 0 ? 0 : (n - 1) / chunk / (size_t)workers + 1;
}

/* Naps for *us microseconds; the next nap is longer. */
static void nap(long *us, long longest)
{
    struct timespec time = {0, *us * 1000};

    nanosleep(&time, NULL); /* a signal may end it early */
    *us = *us * 3 / 2 < longest ? *us * 3 / 2 : longest;
}

static void take_chunk(const struct pool *pool, size_t from)
{
    struct wall *wall = pool->wall;
    size_t to = wall->n - from < wall->chunk ? wall->n : from + wall->chunk;

    for (size_t i = from; i < to; i++) {
        size_t worst = wall->worst;

        if (i > worst)
            return;
        pool->complaints[i] = wall->task(pool->numbers[i], &pool->numbers[i]);
        while (pool->complaints[i] && i < worst &&
               !atomic_compare_exchange_weak(&wall->worst, &worst, i))
            ;
    }
}

static _Noreturn void serve(const struct pool *pool, pid_t employer)
{
    struct wall *wall = pool->wall;

    for (unsigned seen = 0;; seen++) {
        long us = SHORTEST_US;
        size_t number;

        while (wall->round == seen) {
            if (wall->over || getppid() != employer)
                _exit(0);
            nap(&us, WORKERS_LONGEST_US);
        }
        while ((number = atomic_fetch_add(&wall->chunks_taken, 1)) <= (wall->n - 1) / wall->chunk &&
               getppid() == employer)
            take_chunk(pool, number * wall->chunk);
        fflush(NULL);
        atomic_fetch_add(&wall->ended, 1);
    }
}

/* Counts the workers that are gone. */
static int count_gone(struct pool *pool)
{
    int gone = 0;

    for (int i = 0; i < pool->size; i++) {
        pid_t pid = pool->staff[i] ? waitpid(pool->staff[i], NULL, WNOHANG) : 0;

        if (pid != 0)
            pool->staff[i] = 0;
        gone += pool->staff[i] == 0;
    }
    return gone;
}

static void dismiss(struct pool *pool, bool by_force)
{
    long us = SHORTEST_US;

    pool->wall->over = true;
    for (int i = 0; i < pool->size && by_force; i++)
        if (pool->staff[i])
            kill(pool->staff[i], SIGKILL);
    while (count_gone(pool) < pool->size)
        nap(&us, PARENTS_LONGEST_US);
}

static void tear_down(struct pool *pool)
{
    shared_free(pool->wall);
    shared_free(pool->numbers);
    shared_free(pool->complaints);
    free(pool);
}

struct pool *pool_open(int workers, size_t capacity)
{
    struct pool *pool;
    pid_t employer = getpid();

    if (workers < 1 || capacity == 0) {
        errno = EINVAL;
        return NULL;
    }
    if (!(pool = calloc(1, sizeof *pool + (size_t)workers * sizeof(pid_t))))
        return NULL;
    pool->capacity = capacity;
    pool->wall = shared_alloc(1, sizeof *pool->wall);
    pool->numbers = shared_alloc(capacity, sizeof *pool->numbers);
    pool->complaints = shared_alloc(capacity, sizeof *pool->complaints);
    if (!pool->wall || !pool->numbers || !pool->complaints) {
        tear_down(pool);
        errno = ENOMEM;
        return NULL;
    }
    fflush(NULL);
    for (; pool->size < workers; pool->size++) {
        int error;

        pool->staff[pool->size] = fork();
        if (pool->staff[pool->size] == 0)
            serve(pool, employer);
        if (pool->staff[pool->size] > 0)
            continue;
        error = errno;
        dismiss(pool, true);
        tear_down(pool);
        errno = error;
        return NULL;
    }
    return pool;
}

static void play_round(struct pool *pool, task_fn *task, const long in[], size_t n, size_t chunk)
{
    struct wall *wall = pool->wall;
    long us = SHORTEST_US;

    memcpy(pool->numbers, in, n * sizeof *in);
    wall->task = task;
    wall->n = n;
    wall->chunk = chunk;
    wall->chunks_taken = 0;
    wall->worst = n;
    wall->ended = 0;
    wall->round++;
    while (wall->ended < pool->size && !(pool->broken = count_gone(pool) > 0))
        nap(&us, PARENTS_LONGEST_US);
}

int pool_map(struct pool *pool, task_fn *task, const long in[], long out[], size_t n, size_t chunk)
{
    if (!pool || !map_args_ok(task, in, out, n, 1)) {
        errno = EINVAL;
        return -1;
    }
    if (n > pool->capacity) {
        errno = E2BIG;
        return -1;
    }
    if (!pool->broken)
        pool->broken = count_gone(pool) > 0;
    if (!pool->broken && n > 0)
        play_round(pool, task, in, n, chunk ? chunk : pool_chunk(n, pool->size));
    if (pool->broken) {
        dismiss(pool, true);
        errno = ECHILD;
        return -1;
    }
    if (n > 0 && pool->wall->worst < n) {
        errno = pool->complaints[pool->wall->worst];
        return -1;
    }
    for (size_t i = 0; i < n; i++)
        out[i] = pool->numbers[i];
    return 0;
}

int pool_close(struct pool *pool)
{
    bool broken;

    if (!pool)
        return 0;
    broken = pool->broken || count_gone(pool) > 0;
    dismiss(pool, broken);
    tear_down(pool);
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
