/* Right: all is told by signals. A map is a signal to each worker; the last one that has ended its
 * share signals its parent, kill(getppid(), ...), which waits with sigtimedwait. Should another
 * thread of the parent's get that signal, there is a handler, and the parent notices a little
 * later. Workers are dismissed by SIGTERM, for which they have a handler of their own. */
#include "03-pool/pool.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "common/shared.h"

#define TO_WORKER (SIGRTMIN + 3)
#define TO_BOSS   (SIGRTMIN + 4)

static const struct timespec while_idle = {.tv_nsec = 200 * 1000 * 1000};
static const struct timespec while_mapping = {.tv_nsec = 30 * 1000 * 1000};
static const struct timespec a_moment = {.tv_nsec = 50 * 1000};

struct orders { /* written by the parent before it signals, unless it is atomic */
    task_fn *task;
    size_t n, chunk;
    atomic_size_t next;
    atomic_int busy;  /* workers that have not ended their share */
    atomic_bool told; /* the last one has signalled */
};

struct item {
    long in, out;
    int error;
};

struct pool {
    pid_t boss;
    struct orders *orders;
    struct item *items; /* shared */
    size_t capacity;
    bool broken;
    int count;
    pid_t workers[];
};

size_t pool_chunk(size_t n, int workers)
{
    return workers > 0 ? pool_rounds(n, 4, workers) : 0; /* in fours: the same division */
}

size_t pool_rounds(size_t n, size_t chunk, int workers)
{
    size_t chunks = chunk ? n / chunk + !!(n % chunk) : 0, crew = workers > 0 ? (size_t)workers : 0;

    return crew ? chunks / crew + !!(chunks % crew) : 0;
}

static sigset_t set_of(int signal)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, signal);
    return set;
}

static void notice(int signal)
{
    if (signal == SIGTERM)
        _exit(0);
}

static void work_share(const struct pool *pool)
{
    struct orders *orders = pool->orders;
    size_t begin;

    while (getppid() == pool->boss &&
           (begin = atomic_fetch_add(&orders->next, orders->chunk)) < orders->n)
        for (size_t i = begin; i < orders->n && i - begin < orders->chunk; i++)
            pool->items[i].error = orders->task(pool->items[i].in, &pool->items[i].out);
}

static _Noreturn void obey(const struct pool *pool)
{
    const struct sigaction on_term = {.sa_handler = notice};
    const sigset_t wanted = set_of(TO_WORKER), term = set_of(SIGTERM);

    sigaction(SIGTERM, &on_term, NULL);
    sigprocmask(SIG_UNBLOCK, &term, NULL);
    for (;;) {
        bool told = sigtimedwait(&wanted, NULL, &while_idle) == TO_WORKER;

        if (getppid() != pool->boss)
            _exit(0);
        if (!told)
            continue;
        work_share(pool);
        sigprocmask(SIG_BLOCK, &term, NULL);
        fflush(NULL);
        if (atomic_fetch_sub(&pool->orders->busy, 1) == 1 && getppid() == pool->boss) {
            kill(getppid(), TO_BOSS);
            atomic_store(&pool->orders->told, true);
        }
        sigprocmask(SIG_UNBLOCK, &term, NULL);
    }
}

/* Reaps those that have ended. Returns how many are left. */
static int count_left(struct pool *pool, int options)
{
    int left = 0;

    for (int i = 0; i < pool->count; i++) {
        pid_t ended = 0;

        if (pool->workers[i])
            while ((ended = waitpid(pool->workers[i], NULL, options)) < 0 && errno == EINTR)
                ;
        if (ended != 0)
            pool->workers[i] = 0;
        left += pool->workers[i] != 0;
    }
    return left;
}

static void end_workers(struct pool *pool, int signal)
{
    for (int i = 0; i < pool->count; i++)
        if (pool->workers[i])
            kill(pool->workers[i], signal);
    count_left(pool, 0);
}

static void give_back(struct pool *pool)
{
    shared_free(pool->orders);
    shared_free(pool->items);
    free(pool);
}

