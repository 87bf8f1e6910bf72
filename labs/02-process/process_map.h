/* Lab 02: a new process for every task. */
#ifndef LOCKSTEP_LABS_PROCESS_MAP_H
#define LOCKSTEP_LABS_PROCESS_MAP_H

#include "common/map.h"

/* The engine that forks a child for each task: n tasks, n processes, all children of the caller,
 * min(n, workers) of them at once. Keeps the contract of map_fn (common/map.h), and besides:
 *
 *   - Text in the caller's stdio buffers, of whatever stream, and text that a task prints, also one
 *     that fails, comes out exactly once.
 *
 *   - A child leaves with _exit: it runs no atexit handler of the caller's.
 *
 *   - If a child crashes, is killed, or leaves by exit() before it delivered its result, the error
 *     is ECHILD. The children still running are then killed (SIGKILL): they may be waiting for the
 *     dead one. After a death no task is started. A child that is stopped and goes on has not died.
 *
 *   - Children may be reaped in the order of their tasks, or all of a batch before the next begins:
 *     places stay empty meanwhile. A death is then noticed only when all tasks before it have
 *     ended, so a task must not wait for one after it. (Lab 03's pool notices any death.)
 *
 *   - If fork fails, no more tasks are started, fork is not tried again, those that are running are
 *     waited for, and the error is that of fork, also if one of their tasks fails. An engine that
 *     needs pipes, or other descriptors, and can get none fails with EAGAIN or ENOMEM.
 *
 *   - The caller sleeps while it waits, or looks now and then; it does not spin.
 *
 *   - Every child made here is reaped here, and no other child is: a waitpid(-1) could take one
 *     that belongs to the caller.
 *
 *   - A caller may ignore SIGCHLD. Ended children then disappear by themselves, waitpid fails with
 *     ECHILD once they have, and results that were delivered count. What the caller does about
 *     SIGCHLD is left as it is. */
int process_map(task_fn *task, const long in[], long out[], size_t n, int workers);

#endif
