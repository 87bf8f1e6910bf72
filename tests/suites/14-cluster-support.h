/* Suite 14: what its scenes have in common. */
#ifndef LOCKSTEP_SUITES_CLUSTER_SUPPORT_H
#define LOCKSTEP_SUITES_CLUSTER_SUPPORT_H

#include <stdbool.h>
#include <stddef.h>

#include "common/map.h"

enum { SUPPORT_MOST = 100000 };

/* A task: notes that it ran, waits in the room or fails if the ledger says so, and stores
 * support_result of its index. Its address differs from rank to rank, as it may on other machines:
 * what is called by address instead of number is noticed. */
task_fn *support_task(void);

/* On rank 0: from now on another task is mapped, or again the first one. Its results are others. */
void support_use_other(bool other);
long support_result(long index);

/* On every rank: cluster_start, which must work, and the list of jobs. */
void support_begin(void);

/* On every rank, before the next map: the list of jobs anew, with the two tasks in the places of
 * each other, or again as at the beginning. */
void support_set_jobs(bool swapped);

/* On ranks other than 0: serves until rank 0 stops it. */
void support_serve(int threads);

/* On rank 0: maps n numbers, which must work: all results are right, each task has run
 * once, and none here unless this is the only rank. `what` is the call in words. The caller has
 * opened the ledger anew. */
void support_map(size_t n, int workers);

/* The call alone, noted. */
int support_call(size_t n, int workers);

/* Opens the ledger anew and maps, for scenes that do nothing besides. */
void support_try(size_t n, int workers);

/* On rank 0: cluster_stop, noted. */
void support_stop(void);

/* All ranks wait here for each other, and nothing is counted. */
void support_meet(void);

#endif
