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
    errno = ENOSYS;
    return 0;
}

size_t pool_rounds(size_t n, size_t chunk, int workers)
{
    /* TODO(2): How many chunks are there? How many does the busiest worker get? Round up twice. */
    errno = ENOSYS;
    return 0;
}

/* In a worker: takes chunks off the board until none is left. */
static void work_off(const struct pool *pool)
{
    /* TODO(3): Take the next chunk by adding its length to board->next (atomic_fetch_add: no two
     * workers get the same). Run its tasks, each from in[i] to out[i]; if one fails, put its error
     * into out[i] and call board_note_failure. Tasks after first_bad need not be run. Stop when nothing is
     * left, or when the parent is gone (getppid(2) is no longer board->owner). */
}

/* The whole life of worker number `me`. */
static _Noreturn void worker_main(const struct pool *pool, int me)
{
    /* TODO(4): Wait for start[me], a while at a time; leave if the parent is gone or the pool is
     * closing. Otherwise work off the map, flush what its tasks printed (fflush(3)), and take
     * yourself off `running`: who brings it to 0 posts `done`. Leave with _exit(2). */
    _exit(1);
}

/* Reaps workers: with WNOHANG those that have ended, with 0 all of them, waiting for each to end.
 * Returns how many it reaped. */
static int reap(struct pool *pool, int options)
{
    int reaped = 0;

    /* TODO(5): waitpid(2) for each child that is not reaped yet; EINTR means try again. Set the
     * place of a reaped child to 0: its PID may soon be another process's. */
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
    errno = ENOSYS;
    return NULL;
}

int pool_map(struct pool *pool, task_fn *task, const long in[], long out[], size_t n, size_t chunk)
{
    /* TODO(7): Refuse bad arguments (E2BIG for a map that is too large). Fill in the board (`running`
     * and first_bad too; a chunk is never longer than n) and pool->in. Post every start semaphore.
     * Then wait for `done`, a while at a time, and look for dead workers (reap with WNOHANG) before
     * and in between: a dead one never reports. If there is one, the pool is broken: kill the others
     * and fail with ECHILD, now and ever after. Copy the results: what if a task failed? */
    errno = ENOSYS;
    return -1;
}

int pool_close(struct pool *pool)
{
    /* TODO(8): Look for dead workers: if there are any, or were before, kill the others. Otherwise say
     * on the board that the pool is closing, wake every worker and reap them. Free the pool in any
     * case. */
    errno = ENOSYS;
    return -1;
}

int pool_once(task_fn *task, const long in[], long out[], size_t n, int workers)
{
    /* TODO(9): Refuse bad arguments; no tasks need no pool. Open one of min(n, workers), map, close. The
     * map's error must outlive pool_close. */
    errno = ENOSYS;
    return -1;
}
