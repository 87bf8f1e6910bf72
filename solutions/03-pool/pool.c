#include "03-pool/pool.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "03-pool/pool_state.h"

/* Defined further down: the functions stand in the order of a pool's life. */
static _Noreturn void worker_main(const struct pool *pool, int me);
static void work_off(const struct pool *pool);
static void kill_workers(struct pool *pool);

size_t pool_chunk(size_t n, int workers)
{
    /* TODO(1): Cut n tasks into four chunks for each worker, and round the length of a chunk up.
     * pool.h says when the answer is 0. */
    /* answer:
    errno = ENOSYS;
    return 0; */
    size_t chunks;

    if (workers < 1)
        return 0;
    chunks = 4 * (size_t)workers;
    return n / chunks + (n % chunks != 0);
    /* end of answer */
}

size_t pool_rounds(size_t n, size_t chunk, int workers)
{
    /* TODO(2): How many chunks are there? How many does the busiest worker get? Round up twice. */
    /* answer:
    errno = ENOSYS;
    return 0; */
    size_t chunks;

    if (chunk == 0 || workers < 1)
        return 0;
    chunks = n / chunk + (n % chunk != 0);
    return chunks / (size_t)workers + (chunks % (size_t)workers != 0);
    /* end of answer */
}

struct pool *pool_open(int workers, size_t capacity)
{
    /* TODO(3): Refuse bad arguments. pool_allocate, flush stdio (why? lab 02), fork the workers.
     * Note each child in children[] and count it in pool->workers. A child runs worker_main and
     * never returns. If a fork fails, undo it all (kill_workers, pool_free: both keep errno). */
    /* answer:
    errno = ENOSYS;
    return NULL; */
    struct pool *pool;

    if (workers < 1 || capacity < 1) {
        errno = EINVAL;
        return NULL;
    }
    pool = pool_allocate(workers, capacity);
    if (!pool)
        return NULL;
    fflush(NULL);
    while (pool->workers < workers) {
        pid_t child = fork();

        if (child == 0)
            worker_main(pool, pool->workers);
        if (child == -1) {
            kill_workers(pool);
            pool_free(pool);
            return NULL;
        }
        pool->children[pool->workers++] = child;
    }
    return pool;
    /* end of answer */
}

/* The whole life of worker number `me`. */
static _Noreturn void worker_main(const struct pool *pool, int me)
{
    /* TODO(4): Wait for start[me], a while at a time (WORKER_LOOKS_MS). Leave with _exit(2) if the
     * parent is gone (getppid(2) is no longer board->owner) or the pool is closing. Otherwise work
     * off the map, flush what its tasks printed (fflush(3)) and take yourself off `running`: the
     * worker that brings it to 0 posts `done`. Then wait for the next map. */
    /* answer:
    _exit(1); */
    struct board *board = pool->board;

    for (;;) {
        while (!semaphore_wait(&board->start[me], WORKER_LOOKS_MS))
            if (getppid() != board->owner)
                _exit(0);
        if (board->closing)
            _exit(0);
        work_off(pool);
        fflush(NULL);
        if (atomic_fetch_sub(&board->running, 1) == 1)
            sem_post(&board->done);
    }
    /* end of answer */
}

/* In a worker: takes chunks off the board until none is left. */
static void work_off(const struct pool *pool)
{
    /* TODO(5): Take the next chunk by adding its length to board->next (atomic_fetch_add: no two
     * workers get the same). Run its tasks, each from in[i] to out[i], and store in error[i] what
     * the task returned; if that is not 0, call board_note_failure. Tasks after first_bad need not
     * be run. Stop when nothing is left, or when the parent is gone. */
    /* answer: */
    struct board *board = pool->board;

    while (getppid() == board->owner) {
        size_t begin = atomic_fetch_add(&board->next, board->chunk);
        size_t end = begin + board->chunk < board->n ? begin + board->chunk : board->n;

        if (begin >= board->n)
            break;
        for (size_t i = begin; i < end && i < atomic_load(&board->first_bad); i++) {
            pool->error[i] = board->task(pool->in[i], &pool->out[i]);
            if (pool->error[i])
                board_note_failure(board, i);
        }
    }
    /* end of answer */
}

/* Reaps workers: with WNOHANG those that have ended, with 0 all of them, waiting for each to end.
 * Returns how many it reaped. */
