/* Lab 03: a pool of worker processes, made once and used for many maps, as CPython's
 * multiprocessing.Pool is. */
#ifndef LOCKSTEP_LABS_POOL_H
#define LOCKSTEP_LABS_POOL_H

#include "common/map.h"

/* How many tasks a worker takes at a time if the caller does not say: n / (4 * workers), rounded
 * up. Each worker then fetches about four chunks. 0 if n is 0 or workers < 1.
 * Source: CPython, Lib/multiprocessing/pool.py, Pool._map_async. */
size_t pool_chunk(size_t n, int workers);

/* How many chunks the busiest worker runs, one after the other, if all tasks last equally long: the
 * number of chunks divided by the number of workers, both rounded up. 99 tasks in chunks of 5 on 6
 * workers are 4 rounds. 0 if n is 0, chunk is 0 or workers < 1. */
size_t pool_rounds(size_t n, size_t chunk, int workers);

struct pool; /* the reference uses the one in pool_state.h */

/* Forks `workers` processes that wait for work. Makes room for maps of up to `capacity` tasks.
 * Returns the pool, which must be closed with pool_close. Or returns NULL with errno EINVAL
 * (workers < 1 or capacity is 0), EAGAIN or ENOMEM (no process or no memory is left); nothing is
 * then left behind.
 *
 * The workers end by themselves if the process that opened the pool dies (the process: its thread
 * that called pool_open may end before). They then take no more chunks. To a task, the program's
 * globals are as they were at pool_open; map_fn (common/map.h) says what must be shared. Several
 * pools may be open at once. */
struct pool *pool_open(int workers, size_t capacity);

/* Runs `task` on in[0..n) in the pool's workers. They fetch chunks of `chunk` consecutive tasks, in
 * order, each worker as soon as it is free. chunk 0 means pool_chunk(n, workers). A pool runs one
 * map at a time; maps of different pools may run at once, in threads of the caller's. pool_map
 * forks nothing.
 *
 * What tasks print through stdio, to any stream, has come out when pool_map returns, once. What the
 * caller had printed before pool_open comes out once, too: workers have a copy of its buffers.
 * `task` must be a function that was in the program at pool_open.
 *
 * Returns 0, or -1 with errno as map_fn does, and besides:
 *   EINVAL  pool is NULL
 *   E2BIG   n is more than the pool's capacity
 *   ECHILD  a worker has died, even one that died before it took a task of this map, and even if
 *           all tasks were run without it: the other workers are then killed and reaped, because
 *           they may be waiting for the dead one. This map and every later one fail so, also one
 *           of no tasks. It never hangs. (Only a worker that dies when nothing is left for it to do
 *           may be noticed no earlier than by the next call.) */
int pool_map(struct pool *pool, task_fn *task, const long in[], long out[], size_t n, size_t chunk);

/* Ends and reaps the workers and frees the pool, also if workers have died. NULL is allowed.
 * Returns 0, or -1 with errno ECHILD if a worker had died. The pool is gone in either case. */
int pool_close(struct pool *pool);

/* The engine (map_fn): opens a pool of min(n, workers) workers, maps once, and closes it. */
int pool_once(task_fn *task, const long in[], long out[], size_t n, int workers);

#endif
