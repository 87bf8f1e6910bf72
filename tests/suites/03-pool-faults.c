/* A pool in trouble: bad arguments, dead workers, a dead owner, a fork that fails. */
#include "tests/suites/03-pool.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/shared.h"
#include "tests/suites/03-pool-support.h"
#include "tests/harness/census.h"
#include "tests/harness/conformance.h"
#include "tests/harness/faults.h"
#include "tests/harness/grader.h"
#include "tests/harness/wording.h"

/* pool_map of the first n values, in chunks of the pool's own length. */
static int map(struct pool *pool, task_fn *task, size_t n)
{
    return pool_map(pool, task, pool_values, pool_results, n, 0);
}

/* In a worker. */
static int task_fails(long in, long *out)
{
    *out = in;
    return in == 7 ? EDOM : 0;
}

void test_pool_errors(void)
{
    const struct engine *engine = engine_find("pool_once");
    struct pool *pool = pool_begin(2);

    conform_arguments(engine);
    conform_errors(engine);
    grader_refused("pool_open with 0 workers", pool_open(0, 1), EINVAL);
    grader_refused("pool_open with a capacity of 0", pool_open(1, 0), EINVAL);
    grader_refused("pool_map with no pool (NULL)", map(NULL, conform_task, 1), EINVAL);
    grader_refused("pool_map with no task (NULL)", map(pool, NULL, 1), EINVAL);
    grader_refused("pool_map of one task more than the capacity",
                   map(pool, conform_task, POOL_TASKS + 1), E2BIG);
    grader_refused("A task fails with EDOM: pool_map", map(pool, task_fails, POOL_TASKS), EDOM);
    pool_expect_mapped(pool, POOL_TASKS, 0);
    pool_end(pool);
    expect(pool_close(NULL) == 0, "pool_close(NULL) should do nothing and return 0.");
}

/* A map has just failed with ECHILD, because a worker was killed; `when` says when. */
static void expect_broken(struct pool *pool, const char *when, struct census before)
{
    int left = census_take().children - before.children;

    expect(left == 0,
           "After a worker was killed %s, pool_map should kill and reap the others before it "
           "returns, but %d of them are left.",
           when, left);
    for (int later = 0; later < 3; later++)
        grader_refused(wording("A worker was killed %s, and a map has failed: every later "
                               "pool_map",
                               when),
                       map(pool, conform_task, POOL_TASKS), ECHILD);
    grader_refused(wording("A worker was killed %s, and a map has failed: pool_close", when),
                   pool_close(pool), ECHILD);
    census_expect_same(before, census_take(), "pool_open, pool_map and pool_close", 5);
}

/* Opens a pool of three, one of which is dead by now. */
static struct pool *begin_with_dead(int victim)
{
    struct pool *pool;
    siginfo_t info;
    long pids[3];

    pool_meeting = meeting_create(3);
    pool = pool_begin(3);
    pool_find_workers(pool, pids, 3);
    meeting_free(pool_meeting);
    kill((pid_t)pids[victim], SIGKILL);
    waitid(P_PID, (id_t)pids[victim], &info, WEXITED | WNOWAIT); /* until it is dead */
    return pool;
}

void test_pool_killed_idle(void)
{
    const struct faults *faults = faults_reset();

    for (int victim = 0; victim < 3; victim++) {
        struct census before = census_take();
        struct pool *pool = begin_with_dead(victim);

        grader_refused("A worker was killed while it waited for work: pool_map",
                       map(pool, conform_task, POOL_TASKS), ECHILD);
        expect_broken(pool, "while it waited for work", before);
        pool = begin_with_dead(victim);
        grader_refused("A worker was killed after the last map: pool_close", pool_close(pool),
                       ECHILD);
        census_expect_same(before, census_take(), "pool_open, pool_map and pool_close", 2);
    }
    faults_expect_no_stray_kill(faults);
}

