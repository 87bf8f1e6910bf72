#include "03-pool/pool.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "03-pool/board.h"

size_t pool_chunk(size_t n, int workers)
{
    /* TODO(1): Cut n tasks into four chunks for each worker; round the length up. pool.h says when the
     * answer is 0. */
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

/* In a worker: takes chunks off the board until none is left. */
static void work_off(const struct pool *pool)
{
    /* TODO(3): Take the next chunk by adding its length to board->next (atomic_fetch_add: no two
     * workers get the same). Run its tasks, each from in[i] to out[i]; if one fails, put its error
     * into out[i] and call board_note_failure. Tasks after first_bad need not be run. Stop when nothing is
     * left, or when the parent is gone (getppid(2) is no longer board->owner). */
    /* answer: */
    struct board *board = pool->board;

    while (getppid() == board->owner) {
        size_t begin = atomic_fetch_add(&board->next, board->chunk);
        size_t end = begin + board->chunk < board->n ? begin + board->chunk : board->n;

        if (begin >= board->n)
            break;
        for (size_t i = begin; i < end && i < atomic_load(&board->first_bad); i++) {
            int error = board->task(pool->in[i], &pool->out[i]);

            if (error) {
                pool->out[i] = error;
                board_note_failure(board, i);
            }
        }
    }
    /* end of answer */
}

/* The whole life of worker number `me`. */
static _Noreturn void worker_main(const struct pool *pool, int me)
{
    /* TODO(4): Wait for start[me], a while at a time; leave if the parent is gone or the pool is
     * closing. Otherwise work off the map, flush what its tasks printed (fflush(3)), and take
     * yourself off `running`: who brings it to 0 posts `done`. Leave with _exit(2). */
    /* answer:
    _exit(1); */
    struct board *board = pool->board;

    for (;;) {
        while (!board_wait(&board->start[me], WORKER_LOOKS_MS))
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

/* Reaps workers: with WNOHANG those that have ended, with 0 all of them, waiting for each to end.
 * Returns how many it reaped. */
static int reap(struct pool *pool, int options)
{
    int reaped = 0;

    /* TODO(5): waitpid(2) for each child that is not reaped yet; EINTR means try again. Set the
     * place of a reaped child to 0: its PID may soon be another process's. */
    /* answer: */
    for (int i = 0; i < pool->workers; i++) {
        pid_t ended = 0;

        while (pool->children[i]) {
            ended = waitpid(pool->children[i], NULL, options);
            if (ended != -1 || errno != EINTR)
                break;
        }
        if (ended) {
            pool->children[i] = 0;
            reaped++;
        }
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

struct pool *pool_open(int workers, size_t capacity)
{
    /* TODO(6): Refuse bad arguments. Make the pool (pool_allocate), flush stdio (why? lab 02) and fork
     * the workers; note each child in children[] and count it in pool->workers. If a fork fails,
     * undo everything (kill_workers, pool_free) and return NULL with fork's errno. */
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
            int error = errno;

            kill_workers(pool);
            pool_free(pool);
            errno = error;
            return NULL;
        }
        pool->children[pool->workers++] = child;
    }
    return pool;
    /* end of answer */
}

int pool_map(struct pool *pool, task_fn *task, const long in[], long out[], size_t n, size_t chunk)
{
    /* TODO(7): Refuse bad arguments (E2BIG for a map that is too large). Fill in the board (`running`
     * and first_bad too; a chunk is never longer than n) and pool->in. Post every start semaphore.
     * Then wait for `done`, a while at a time, and look for dead workers (reap with WNOHANG) before
     * and in between: a dead one never reports. If there is one, the pool is broken: kill the others
     * and fail with ECHILD, now and ever after. Copy the results: what if a task failed? */
    /* answer:
    errno = ENOSYS;
    return -1; */
    struct board *board;
    size_t first_bad;

    if (!pool || !map_args_ok(task, in, out, n, 1) || n > pool->capacity) {
        errno = pool && n > pool->capacity ? E2BIG : EINVAL;
        return -1;
    }
    board = pool->board;
    pool->broken = reap(pool, WNOHANG) > 0 || pool->broken;
    if (!pool->broken && n > 0) {
        memcpy(pool->in, in, n * sizeof *in);
        board->task = task;
        board->n = n;
        board->chunk = chunk == 0 ? pool_chunk(n, pool->workers) : chunk < n ? chunk : n;
        atomic_store(&board->next, 0);
        atomic_store(&board->first_bad, n);
        atomic_store(&board->running, pool->workers);
        for (int i = 0; i < pool->workers; i++)
            sem_post(&board->start[i]);
        while (!pool->broken && !board_wait(&board->done, PARENT_LOOKS_MS))
            pool->broken = reap(pool, WNOHANG) > 0;
    }
    if (pool->broken) {
        kill_workers(pool);
        errno = ECHILD;
        return -1;
    }
    first_bad = n > 0 ? atomic_load(&board->first_bad) : n;
    if (first_bad < n) {
        errno = (int)pool->out[first_bad];
        return -1;
    }
    if (n > 0)
        memcpy(out, pool->out, n * sizeof *out);
    return 0;
    /* end of answer */
}

int pool_close(struct pool *pool)
{
    /* TODO(8): Look for dead workers: if there are any, or were before, kill the others. Otherwise say
     * on the board that the pool is closing, wake every worker and reap them. Free the pool in any
     * case. */
    /* answer:
    errno = ENOSYS;
    return -1; */
    bool broken;

    if (!pool)
        return 0;
    broken = reap(pool, WNOHANG) > 0 || pool->broken;
    if (broken)
        kill_workers(pool);
    pool->board->closing = true;
    for (int i = 0; i < pool->workers; i++)
        sem_post(&pool->board->start[i]);
    reap(pool, 0);
    pool_free(pool);
    if (broken)
        errno = ECHILD;
    return broken ? -1 : 0;
    /* end of answer */
}

int pool_once(task_fn *task, const long in[], long out[], size_t n, int workers)
{
    /* TODO(9): Refuse bad arguments; no tasks need no pool. Open one of min(n, workers), map, close. The
     * map's error must outlive pool_close. */
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
