/* Right: all workers sleep on one number, the round, in shared memory (futex(2)). A map raises it and
 * wakes them all; each that has done its share raises a second number, on which the parent sleeps. */
#include "03-pool/pool.h"

#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/shared.h"

/* How long a sleep lasts at most: then the sleeper looks whether the others are alive. */
static const struct timespec a_while = {.tv_nsec = 100 * 1000 * 1000};

/* In shared memory. The plain members are written by the parent between two rounds. */
struct hall {
    pid_t owner;
    int workers;
    task_fn *task;
    size_t n, chunk;
    bool closing;
    _Atomic uint32_t round;    /* the parent counts up */
    _Atomic uint32_t finished; /* workers that have finished this round */
    atomic_size_t next;        /* the next chunk, counted from 0 */
    atomic_size_t bad;         /* the lowest task that failed; n: none */
    long cells[]; /* inputs, then outputs: `capacity` of each; an error where it failed */
};

struct pool {
    struct hall *hall;
    size_t capacity;
    bool broken;
    pid_t crew[]; /* hall->workers of them; 0: reaped, or not made */
};

/* Sleeps while *number is `seen`, a while at most. */
static void sleep_on(_Atomic uint32_t *number, uint32_t seen)
{
    syscall(SYS_futex, number, FUTEX_WAIT, seen, &a_while, NULL, 0);
}

static void wake_all(_Atomic uint32_t *number)
{
    syscall(SYS_futex, number, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
}

size_t pool_chunk(size_t n, int workers)
{
    size_t each;

    if (workers < 1)
        return 0;
    /* Rounding up twice is the same as rounding up once by the product. */
    each = n / 4 + (n % 4 > 0);
    return each / (size_t)workers + (each % (size_t)workers > 0);
}

size_t pool_rounds(size_t n, size_t chunk, int workers)
{
    size_t chunks;

    if (chunk < 1 || workers < 1)
        return 0;
    chunks = n / chunk + (n % chunk > 0);
    return chunks / (size_t)workers + (chunks % (size_t)workers > 0);
}

/* Runs chunks until there are none. Those after a task that failed are left out. */
static void run_chunks(struct hall *hall, const long *in, long *out)
{
    size_t chunks = hall->n / hall->chunk + (hall->n % hall->chunk > 0);
    size_t mine;

    while ((mine = atomic_fetch_add(&hall->next, 1)) < chunks) {
        size_t left = hall->n - mine * hall->chunk;
        size_t end = left < hall->chunk ? hall->n : (mine + 1) * hall->chunk;

        for (size_t i = mine * hall->chunk; i < end && i < atomic_load(&hall->bad); i++) {
            int error = hall->task(in[i], &out[i]);
            size_t bad = atomic_load(&hall->bad);

            if (!error)
                continue;
            out[i] = error;
            while (i < bad && !atomic_compare_exchange_weak(&hall->bad, &bad, i))
                ;
        }
        if (getppid() != hall->owner)
            _exit(0);
    }
}

static _Noreturn void live(struct hall *hall, size_t capacity)
{
    for (uint32_t seen = 0;;) {
        uint32_t round = atomic_load(&hall->round);

        if (round == seen) {
            sleep_on(&hall->round, seen);
            if (getppid() != hall->owner)
                _exit(0);
            continue;
        }
        if (hall->closing)
            _exit(0);
        seen = round;
        run_chunks(hall, hall->cells, hall->cells + capacity);
        fflush(NULL);
        if (atomic_fetch_add(&hall->finished, 1) + 1 == (uint32_t)hall->workers)
            wake_all(&hall->finished);
    }
}

/* Reaps whoever has ended; returns true if anybody has, now or before. */
static bool anybody_dead(struct pool *pool)
{
    for (int i = 0; i < pool->hall->workers; i++)
        if (pool->crew[i] > 0 && waitpid(pool->crew[i], NULL, WNOHANG) != 0) {
            pool->crew[i] = 0;
            pool->broken = true;
        }
    return pool->broken;
}

static void reap_all(struct pool *pool, bool kill_them)
{
    for (int i = 0; i < pool->hall->workers; i++)
        if (kill_them && pool->crew[i] > 0)
            kill(pool->crew[i], SIGKILL);
    for (int i = 0; i < pool->hall->workers; i++) {
        while (pool->crew[i] > 0 && waitpid(pool->crew[i], NULL, 0) == -1 && errno == EINTR)
            ;
        pool->crew[i] = 0;
    }
}

static void demolish(struct pool *pool)
{
    shared_free(pool->hall);
    free(pool);
}

struct pool *pool_open(int workers, size_t capacity)
{
    struct pool *pool;
    size_t bytes;

    if (workers < 1 || capacity < 1) {
        errno = EINVAL;
        return NULL;
    }
    pool = calloc(1, sizeof *pool + (size_t)workers * sizeof pool->crew[0]);
    if (!pool)
        return NULL;
    if (__builtin_mul_overflow(capacity, 2 * sizeof(long), &bytes) ||
        __builtin_add_overflow(bytes, sizeof *pool->hall, &bytes) ||
        !(pool->hall = shared_alloc(1, bytes))) {
        free(pool);
        errno = ENOMEM;
        return NULL;
    }
    pool->capacity = capacity;
    pool->hall->owner = getpid();
    pool->hall->workers = workers;
    fflush(NULL);
    for (int i = 0; i < workers; i++) {
        pool->crew[i] = fork();
        if (pool->crew[i] == 0)
            live(pool->hall, capacity);
        if (pool->crew[i] == -1) {
            int error = errno;

            reap_all(pool, true);
            demolish(pool);
            errno = error;
            return NULL;
        }
    }
    return pool;
}

int pool_map(struct pool *pool, task_fn *task, const long in[], long out[], size_t n, size_t chunk)
{
    struct hall *hall;
    uint32_t finished;
    size_t bad;

    if (!pool || !map_args_ok(task, in, out, n, 1) || n > pool->capacity) {
        errno = pool && n > pool->capacity ? E2BIG : EINVAL;
        return -1;
    }
    hall = pool->hall;
    if (n == 0 && !anybody_dead(pool))
        return 0;
    if (!anybody_dead(pool)) {
        memcpy(hall->cells, in, n * sizeof *in);
        hall->task = task;
        hall->n = n;
        hall->chunk = chunk ? chunk : pool_chunk(n, hall->workers);
        atomic_store(&hall->next, 0);
        atomic_store(&hall->bad, n);
        atomic_store(&hall->finished, 0);
        atomic_fetch_add(&hall->round, 1);
        wake_all(&hall->round);
        while ((finished = atomic_load(&hall->finished)) < (uint32_t)hall->workers &&
               !anybody_dead(pool))
            sleep_on(&hall->finished, finished);
    }
    if (pool->broken) {
        reap_all(pool, true);
        errno = ECHILD;
        return -1;
    }
    bad = atomic_load(&hall->bad);
    if (bad < n) {
        errno = (int)hall->cells[pool->capacity + bad];
        return -1;
    }
    memcpy(out, hall->cells + pool->capacity, n * sizeof *out);
    return 0;
}

int pool_close(struct pool *pool)
{
    bool broken;

    if (!pool)
        return 0;
    broken = anybody_dead(pool);
    pool->hall->closing = true;
    atomic_fetch_add(&pool->hall->round, 1);
    wake_all(&pool->hall->round);
    reap_all(pool, broken);
    demolish(pool);
    errno = broken ? ECHILD : errno;
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
