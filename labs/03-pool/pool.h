/* Lab 03: a pool, made once and used over many maps, as CPython's multiprocessing.Pool is. */
#ifndef LOCKSTEP_LABS_POOL_H
#define LOCKSTEP_LABS_POOL_H

#include "common/map.h"

/* How many tasks a worker takes at a time when nobody says otherwise: n / (4 * workers), rounded
 * up, so that each worker comes back for more about four times. 0 if n is 0 or workers < 1.
 * Source: CPython, Lib/multiprocessing/pool.py, Pool._map_async. */
size_t pool_chunk(size_t n, int workers);

/* How many chunks the busiest worker works through, one after the other, when all tasks last
 * equally long: the number of chunks over the number of workers, both rounded up. 99 tasks in
 * chunks of 5 on 6 workers are 4 rounds. 0 if n is 0, chunk is 0 or workers < 1. */
size_t pool_rounds(size_t n, size_t chunk, int workers);

struct pool; /* the reference uses the one in board.h */

/* Forks `workers` processes that wait for work, and makes room for maps of up to `capacity`
 * tasks. Returns the pool, for pool_close; or NULL with errno (EINVAL: a 0 or less; EAGAIN,
 * ENOMEM) and nothing left behind. The workers end by themselves if the process that opened the
 * pool dies. A task's globals are as they were at pool_open; see map_fn for what must be shared. */
struct pool *pool_open(int workers, size_t capacity);

/* Runs `task` on in[0..n) by the pool's workers, which fetch chunks of `chunk` consecutive tasks
 * in order, each as soon as it is free; chunk 0 means pool_chunk(n, workers). Forks nothing. One
 * map at a time. What tasks print through stdio has come out when it returns, once. `task` must be a function that was in the program at pool_open.
 * Errors are those of map_fn, and besides:
 *   EINVAL  pool is NULL
 *   E2BIG   n is more than the pool's capacity
 *   ECHILD  a worker has died: the other workers are then killed and reaped (they may be waiting
 *           for the dead one), and this and every later map fails so. Never hangs. */
int pool_map(struct pool *pool, task_fn *task, const long in[], long out[], size_t n, size_t chunk);

/* Ends and reaps the workers and frees the pool, also one whose workers have died. NULL is
 * allowed. Returns 0, or -1 with errno ECHILD if a worker had died; the pool is gone either way. */
int pool_close(struct pool *pool);

/* The engine: opens a pool of min(n, workers), maps once, closes it. */
int pool_once(task_fn *task, const long in[], long out[], size_t n, int workers);

#endif
