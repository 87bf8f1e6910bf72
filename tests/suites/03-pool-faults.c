/* A pool that cannot do what is asked: bad arguments, tasks that fail, a fork that fails. */
#include "tests/suites/03-pool.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/shared.h"
#include "tests/suites/03-pool-support.h"
#include "tests/harness/census.h"
#include "tests/harness/conformance.h"
#include "tests/harness/faults.h"
#include "tests/harness/grader.h"
#include "tests/harness/wording.h"
#include "tests/watch/quiet.h"

/* pool_map of the first n values, in chunks of the pool's own length. */
static int map(struct pool *pool, task_fn *task, size_t n)
{
    return pool_map(pool, task, pool_values, pool_results, n, 0);
}

/* What pool_open refuses. Numbers that an int does not hold: -1 and 0, if they are cut. */
static void try_arguments_of_open(void)
{
    static const size_t too_large[] = {SIZE_MAX, SIZE_MAX / sizeof(long) + 2};

    grader_refused("pool_open with 0 workers", pool_open(0, 1), EINVAL);
    grader_refused("pool_open with -1 workers", pool_open(-1, 1), EINVAL);
    grader_refused("pool_open with INT_MIN workers", pool_open(INT_MIN, 1), EINVAL);
    grader_refused("pool_open with a capacity of 0", pool_open(1, 0), EINVAL);
    for (int i = 0; i < 2; i++)
        grader_refused(
            wording("pool_open with room for %zu tasks, more than there is memory", too_large[i]),
            pool_open(1, too_large[i]), ENOMEM);
}

static void try_arguments_of_map(struct pool *pool)
{
    static const size_t too_many[] = {POOL_TASKS + 1, SIZE_MAX, (1UL << 32) + 1, 1UL << 32};

    grader_refused("pool_map with no pool (NULL)", map(NULL, conform_task, 1), EINVAL);
    grader_refused("pool_map with no task (NULL)", map(pool, NULL, 1), EINVAL);
    grader_refused("pool_map with no input (NULL)",
                   pool_map(pool, conform_task, NULL, pool_results, 1, 1), EINVAL);
    grader_refused("pool_map with no room for results (NULL)",
                   pool_map(pool, conform_task, pool_values, NULL, 1, 1), EINVAL);
    for (int i = 0; i < 4; i++)
        grader_refused(wording("pool_map of %zu tasks on a pool with a capacity of %d", too_many[i],
                               POOL_TASKS),
                       map(pool, conform_task, too_many[i]), E2BIG);
    expect(grader_call(pool_map(pool, conform_task, NULL, NULL, 0, 0), "pool_map",
                       "pool_map of 0 tasks, with NULL arrays") == 0,
           "pool_map of 0 tasks should succeed, even with NULL arrays, but it failed with errno "
           "%s.",
           error_name(errno));
}

/* In a worker. */
static int task_fails(long in, long *out)
{
    *out = in;
    return in == 7 ? EDOM : 0;
}

/* In shared memory: how often each of six tasks has run. */
static atomic_int *runs;

/* In a worker. While value 1 is under way value 4, of the next chunk, fails; then value 3 does, of
 * the same chunk as value 1. */
static int task_fails_later(long in, long *out)
{
    *out = in;
    atomic_fetch_add(&runs[in], 1);
    if (in == 1 || in == 4)
        meeting_join(pool_meeting);
    if (in == 1)
        quiet_wait_briefly(NULL); /* until the failure of value 4 is known */
    return in == 4 ? ENOSPC : in == 3 ? EDOM : 0;
}

/* A failure ends no chunk that lies before it. */
static void try_failure_in_later_chunk(void)
{
    struct grader_answer answer;
    struct pool *pool;

    runs = grader_share(7, sizeof *runs);
    pool_meeting = meeting_create(2);
    pool = pool_begin(2);
    answer = grader_answer(pool_try(pool, "work_off", task_fails_later, 6, 3));
    for (int value = 1; value <= 3; value++)
        expect(atomic_load(&runs[value]) == 1,
               "pool_map of 6 tasks in chunks of 3: while task 0 was under way task 3, which is in "
               "the next chunk, failed. Task %d comes before it and should have run once, not %s.",
               value - 1, plural(atomic_load(&runs[value]), "time"));
    grader_expect_refused("Task 3 fails with ENOSPC, and later task 2 with EDOM. The lowest index "
                          "counts: pool_map of 6 tasks in chunks of 3",
                          answer, EDOM);
    pool_end(pool);
    meeting_free(pool_meeting);
    shared_free(runs);
}

