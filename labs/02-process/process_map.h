/* Lab 02: a new process for every task. */
#ifndef LOCKSTEP_LABS_PROCESS_MAP_H
#define LOCKSTEP_LABS_PROCESS_MAP_H

#include "common/map.h"

/* The engine that forks a child for each task: n tasks, n processes, min(n, workers) of them at
 * once. Keeps the contract of map_fn (common/map.h), and besides:
 *
 *   - What the caller had in its stdio buffers, and what a task prints, appears exactly once.
 *   - A child that crashes, is killed, or leaves by exit() before it delivered is ECHILD. The
 *     children still running are then killed (SIGKILL): they may be waiting for the dead one. Children
 *     may be reaped in the order of their tasks, so that a death is noticed only once all tasks before
 *     it have ended: a task must not wait for one after it. (Lab 03's pool notices any death.)
 *   - If fork fails, no task is started any more, those under way are waited for, and the error is
 *     fork's.
 *   - Every child made here is reaped here, and no other: a waitpid(-1) would take one that
 *     belongs to the caller. */
int process_map(task_fn *task, const long in[], long out[], size_t n, int workers);

#endif
