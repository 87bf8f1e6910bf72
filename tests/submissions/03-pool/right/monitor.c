/* Right: a monitor: one robust mutex and two condition variables, shared among processes. What the
 * processes share is read and written with the mutex held, without atomics; tasks run outside. Who
 * finds that the holder has died takes the mutex over. */
#include "03-pool/pool.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/shared.h"

struct monitor {
    pthread_mutex_t mutex;
    pthread_cond_t work, finished;
    pid_t parent;
    task_fn *task;
    size_t n, chunk, next, lowest;
    int error;
    unsigned long round;
    int present; /* workers that have not finished this round */
    bool over;
};

struct pool {
    struct monitor *m;
    long *in, *out;
    size_t capacity;
    int workers;
    bool broken;
    pid_t pids[];
};

static size_t divide_up(size_t a, size_t b)
{
    return a / b + (a % b > 0);
}

size_t pool_chunk(size_t n, int workers)
{
    return workers < 1 ? 0 : divide_up(n, (size_t)workers * 4);
}

size_t pool_rounds(size_t n, size_t chunk, int workers)
{
    return workers < 1 || chunk == 0 ? 0 : divide_up(divide_up(n, chunk), (size_t)workers);
}

static void enter(struct monitor *m)
{
    if (pthread_mutex_lock(&m->mutex) == EOWNERDEAD)
        pthread_mutex_consistent(&m->mutex);
}

static void wait_on(struct monitor *m, pthread_cond_t *cond, long ms)
{
    struct timespec until = clock_timespec(clock_wall() + ms * NS_PER_MS);

    if (pthread_cond_timedwait(cond, &m->mutex, &until) == EOWNERDEAD)
        pthread_mutex_consistent(&m->mutex);
}

static void run_round(struct pool *pool)
{
    struct monitor *m = pool->m;

    while (m->next < m->n && m->next <= m->lowest && getppid() == m->parent) {
        size_t from = m->next, to = m->n - from < m->chunk ? m->n : from + m->chunk;

        m->next = to;
        pthread_mutex_unlock(&m->mutex);
        for (; from < to; from++) {
            int error = m->task(pool->in[from], &pool->out[from]);

            if (!error)
                continue;
            enter(m);
            m->error = from < m->lowest ? error : m->error;
            m->lowest = from < m->lowest ? from : m->lowest;
            pthread_mutex_unlock(&m->mutex);
            break;
        }
        enter(m);
    }
}

static _Noreturn void worker(struct pool *pool)
{
    struct monitor *m = pool->m;
    unsigned long round = 0;

    enter(m);
    for (;;) {
        while (m->round == round && !m->over) {
            wait_on(m, &m->work, 300);
            if (getppid() != m->parent)
                m->over = true;
        }
        if (m->over) {
            pthread_mutex_unlock(&m->mutex);
            _exit(0);
        }
        round = m->round;
        run_round(pool);
        pthread_mutex_unlock(&m->mutex);
        fflush(NULL);
        enter(m);
        if (--m->present == 0)
            pthread_cond_signal(&m->finished);
    }
}

static bool lost(struct pool *pool, int options)
{
    bool any = false;

    for (int i = 0; i < pool->workers; i++) {
        pid_t got;

        if (pool->pids[i] == 0)
            continue;
        do
            got = waitpid(pool->pids[i], NULL, options);
        while (got < 0 && errno == EINTR);
        any |= got != 0;
        pool->pids[i] = got != 0 ? 0 : pool->pids[i];
    }
    return any;
}

static void massacre(struct pool *pool)
{
    for (int i = 0; i < pool->workers; i++)
        if (pool->pids[i] != 0)
            kill(pool->pids[i], SIGKILL);
    lost(pool, 0);
}

static void destroy(struct pool *pool)
{
    shared_free(pool->m);
    shared_free(pool->in);
    shared_free(pool->out);
    free(pool);
}