void test_pool_errors(void)
{
    const struct engine *engine = pool_begin_once();
    struct pool *pool;

    try_arguments_of_open();
    pool = pool_begin(2);
    try_arguments_of_map(pool);
    pool_refused("pool_map", "Task 6 fails with EDOM: pool_map", map(pool, task_fails, POOL_TASKS),
                 EDOM);
    pool_expect_mapped(pool, "A task of the map before has failed. ", 0, 1);
    pool_expect_mapped(pool, "A task of an earlier map has failed. ", POOL_TASKS, 1);
    pool_end(pool);
    try_failure_in_later_chunk();
    conform_arguments(engine);
    conform_errors(engine);
    conform_most_tasks(engine);
    expect(grader_call(pool_close(NULL), "pool_close", "pool_close(NULL)") == 0,
           "pool_close(NULL) should do nothing and return 0.");
}

/* A child of the caller's own has ended before; the pool's are waited for by their PIDs. */
static void expect_own_child(pid_t own)
{
    siginfo_t info;

    expect_at("pool_open", waitid(P_PID, (id_t)own, &info, WEXITED | WNOHANG | WNOWAIT) == 0,
              "A fork failed in pool_open, and a child that the caller had before was reaped "
              "meanwhile. The -1 of a fork is no child: waitpid(-1, ...) waits for any child.");
}

/* pool_open undoes what it has done while its blocking calls are interrupted, too. */
static void try_fork_fails_interrupted(struct faults *faults, int k, int error)
{
    atomic_store(&faults->fork_fails_at, k);
    atomic_store(&faults->interrupt, true);
    pool_refused("pool_open",
                 wording("Call number %d of fork fails with %s, and signals interrupt calls "
                         "(EINTR) after that: pool_open of 5 workers",
                         k, error_name(error)),
                 pool_open(5, 10), error);
    atomic_store(&faults->interrupt, false);
}

/* Call number k of fork fails, in turn with each of fork's errors. */
static void try_fork_fails(struct faults *faults, int k)
{
    int error = k % 2 ? EAGAIN : ENOMEM;
    pid_t own = grader_fork();
    siginfo_t info;
    struct census before;

    if (own == 0)
        _exit(0);
    waitid(P_PID, (id_t)own, &info, WEXITED | WNOWAIT);
    before = census_take();

    atomic_store(&faults->fork_error, error);
    atomic_store(&faults->fork_fails_at, k);
    pool_refused("pool_open",
                 wording("Call number %d of fork fails with %s: pool_open of 5 workers", k,
                         error_name(error)),
                 pool_open(5, 10), error);
    try_fork_fails_interrupted(faults, k, error);
    faults_expect_no_stray_kill(faults);
    expect_own_child(own);
    census_expect_same(before, census_take(), "pool_open", 2);
    atomic_store(&faults->fork_fails_at, k);
    pool_refused("pool_once",
                 wording("Call number %d of fork fails with %s: pool_once with 5 workers", k,
                         error_name(error)),
                 pool_once(conform_task, pool_values, pool_results, POOL_TASKS, 5), error);
    faults_expect_no_stray_kill(faults);
    census_expect_same(before, census_take(), "pool_once", 1);
    waitpid(own, NULL, 0);
}

void test_pool_fork_fails(void)
{
    struct faults *faults = faults_reset();

    pool_end(pool_begin(2));
    for (int k = 1; k <= 5; k++)
        try_fork_fails(faults, k);
    atomic_store(&faults->fork_error, EAGAIN);
    for (int again = 0; again < 70; again++) { /* more than any table of pools has places */
        atomic_store(&faults->fork_fails_at, 1);
        pool_refused("pool_open",
                     wording("Call number %d of fork fails with %s: pool_open of 5 workers", 1,
                             error_name(EAGAIN)),
                     pool_open(5, 10), EAGAIN);
    }
    atomic_store(&faults->fork_fails_at, 0);
    pool_end(pool_begin(5));
}

/* In a worker: one of two dies, and the other one waits for it. */
static int task_one_dies(long in, long *out)
{
    *out = in;
    if (in == 2)
        raise(SIGKILL);
    return meeting_join(pool_meeting);
}

/* A timer of the caller's interrupts every wait of it long before it would look for the dead. Who
 * then waits anew, as long as before, never looks. */
void pool_try_killed_under_signals(void)
{
    enum { SIGNALS = 2000 };
    atomic_int *due = &faults_now()->signals_due;
    struct pool *pool;
    int left;

    pool_meeting = meeting_create(2);
    pool = pool_begin(2);
    atomic_store(due, SIGNALS);
    pool_refused(
        "await_map",
        "A worker is killed at work, and signals interrupt each wait of the caller's after "
        "a millisecond: pool_map",
        pool_map(pool, task_one_dies, pool_values, pool_results, 2, 1), ECHILD);
    left = atomic_exchange(due, 0);
    expect_at(
        "await_map", left > 0,
        "A worker was killed at work, and signals interrupted each wait of the caller's after "
        "a millisecond. pool_map should look for dead workers all the same, but after %d "
        "signals it had not.",
        SIGNALS);
    pool_close(pool);
    meeting_free(pool_meeting);
    pool_meeting = NULL;
}
