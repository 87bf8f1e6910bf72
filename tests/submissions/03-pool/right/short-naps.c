/* Right: everybody naps for a millisecond, and looks: again and again, however long it takes. That
 * costs some CPU time, which adds up, but nobody spins. Chunks are fetched behind a door (a lock
 * made of an atomic flag), and the lowest failure is looked for. */
#include "03-pool/pool.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/shared.h"

/* The parent sets `ordered`, the worker sets `served` to the same number when it is done. */
struct desk {
    atomic_ulong ordered, served;
};

struct task_state {
    long in, out;
    atomic_int error;
};

struct hall {
    task_fn *task;
    size_t n, chunk;
    atomic_flag door; /* guards `next`; held for a moment only */
    size_t next;
    atomic_bool closing, trouble;
    struct desk desk[];
};

struct pool {
    struct hall *hall;
    struct task_state *tasks;
    size_t capacity;
    unsigned long orders;
    pid_t owner;
    bool broken;
    int workers;
    pid_t clerk[];
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

static void nap(void)
{
    clock_sleep(NS_PER_MS);
}

/* The lowest task that has failed so far among those before `end`. */
static size_t failure(const struct pool *pool, size_t end)
{
    size_t i = 0;

    while (i < end && pool->tasks[i].error == 0)
        i++;
    return i;
}

static size_t take(struct hall *hall)
{
    size_t mine;

    while (atomic_flag_test_and_set(&hall->door))
        clock_sleep(1000);
    mine = hall->next;
    hall->next = hall->n - mine > hall->chunk ? mine + hall->chunk : hall->n;
    atomic_flag_clear(&hall->door);
    return mine;
}

static void work_through(struct pool *pool)
{
    struct hall *hall = pool->hall;

    for (;;) {
        size_t begin, end;

        if (getppid() != pool->owner)
            return;
        begin = take(hall);
        if (begin == hall->n || (atomic_load(&hall->trouble) && failure(pool, begin) < begin))
            return;
        end = hall->n - begin > hall->chunk ? begin + hall->chunk : hall->n;
        for (size_t i = begin; i < end; i++) {
            struct task_state *t = &pool->tasks[i];

            t->error = hall->task(t->in, &t->out);
            if (t->error) {
                atomic_store(&hall->trouble, true);
                break;
            }
        }
    }
}

static _Noreturn void clerk_main(struct pool *pool, int me)
{
    struct desk *desk = &pool->hall->desk[me];

    for (;;) {
        unsigned long order = atomic_load(&desk->ordered);

        if (getppid() != pool->owner || atomic_load(&pool->hall->closing))
            _exit(0);
        if (order == atomic_load(&desk->served)) {
            nap();
            continue;
        }
        work_through(pool);
        fflush(NULL);
        atomic_store(&desk->served, order);
    }
}

static bool check_clerk(pid_t *pid, int options)
{
    pid_t got = 0;

    while (*pid > 0 && (got = waitpid(*pid, NULL, options)) == -1 && errno == EINTR)
        ;
    if (got == 0)
        return false;
    *pid = 0;
    return true;
}

static void check_all(struct pool *pool)
{
    for (int k = 0; k < pool->workers; k++)
        if (check_clerk(&pool->clerk[k], WNOHANG))
            pool->broken = true;
}

static void dismiss(struct pool *pool)
{
    for (int k = 0; k < pool->workers; k++)
        if (pool->clerk[k] > 0) {
            kill(pool->clerk[k], SIGKILL);
            check_clerk(&pool->clerk[k], 0);
        }
}

static void sweep_out(struct pool *pool)
{
    shared_free(pool->hall);
    shared_free(pool->tasks);
    free(pool);
}

struct pool *pool_open(int workers, size_t capacity)
{
    const size_t w = (size_t)workers;
    struct pool *pool;

    errno = EINVAL;
    if (workers <= 0 || capacity == 0)
        return NULL;
    pool = calloc(1, sizeof *pool + w * sizeof(pid_t));
    if (!pool)
        return NULL;
    pool->hall = shared_alloc(1, sizeof *pool->hall + w * sizeof(struct desk));
    pool->tasks = shared_alloc(capacity, sizeof *pool->tasks);
    if (!pool->hall || !pool->tasks) {
        sweep_out(pool);
        errno = ENOMEM;
        return NULL;
    }
    pool->capacity = capacity;
    pool->owner = getpid();
    atomic_flag_clear(&pool->hall->door);
    fflush(NULL);
    for (int k = 0; k < workers; k++) {
        pid_t pid = fork();

        if (pid == 0)
            clerk_main(pool, k);
        if (pid == -1) {
            int error = errno;

            dismiss(pool);
            sweep_out(pool);
            errno = error;
            return NULL;
        }
        pool->clerk[k] = pid;
        pool->workers = k + 1;
    }
    return pool;
}

static bool all_served(const struct pool *pool)
{
    for (int k = 0; k < pool->workers; k++)
        if (atomic_load(&pool->hall->desk[k].served) != pool->orders)
            return false;
    return true;
}

int pool_map(struct pool *pool, task_fn *task, const long in[], long out[], size_t n, size_t chunk)
{
    size_t bad;

    errno = EINVAL;
    if (!pool || !task || (n && !(in && out)))
        return -1;
    errno = E2BIG;
    if (pool->capacity < n)
        return -1;
    check_all(pool);
    if (!pool->broken && n) {
        for (size_t i = 0; i < n; i++) {
            pool->tasks[i].in = in[i];
            pool->tasks[i].error = 0;
        }
        atomic_store(&pool->hall->trouble, false);
        pool->hall->task = task;
        pool->hall->n = n;
        pool->hall->chunk = chunk ? chunk : pool_chunk(n, pool->workers);
        pool->hall->next = 0;
        pool->orders++;
        for (int k = 0; k < pool->workers; k++)
            atomic_store(&pool->hall->desk[k].ordered, pool->orders);
        do {
            nap();
            check_all(pool);
        } while (!pool->broken && !all_served(pool));
    }
    if (pool->broken) {
        dismiss(pool);
        errno = ECHILD;
        return -1;
    }
    bad = failure(pool, n);
    if (bad < n)
        return errno = pool->tasks[bad].error, -1;
    for (size_t i = 0; i < n; i++)
        out[i] = pool->tasks[i].out;
    return 0;
}

int pool_close(struct pool *pool)
{
    bool broken;

    if (!pool)
        return 0;
    check_all(pool);
    broken = pool->broken;
    atomic_store(&pool->hall->closing, true);
    if (broken)
        dismiss(pool);
    for (int k = 0; k < pool->workers; k++)
        check_clerk(&pool->clerk[k], 0);
    sweep_out(pool);
    if (broken)
        errno = ECHILD;
    return broken ? -1 : 0;
}

int pool_once(task_fn *task, const long in[], long out[], size_t n, int workers)
{
    struct pool *pool;
    int rc, kept;

    errno = EINVAL;
    if (!map_args_ok(task, in, out, n, workers))
        return -1;
    if (n == 0)
        return 0;
    pool = pool_open(n < (size_t)workers ? (int)n : workers, n);
    if (!pool)
        return -1;
    rc = pool_map(pool, task, in, out, n, 0);
    kept = errno;
    if (pool_close(pool) && rc == 0)
        return -1;
    errno = kept;
    return rc;
}
