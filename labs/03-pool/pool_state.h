/* Lab 03, given: what a pool consists of, and the board on which its parent and workers meet. A
 * pool of another design need not use it. */
#ifndef LOCKSTEP_LABS_POOL_STATE_H
#define LOCKSTEP_LABS_POOL_STATE_H

#include <semaphore.h>
#include <stdatomic.h>
#include <sys/types.h>

#include "03-pool/pool.h"

/* How long a wait may last before the waiter looks whether the other side is still alive. */
enum { PARENT_LOOKS_MS = 50, WORKER_LOOKS_MS = 250 };

/* What parent and workers share. */
struct board {
    pid_t owner; /* the process that opened the pool; fixed before the first fork */

    /* Written by the parent while every worker waits for its start semaphore. */
    task_fn *task;
    size_t n, chunk;
    bool closing;

    /* Written by all: atomic. */
    atomic_size_t next;      /* the first task that nobody has taken yet */
    atomic_size_t first_bad; /* the lowest index of a failed task so far; n if none has failed */
    atomic_int running;      /* workers that still work on this map */

    sem_t done;    /* posted by the worker that brings `running` to 0 */
    sem_t start[]; /* one for each worker: if they shared one, another worker could take the post
                      of a dead one, and start twice */
};

/* Belongs to the parent; a worker has a copy. */
struct pool {
    struct board *board; /* shared */
    long *in;            /* shared; in[i] is written by the parent before a map */
    long *out;           /* shared; out[i] is written by the worker that took task i */
    int *error;          /* shared; error[i] is what task i returned, written by its worker */
    size_t capacity;
    bool broken;      /* a worker has died */
    int workers;      /* places in use in children[] */
    pid_t children[]; /* 0: reaped */
};

/* Makes a pool that has no workers yet; the calling process is its owner. Returns the pool, which
 * must be freed with pool_free; or NULL with errno ENOMEM. */
struct pool *pool_allocate(int workers, size_t capacity);

/* Frees a pool that has no workers any more. Keeps errno. */
void pool_free(struct pool *pool);

/* Waits for the semaphore, but for no more than `ms` milliseconds. Returns true if it was posted;
 * false if the time was up or a signal came: then look around, and wait again. */
bool semaphore_wait(sem_t *semaphore, long ms);

/* Writes on the board that task i failed, unless a task before it has failed, too. */
void board_note_failure(struct board *board, size_t i);

#endif
