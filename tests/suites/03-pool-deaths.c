/* Workers that die. */
#include "tests/suites/03-pool.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/wait.h>

#include "tests/suites/03-pool-support.h"
#include "tests/harness/census.h"
#include "tests/harness/conformance.h"
#include "tests/harness/faults.h"
#include "tests/harness/grader.h"
#include "tests/harness/wording.h"

static int map(struct pool *pool, size_t n)
{
    return pool_map(pool, conform_task, pool_values, pool_results, n, 0);
}

/* A map has just failed with ECHILD, because a worker was killed; `when` says when. */
static void expect_broken(struct pool *pool, const char *when, struct census before)
{
    int left = census_take().children - before.children;

    expect(left == 0,
           "After a worker was killed %s, pool_map should kill and reap the others before it "
           "returns, but there are still %d child processes.",
           when, left);
    /* One of no tasks first: it cannot hang. */
    for (int later = 0; later < 3; later++)
        pool_refused("pool_map",
                     wording("A worker was killed %s, and a map has failed. Every later one "
                             "fails, too: pool_map of %s",
                             when, later == 0 ? "0 tasks" : "99 tasks"),
                     map(pool, later == 0 ? 0 : POOL_TASKS), ECHILD);
    pool_refused("pool_close",
                 wording("A worker was killed %s, and a map has failed: pool_close", when),
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

    pool_expect_sound();
    for (int victim = 0; victim < 3; victim++) {
        struct census before = census_take();
        struct pool *pool = begin_with_dead(victim);
        size_t n = victim == 1 ? 0 : POOL_TASKS;

        pool_refused("pool_map",
                     wording("A worker was killed while it waited for work: pool_map of %s",
                             plural((long)n, "task")),
                     map(pool, n), ECHILD);
        expect_broken(pool, "while it waited for work", before);
        pool = begin_with_dead(victim);
        pool_refused("pool_close", "A worker was killed after the last map: pool_close",
                     pool_close(pool), ECHILD);
        census_expect_same(before, census_take(), "pool_open, pool_map and pool_close", 2);
    }
    pool_lead_to("reap");
    faults_expect_no_stray_kill(faults);
}

static long dying; /* the value whose task ends its worker; set before pool_open */

/* In a worker. If there is a meeting, the others wait there, and only SIGKILL can end them. */
static int task_kills(long in, long *out)
{
    sigset_t all;

    *out = in;
    if (in == dying)
        raise(SIGKILL);
    if (!pool_meeting)
        return 0;
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, NULL);
    meeting_join(pool_meeting);
    return 0;
}

/* In a worker. */
static int task_exits(long in, long *out)
{
    *out = in;
    if (in == dying)
        exit(0);
    return 0;
}

/* In a worker. Value 3 has an error, and its worker goes on; they meet, so none is skipped. */
static int task_fails_or_kills(long in, long *out)
{
    *out = in;
    if (in == 3 || in == dying)
        meeting_join(pool_meeting);
    if (in == dying)
        raise(SIGKILL);
    return in == 3 ? EDOM : 0;
}

/* A worker dies at value `die`, which is somewhere in a chunk of 7. If nobody notices, look at
 * `look_at`. */
static void try_killed(task_fn *task, const char *look_at, const char *what, long die, int workers)
{
    struct census before = census_take();
    struct pool *pool;

    dying = die;
    pool = pool_begin(workers);
    pool_refused(look_at, wording("%s: %s", what, pool_call(POOL_TASKS, 7)),
                 pool_map(pool, task, pool_values, pool_results, POOL_TASKS, 7), ECHILD);
    pool_lead_to("pool_map");
    expect_broken(pool, "at work", before);
}

/* A worker of pool_once's dies while a task of another one fails. */
static void try_killed_and_failed(void)
{
    struct census before;

    dying = 50; /* a long way from value 3: in another chunk */
    pool_meeting = meeting_create(2);
    before = census_take();
    pool_refused("pool_map",
                 "Task 2 fails with EDOM, and task 49 ends its worker. That a worker has died is "
                 "reported also if a task has failed: pool_once",
                 pool_once(task_fails_or_kills, pool_values, pool_results, POOL_TASKS, 2), ECHILD);
    pool_lead_to("pool_once");
    census_expect_same(before, census_take(), "pool_once", 1);
    meeting_free(pool_meeting);
}

void test_pool_killed_working(void)
{
    const struct faults *faults = faults_reset();

    pool_begin_once();
    pool_meeting = NULL;
    try_killed(task_kills, "await_map", "The only worker is killed at work, in the last task",
               POOL_TASKS, 1);
    pool_meeting = meeting_create(4);
    try_killed(task_kills, "await_map", "A worker is killed at work while the others wait for it",
               8, 3);
    meeting_free(pool_meeting);
    pool_meeting = NULL;
    /* That a killed worker is noticed is known by now. */
    try_killed(task_exits, "reap", "A task calls exit(0), which ends its worker", 11, 3);
    try_killed_and_failed();
    pool_try_killed_in_another();
    pool_try_killed_before_its_start();
    pool_lead_to("reap");
    faults_expect_no_stray_kill(faults);
}
