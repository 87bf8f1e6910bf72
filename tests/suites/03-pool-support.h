/* What the tests of lab 03 share. All of it runs in the test's own process, which is the pool's
 * owner, except for the tasks. */
#ifndef LOCKSTEP_SUITES_POOL_SUPPORT_H
#define LOCKSTEP_SUITES_POOL_SUPPORT_H

#include "03-pool/pool.h"
#include "tests/harness/grader.h"
#include "tests/harness/meeting.h"

enum { POOL_TASKS = 99, POOL_WORKERS = 6 };

/* What maps work on: values[] is 1 .. POOL_TASKS once a pool has begun. */
extern long pool_values[POOL_TASKS], pool_results[POOL_TASKS];

/* A test begins with it, or with one of the next two, which call it. In each test's first map the
 * worker that is woken first comes first, in the second one a task ends last, and in the next ones
 * all workers end while one is held up: so what a pool does too late, or too early, fails in each
 * test, and not by luck. */
void pool_expect_sound(void);

/* Opens a pool that must open, with a capacity of POOL_TASKS, and maps once; and closes it, which
 * must succeed. */
struct pool *pool_begin(int workers);
struct pool *pool_begin_plainly(int workers); /* without pool_expect_sound */
void pool_end(struct pool *pool);

/* How many tasks were called in the map with which the last pool has begun. */
int pool_first_calls(void);

/* A map in words, on the pool that was begun last or on a larger one: "pool_map of 99 tasks in
 * chunks of 7 on 3 workers". */
const char *pool_call(size_t n, size_t chunk);

/* pool_map of pool_values[0..n) to pool_results[], noted while it runs. A failure of it, or of an
 * expect after it, leads to `look_at`. Returns what pool_map returned, with its errno. */
int pool_try(struct pool *pool, const char *look_at, task_fn *task, size_t n, size_t chunk);

/* The same for a map that must succeed: `when`, the beginning of a sentence, says in what
 * circumstances; "" if there is nothing to say. */
void pool_must_map(struct pool *pool, const char *look_at, const char *when, task_fn *task,
                   size_t n, size_t chunk);

/* A call that must be refused (grader_refused), where a failure leads to `look_at`. */
#define pool_refused(look_at, what, call, error)                                                   \
    grader_expect_refused(what, grader_answer(grader_call(call, look_at, "%s", what)), error)

/* Fails the test if workers that wait for work use CPU time. */
void pool_expect_rest(void);

/* Checks after this lead to the function `look_at`. */
void pool_lead_to(const char *look_at);

/* Begins a test with pool_once, whose failures lead to the pool's functions (conform_lead_to). */
struct engine;
const struct engine *pool_begin_once(void);

/* Maps n numbers, other ones each time, and looks at every result. `when` as above. */
void pool_expect_mapped(struct pool *pool, const char *when, size_t n, size_t chunk);

/* Where pool_task_pid meets, in a worker; its result is the worker's PID. */
extern struct meeting *pool_meeting;
int pool_task_pid(long in, long *out);

/* Stores the PIDs of the pool's workers, for which pool_meeting must have been made. What it stores
 * are living children of this process and nothing else, so that signals can be sent to them. */
void pool_find_workers(struct pool *pool, long pids[], int workers);

/* Parts of tests, in files of their own. */
void pool_try_output(void);                  /* of results: 03-pool-output.c */
void pool_try_two(void);                     /* of reuse: 03-pool-callers.c */
void pool_try_globals(void);                 /* of reuse */
void pool_try_killed_in_another(void);       /* of killed-working */
void pool_try_stopped(void);                 /* of tidy */
void pool_try_thread(void);                  /* of orphans */
pid_t pool_make_born_orphans(void);          /* of orphans */
void pool_await_born_orphans(pid_t group);   /* of orphans */
void pool_try_many_looks(struct pool *pool); /* of orphans */
void pool_try_no_more_input(void);           /* of results */
void pool_try_sigchld_ignored(void);         /* of signals */
void pool_try_killed_before_its_start(void); /* of killed-working: 03-pool-races.c */
void pool_try_killed_under_signals(void);    /* of killed-working: 03-pool-faults.c */
void pool_try_long_tasks(void);              /* of races: 03-pool-late.c */
void pool_try_killed_beside_endless(void);   /* of killed-working */

#endif
