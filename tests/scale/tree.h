/* Two levels of ranks that hand out: the reference of an exercise of lab 14. */
#ifndef LOCKSTEP_SCALE_TREE_H
#define LOCKSTEP_SCALE_TREE_H

#include "common/map.h"

/* All ranks call it. Rank 0 hands shares of the tasks to ranks 1 .. masters; each of these hands
 * single tasks to its own workers, which are the ranks that come after the masters, in turns. On
 * rank 0 the results are in out[]. Returns 0, or -1 if something failed. */
int scale_tree(int rank, int masters, task_fn *task, const long in[], long out[], size_t n);

#endif