static void prepare(struct monitor *m)
{
    pthread_mutexattr_t ma;
    pthread_condattr_t ca;

    pthread_mutexattr_init(&ma);
    pthread_mutexattr_setpshared(&ma, PTHREAD_PROCESS_SHARED);
    pthread_mutexattr_setrobust(&ma, PTHREAD_MUTEX_ROBUST);
    pthread_mutex_init(&m->mutex, &ma);
    pthread_condattr_init(&ca);
    pthread_condattr_setpshared(&ca, PTHREAD_PROCESS_SHARED);
    pthread_condattr_setclock(&ca, CLOCK_MONOTONIC);
    pthread_cond_init(&m->work, &ca);
    pthread_cond_init(&m->finished, &ca);
    m->parent = getpid();
}

struct pool *pool_open(int workers, size_t capacity)
{
    struct pool *pool;
    int error = ENOMEM;

    if (workers < 1 || capacity < 1) {
        errno = EINVAL;
        return NULL;
    }
    if (!(pool = calloc(1, sizeof *pool + (size_t)workers * sizeof(pid_t))))
        return NULL;
    pool->capacity = capacity;
    pool->m = shared_alloc(1, sizeof *pool->m);
    pool->in = shared_alloc(capacity, sizeof(long));
    pool->out = shared_alloc(capacity, sizeof(long));
    if (!pool->m || !pool->in || !pool->out)
        goto fail;
    prepare(pool->m);
    fflush(NULL);
    for (; pool->workers < workers; pool->workers++) {
        pid_t pid = fork();

        if (pid == 0)
            worker(pool);
        if (pid == -1) {
            error = errno;
            massacre(pool);
            goto fail;
        }
        pool->pids[pool->workers] = pid;
    }
    return pool;
fail:
    destroy(pool);
    errno = error;
    return NULL;
}

/* The mutex may be held by a worker that has been killed, so the parent enters as all others do. */
static int map(struct pool *pool, task_fn *task, size_t n, size_t chunk)
{
    struct monitor *m = pool->m;
    int error;

    enter(m);
    m->task = task;
    m->n = m->lowest = n;
    m->chunk = chunk;
    m->next = 0;
    m->error = 0;
    m->present = pool->workers;
    m->round++;
    pthread_cond_broadcast(&m->work);
    while (m->present > 0 && !pool->broken) {
        wait_on(m, &m->finished, 50);
        if (m->present > 0)
            pool->broken = lost(pool, WNOHANG);
    }
    error = m->error;
    pthread_mutex_unlock(&m->mutex);
    return error;
}

int pool_map(struct pool *pool, task_fn *task, const long in[], long out[], size_t n, size_t chunk)
{
    int error = 0;

    if (!pool || !task || (n && (!in || !out))) {
        errno = EINVAL;
        return -1;
    }
    if (n > pool->capacity) {
        errno = E2BIG;
        return -1;
    }
    pool->broken |= lost(pool, WNOHANG);
    if (!pool->broken && n > 0) {
        memcpy(pool->in, in, n * sizeof *in);
        error = map(pool, task, n, chunk ? chunk : pool_chunk(n, pool->workers));
    }
    if (pool->broken) {
        massacre(pool);
        error = ECHILD;
    }
    if (!error && n > 0)
        memcpy(out, pool->out, n * sizeof *out);
    errno = error ? error : errno;
    return error ? -1 : 0;
}

int pool_close(struct pool *pool)
{
    bool broken = pool && (lost(pool, WNOHANG) || pool->broken);

    if (!pool)
        return 0;
    if (broken) {
        massacre(pool);
    } else {
        enter(pool->m);
        pool->m->over = true;
        pthread_cond_broadcast(&pool->m->work);
        pthread_mutex_unlock(&pool->m->mutex);
        lost(pool, 0);
    }
    destroy(pool);
    if (broken)
        errno = ECHILD;
    return broken ? -1 : 0;
}

int pool_once(task_fn *task, const long in[], long out[], size_t n, int workers)
{
    struct pool *pool;
    int result, kept;

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
    kept = errno;
    pool_close(pool);
    errno = kept;
    return result;
}