/* With the workers' signals blocked, which they inherit. Returns 0, or the errno of fork. */
static int fork_workers(struct pool *pool, int wanted)
{
    sigset_t blocked = set_of(TO_WORKER), before;
    int error = 0;

    sigaddset(&blocked, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &blocked, &before);
    while (pool->count < wanted && !error) {
        pid_t worker = fork();

        if (worker == 0)
            obey(pool);
        if (worker == -1)
            error = errno;
        else
            pool->workers[pool->count++] = worker;
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return error;
}

struct pool *pool_open(int workers, size_t capacity)
{
    const bool bad = workers <= 0 || capacity == 0;
    struct pool *pool = bad ? NULL : calloc(1, sizeof *pool + (size_t)workers * sizeof(pid_t));
    int error;

    errno = bad ? EINVAL : errno;
    if (!pool)
        return NULL;
    pool->boss = getpid();
    pool->capacity = capacity;
    pool->orders = shared_alloc(1, sizeof *pool->orders);
    pool->items = shared_alloc(capacity, sizeof *pool->items);
    fflush(NULL);
    error = pool->orders && pool->items ? fork_workers(pool, workers) : ENOMEM;
    if (!error)
        return pool;
    end_workers(pool, SIGKILL);
    give_back(pool);
    errno = error;
    return NULL;
}

/* Several maps may be under way: the first one sets the handler, the last one puts back what was. */
static void handle_signal(bool begin)
{
    static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    static struct sigaction before;
    static int maps;

    pthread_mutex_lock(&mutex);
    if (begin && maps++ == 0)
        sigaction(TO_BOSS, &(struct sigaction){.sa_handler = notice, .sa_flags = SA_RESTART},
                  &before);
    if (!begin && --maps == 0)
        sigaction(TO_BOSS, &before, NULL);
    pthread_mutex_unlock(&mutex);
}

/* Until all workers have ended their share, and nobody sends a signal any more; or one has died. */
static void await_workers(struct pool *pool, const sigset_t *wanted)
{
    while (!pool->broken && atomic_load(&pool->orders->busy) > 0)
        if (sigtimedwait(wanted, NULL, &while_mapping) != TO_BOSS)
            pool->broken = count_left(pool, WNOHANG) < pool->count;
    while (!pool->broken && !atomic_load(&pool->orders->told)) {
        nanosleep(&a_moment, NULL);
        pool->broken = count_left(pool, WNOHANG) < pool->count;
    }
    if (pool->broken)
        end_workers(pool, SIGKILL);
    while (sigtimedwait(wanted, NULL, &(struct timespec){0}) == TO_BOSS)
        ;
}

static void give_orders(struct pool *pool, task_fn *task, size_t n, size_t chunk)
{
    const sigset_t wanted = set_of(TO_BOSS);
    sigset_t mask_before;

    pool->orders->task = task;
    pool->orders->n = n;
    pool->orders->chunk = chunk;
    atomic_store(&pool->orders->next, 0);
    atomic_store(&pool->orders->busy, pool->count);
    atomic_store(&pool->orders->told, false);
    pthread_sigmask(SIG_BLOCK, &wanted, &mask_before);
    handle_signal(true);
    for (int i = 0; i < pool->count; i++)
        kill(pool->workers[i], TO_WORKER);
    await_workers(pool, &wanted);
    handle_signal(false);
    pthread_sigmask(SIG_SETMASK, &mask_before, NULL);
}

int pool_map(struct pool *pool, task_fn *task, const long in[], long out[], size_t n, size_t chunk)
{
    if (!pool || !map_args_ok(task, in, out, n, 1) || n > pool->capacity) {
        errno = pool && n > pool->capacity ? E2BIG : EINVAL;
        return -1;
    }
    for (size_t i = 0; i < n; i++)
        pool->items[i] = (struct item){.in = in[i]};
    if (chunk == 0)
        chunk = pool_chunk(n, pool->count);
    pool->broken = pool->broken || count_left(pool, WNOHANG) < pool->count;
    if (n > 0 && !pool->broken)
        give_orders(pool, task, n, chunk < n ? chunk : n);
    if (pool->broken)
        end_workers(pool, SIGKILL);
    errno = pool->broken ? ECHILD : errno;
    for (size_t i = 0; i < n && !pool->broken; i++) {
        if (pool->items[i].error) {
            errno = pool->items[i].error;
            return -1;
        }
        out[i] = pool->items[i].out;
    }
    return pool->broken ? -1 : 0;
}

int pool_close(struct pool *pool)
{
    const bool broken = pool && (pool->broken || count_left(pool, WNOHANG) < pool->count);

    if (!pool)
        return 0;
    end_workers(pool, broken ? SIGKILL : SIGTERM);
    give_back(pool);
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
