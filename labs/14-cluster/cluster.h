/* Lab 14: the pool on several machines. An MPI program is started as several processes, its ranks,
 * on one machine or on many. They share no memory: whatever one rank is to know, another one must
 * send.
 *
 * Rank 0 hands out work, all others serve. The program calls cluster_start once on every rank, and
 * MPI_Finalize at its end. */
#ifndef LOCKSTEP_LABS_CLUSTER_H
#define LOCKSTEP_LABS_CLUSTER_H

#include "14-cluster/jobs.h"
#include "common/tasks.h"

/* No message carries more tasks than that. */
enum { CLUSTER_MOST_CHUNK = 1000 };

/* How many tasks rank 0 hands out at a time: n / (4 * workers), rounded up, as in lab 03; but not
 * more than CLUSTER_MOST_CHUNK. Given. */
size_t cluster_chunk(size_t n, int workers);

/* Starts MPI on this rank for a program whose ranks have several threads, of which only the one
 * that calls this calls MPI (MPI_THREAD_FUNNELED). Returns 0; or -1 with errno ENOTSUP if the
 * library gives less. */
int cluster_start(void);

/* The engine (map_fn), on rank 0, while all other ranks are in cluster_serve. Hands the tasks out
 * to ranks 1, 2, ... in chunks of cluster_chunk, in order, each rank as soon as it has answered:
 * with `workers` of them, or as many as there are. Rank 0 runs no task, unless it is the only rank:
 * then it runs all of them.
 *
 * Returns 0, or -1 with errno as map_fn does. Once a task has failed, no further chunk is handed
 * out. EINVAL also if the task is not in the list of jobs (jobs.h). Bad arguments are refused
 * before any message is sent. (A rank that dies ends the whole job: there is no ECHILD.) */
int cluster_map(task_fn *task, const long in[], long out[], size_t n, int workers);

/* On all ranks but 0: runs the tasks that rank 0 hands out, map after map, until rank 0 calls
 * cluster_stop. The tasks of a chunk are run by an OpenMP team of `threads` threads; each takes the
 * next task as soon as it is free. Returns 0; or -1 with errno EINVAL (threads < 1, or this is rank
 * 0), and then it has received nothing. */
int cluster_serve(int threads);

/* On rank 0: lets cluster_serve return on every other rank. */
void cluster_stop(void);

/* Both are called on all ranks, and add up numbers. Each rank adds up a slice of consecutive ones,
 * and no slice has more than one number more than another. On rank 0 *sum is the sum of all; on the
 * other ranks it stays as it is.
 *
 *   reduce   the numbers are term(0) ... term(n - 1). All ranks are called with the same term and
 *            n. Every rank refuses bad arguments with EINVAL, and sends nothing then: term or sum
 *            is NULL, or n is not from 0 to MOST_TERMS.
 *   scatter  the numbers are numbers[0..n), which only rank 0 has; the others ignore both
 *            arguments. A rank is sent its own slice of them, and no more.
 *
 * Both return 0, or -1 with errno. An error of one rank in cluster_sum_scatter is an error of all:
 * EINVAL (numbers is NULL and n is not 0, or n is larger than INT_MAX, on rank 0) or ENOMEM (a rank
 * has no memory for its slice). Nothing stays allocated. */
int cluster_sum_reduce(term_fn *term, long n, long *sum);
int cluster_sum_scatter(const long numbers[], size_t n, long *sum);

#endif
