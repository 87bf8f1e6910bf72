/* What every engine must do (common/map.h), whoever wrote it. Each function is the body of a graded
 * test, or a part of one, and runs in the test's own process. */
#ifndef LOCKSTEP_HARNESS_CONFORMANCE_H
#define LOCKSTEP_HARNESS_CONFORMANCE_H

#include <sys/types.h>

#include "tests/harness/engines.h"
#include "tests/harness/grader.h"

/* A task whose result no other input has and no buffer holds by chance. */
enum { CONFORM_FACTOR = 7919, CONFORM_OFFSET = 104729 };
int conform_task(long in, long *out);

/* Where a failure of each kind leads: to the function of the skeleton that has to do it. NULL: to
 * the engine itself. */
struct conform_looks {
    const char *values;    /* a result is not what a long can hold */
    const char *results;   /* a result is missing, wrong, or beside its place */
    const char *together;  /* too few tasks are under way at once */
    const char *at_most;   /* too many are */
    const char *spins;     /* a process that waits uses CPU time */
    const char *arguments; /* a bad argument is not refused, or 0 tasks are */
    const char *errors;    /* a task's error is not reported, or that of another task is */
    const char *skipped;   /* a task before the failing one has not run, or one ran twice */
    const char *late;      /* errno is changed after the error is known */
    const char *death;     /* a worker died, and that is not reported, or others still wait */
    const char *no_memory; /* an allocation failed, and that is not reported */
    const char *tidy;      /* a child, a descriptor or a mapping is left behind */
    const char *heap;      /* memory from malloc is left behind */
    const char *own_child; /* a child that the caller had before is touched */
    const char *signals;   /* an interrupted call is not made again */
    const char *child;     /* a child returns as well (NULL: that is not looked at) */
};

/* From now on failures lead there; the suite calls it before conform_begin. Keeps the pointer. */
void conform_lead_to(const struct conform_looks *looks);

/* The function that a failure leads to: a member of conform_look(), or the engine's own name where
 * that is NULL. */
const struct conform_looks *conform_look(void);

/* Makes a call by grader_call: it is noted while it runs, and a failure of it or of an expect after
 * it leads to `look_at` (NULL: to the engine). Returns what the engine returned, with its errno. */
int conform_map(const struct engine *engine, const char *look_at, task_fn *task, const long in[],
                long out[], size_t n, int workers);

/* Before and after a call of `name` that makes children. A child that has returned from it, too,
 * ends here, and the test fails in the caller, at `look_at`. Both keep errno. */
pid_t conform_caller(void);
void conform_one_returns(const char *name, const char *look_at, pid_t caller);

/* Checks after this lead to `look_at` (NULL: to the engine). */
void conform_checks_lead_to(const struct engine *engine, const char *look_at);

/* `answer` is what a call came to in which a task failed. If it is 0, or an error that a mistake in
 * the choice among errors explains, the checks after it lead to `look_at`; otherwise errno was lost
 * on its way to the caller, and they lead to looks' `late`. */
void conform_error_leads_to(const struct engine *engine, const char *look_at,
                            struct grader_answer answer, int plausible);

/* Begins the test with one plain map by the engine of this name (engines.h). Returns the engine. */
const struct engine *conform_begin(const char *name);

/* The same with a function that has an engine's shape, but is no lab's engine. */
void conform_begin_with(const struct engine *engine);

/* A call in words: "process_map of 3 tasks with 1 worker". */
const char *conform_call(const struct engine *engine, size_t n, int workers);

/* Keeps the test on the CPU where it is. Under a hypervisor a fork costs three times as much if
 * parent and child run on different CPUs: so tests that need hundreds of processes, but none at the
 * same time as another, stay on one. Does nothing if the test is to be thorough. */
void conform_on_one_cpu(const struct engine *engine);

/* conformance_results.c: results. */

/* Every result at its index, whatever a long can hold, and nothing written beside them: n of 0, 1,
 * fewer than workers, not divisible, many; workers of 1, 2, 7, 64, INT_MAX. */
void conform_results(const struct engine *engine);

/* A part of it, with so many workers. */
void conform_values(const struct engine *engine, int workers);

/* So many tasks that a stack has no room for a copy of their results, nor for an int of each. For
 * engines that make no process for each of them. */
void conform_very_many(const struct engine *engine);

/* The same with fewer tasks and less of a stack, where a message for each result would last too
 * long. */
void conform_small_stack(const struct engine *engine);

/* An engine of processes and more tasks than an int can count: they fail. */
void conform_most_tasks(const struct engine *engine);

/* Works in turn with all other engines in one process. */
void conform_alternating(const struct engine *engine);

/* conformance.c: how many work at once. */

/* min(n, workers) tasks are under way at once. */
void conform_together(const struct engine *engine);

/* Never more than `workers` are. An engine of processes sleeps while they wait. */
void conform_at_most(const struct engine *engine);

/* Engines of threads: no more threads are made than min(n, workers), and none for n of 0. */
void conform_team(const struct engine *engine);

/* Engines of threads: tasks are handed out one by one, each to the next thread that is free. */
void conform_one_by_one(const struct engine *engine);

struct hold;

/* After a map with tasks in a hold: a caller that waits for processes has not spun. */
void conform_slept(const struct engine *engine, const struct hold *passed);

/* conformance_errors.c: what is reported. */

/* EINVAL for bad arguments, also where there are no tasks, and no task run. */
void conform_arguments(const struct engine *engine);

/* The error of the failing task with the lowest index, also if calls are interrupted; all tasks
 * before it run. */
void conform_errors(const struct engine *engine);

/* A task that returns 0 has succeeded, whatever it leaves in errno. */
void conform_errno_of_success(const struct engine *engine);

/* conformance_tidy.c: what is left behind. */

/* ENOMEM, and nothing left behind, whichever of the engine's allocations fails. */
void conform_no_memory(const struct engine *engine);

/* After call 200 there is as much of everything as after call 3, with errors in between; the
 * caller's own child is not touched. */
void conform_tidy(const struct engine *engine);

/* conformance_children.c: engines of processes. */

/* Children that end in another order than they were started in. `results`: their results are looked
 * at, too. Short, so each test of a lab can begin with it. */
void conform_any_order(const struct engine *engine, bool results);

/* A worker that dies in any way is ECHILD, whichever task fails besides; nothing is left behind. */
void conform_deaths(const struct engine *engine);

/* A worker that is stopped and goes on has not died. Children of the caller's own, one that ends
 * meanwhile and one that goes on, are not touched. */
void conform_own_children(const struct engine *engine);

/* Works for a caller that ignores SIGCHLD. */
void conform_sigchld_ignored(const struct engine *engine);

/* Works while signals arrive and blocking calls are interrupted, and still leaves nothing
 * behind. */
void conform_signals(const struct engine *engine);

#endif