/* In a worker. Value 8 kills its worker; if there is a meeting, all the others wait there for
 * it. */
static int task_kills(long in, long *out)
{
    *out = in;
    if (in == 8)
        raise(SIGKILL);
    if (pool_meeting)
        meeting_join(pool_meeting);
    return 0;
}

/* In a worker. */
static int task_exits(long in, long *out)
{
    *out = in;
    if (in == 8)
        exit(0);
    return 0;
}

static void try_killed(task_fn *task, const char *what)
{
    struct census before = census_take();
    struct pool *pool = pool_begin(3);

    grader_refused(wording("%s: pool_map", what),
                   pool_map(pool, task, pool_values, pool_results, POOL_TASKS, 7), ECHILD);
    expect_broken(pool, "at work", before);
}

void test_pool_killed_working(void)
{
    const struct faults *faults = faults_reset();

    pool_meeting = NULL;
    try_killed(task_kills, "A worker is killed at work");
    try_killed(task_exits, "A task calls exit(0), which ends its worker");
    pool_meeting = meeting_create(4);
    try_killed(task_kills, "A worker is killed at work while the others wait for it");
    meeting_free(pool_meeting);
    pool_try_killed_before_its_start();
    faults_expect_no_stray_kill(faults);
}

static pid_t owner; /* of the pool: a child of the test's; set before pool_open */

/* In a worker of a pool that run_orphan_maker has opened. */
static int task_kills_owner(long in, long *out)
{
    *out = in;
    if (in == 2)
        kill(owner, SIGKILL);
    return 0;
}

/* In a child of the test's: opens a pool, tells its workers' PIDs, and is killed; if `at_work`, in
 * the middle of a map. */
static void run_orphan_maker(bool at_work, long *pids)
{
    struct pool *pool;

    owner = getpid();
    pool = pool_begin(3);
    pool_find_workers(pool, pids, 3);
    if (at_work)
        pool_map(pool, task_kills_owner, pool_values, pool_results, POOL_TASKS, 1);
    raise(SIGKILL);
}

/* Orphans come to this process (a subreaper) and are waited for here: if they do not end by
 * themselves, this test never does. */
void test_pool_orphans(void)
{
    pool_end(pool_begin(1));
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    for (int at_work = 0; at_work <= 1; at_work++) {
        long *pids = grader_share(3, sizeof *pids);
        pid_t parent;

        pool_meeting = meeting_create(3);
        parent = fork();
        if (parent == 0)
            run_orphan_maker(at_work, pids);
        expect(waitpid(parent, NULL, 0) == parent, "The test itself went wrong: waitpid failed.");
        for (int i = 0; i < 3; i++)
            expect(pids[i] > 0 && waitpid((pid_t)pids[i], NULL, 0) == pids[i],
                   "The process that opened the pool was killed; its worker %d should then end by "
                   "itself.",
                   i);
        meeting_free(pool_meeting);
        shared_free(pids);
    }
    prctl(PR_SET_CHILD_SUBREAPER, 0);
}

void test_pool_fork_fails(void)
{
    struct faults *faults = faults_reset();

    pool_end(pool_begin(2));
    for (int k = 1; k <= 5; k++) {
        struct census before = census_take();

        atomic_store(&faults->fork_fails_at, k);
        grader_refused(
            wording("Call number %d of fork fails with EAGAIN: pool_open of 5 workers", k),
            pool_open(5, 10), EAGAIN);
        atomic_store(&faults->fork_fails_at, k);
        grader_refused(
            wording("Call number %d of fork fails with EAGAIN: pool_once with 5 workers", k),
            pool_once(conform_task, pool_values, pool_results, POOL_TASKS, 5), EAGAIN);
        faults_expect_no_stray_kill(faults);
        census_expect_same(before, census_take(), "pool_open and pool_once", 2);
    }
    atomic_store(&faults->fork_fails_at, 0);
    pool_end(pool_begin(5));
}