static int reap(struct pool *pool, int options)
{
    int reaped = 0;

    /* TODO(6): waitpid(2) for each child that is not reaped yet; EINTR means try again. Set the
     * place of a reaped child to 0: its PID may soon be another process's. */
    /* answer: */
    for (int i = 0; i < pool->workers; i++) {
        pid_t ended;

        if (pool->children[i] == 0)
            continue;
        do
            ended = waitpid(pool->children[i], NULL, options);
        while (ended == -1 && errno == EINTR);
        if (ended == 0) /* WNOHANG: it is still running */
            continue;
        pool->children[i] = 0; /* ended, or (-1) gone: somebody else has reaped it */
        reaped++;
    }
    /* end of answer */
    return reaped;
}

/* Kills and reaps all workers that are left. Keeps errno. */
static void kill_workers(struct pool *pool)
{
    int kept = errno;

    for (int i = 0; i < pool->workers; i++)
        if (pool->children[i] > 0)
            kill(pool->children[i], SIGKILL);
    reap(pool, 0);
    errno = kept;
}

/* Looks whether a worker has died. A pool that has lost one stays broken. */
static bool is_broken(struct pool *pool)
{
    pool->broken |= reap(pool, WNOHANG) > 0;
    return pool->broken;
}

/* Puts a map on the board and wakes every worker. `chunk` is from 1 to n. */
static void start_map(struct pool *pool, task_fn *task, const long in[], size_t n, size_t chunk)
{
    /* TODO(7): Copy in[] to pool->in. Write everything on the board: task, n, chunk, and next,
     * first_bad and running as they are before the first task. Then post every start semaphore. */
    /* answer: */
    struct board *board = pool->board;

    memcpy(pool->in, in, n * sizeof *in);
    board->task = task;
    board->n = n;
    board->chunk = chunk;
    atomic_store(&board->next, 0);
    atomic_store(&board->first_bad, n);
    atomic_store(&board->running, pool->workers);
    for (int i = 0; i < pool->workers; i++)
        sem_post(&board->start[i]);
    /* end of answer */
}

/* Waits until every worker has finished the map, or until one has died: the pool is then broken. */
static void await_map(struct pool *pool)
{
    /* TODO(8): Wait for `done`, a while at a time (PARENT_LOOKS_MS). In between look for dead
     * workers (is_broken): a dead one never takes itself off `running`. */
    /* answer: */
    while (!semaphore_wait(&pool->board->done, PARENT_LOOKS_MS) && !is_broken(pool))
        ;
    /* end of answer */
}

int pool_map(struct pool *pool, task_fn *task, const long in[], long out[], size_t n, size_t chunk)
{
    /* TODO(9): Refuse bad arguments; more tasks than the capacity are E2BIG. Chunk 0 means
     * pool_chunk; a chunk longer than n would only overflow. Unless the pool is broken or there are
     * no tasks, start_map and await_map. If a worker has died, kill the rest and fail with ECHILD.
     * If a task has failed (first_bad), fail with its error. Else copy the results to out[]. */
    /* answer:
    errno = ENOSYS;
    return -1; */
    size_t first_bad;

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
    if (!is_broken(pool) && n > 0) {
        start_map(pool, task, in, n, chunk < n ? chunk : n);
        await_map(pool);
    }
    if (pool->broken) {
        kill_workers(pool);
        errno = ECHILD;
        return -1;
    }
    first_bad = atomic_load(&pool->board->first_bad);
    if (first_bad < n) {
        errno = pool->error[first_bad];
        return -1;
    }
    if (n > 0)
        memcpy(out, pool->out, n * sizeof *out);
    return 0;
    /* end of answer */
}

int pool_close(struct pool *pool)
{
    /* TODO(10): NULL is no error. If the pool is broken, kill the workers that are left. Otherwise
     * say on the board that it is closing, wake and reap all workers. Free it in either case. */
    /* answer:
    errno = ENOSYS;
    return -1; */
    bool broken = pool && is_broken(pool);

    if (!pool)
        return 0;
    if (broken) {
        kill_workers(pool);
    } else {
        pool->board->closing = true;
        for (int i = 0; i < pool->workers; i++)
            sem_post(&pool->board->start[i]);
        reap(pool, 0);
    }
    pool_free(pool);
    if (broken)
        errno = ECHILD;
    return broken ? -1 : 0;
    /* end of answer */
}

int pool_once(task_fn *task, const long in[], long out[], size_t n, int workers)
{
    /* TODO(11): Refuse bad arguments; no tasks need no pool. Open a pool of min(n, workers), map
     * once, close it. pool_close may change errno: keep the map's error. */
    /* answer:
    errno = ENOSYS;
    return -1; */
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
    /* end of answer */
}
