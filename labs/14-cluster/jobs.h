/* Lab 14, given: the tasks that all ranks know by a number.
 *
 * A task is a function, and a function's address means something in one process only. So every rank
 * keeps the same list of tasks, and a message says which of them is meant. */
#ifndef LOCKSTEP_LABS_JOBS_H
#define LOCKSTEP_LABS_JOBS_H

#include "common/map.h"

enum { JOBS_MOST = 16 };

/* Sets the list: on every rank the same tasks in the same order. Returns 0, or -1 with errno EINVAL
 * (count is not from 1 to JOBS_MOST, or a task is NULL), and then the list is as it was. */
int jobs_set(task_fn *const tasks[], int count);

/* The number of a task in the list, from 0; -1 if it is not there. */
int jobs_number(task_fn *task);

/* The task with that number; NULL if there is none. */
task_fn *jobs_task(long number);

#endif
