/* Workers that die. */
#include "tests/suites/03-pool.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/shared.h"
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

static void await_death(pid_t pid)
{
    siginfo_t info;

    waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT);
}

enum { WORKERS = 3 };

/* Kills one of the pool's workers; returns when it is dead. The meeting was made before them. */
static void kill_idle(struct pool *pool, int workers, int victim)
{
    long pids[WORKERS];

    pool_find_workers(pool, pids, workers);
    meeting_free(pool_meeting);
    kill((pid_t)pids[victim], SIGKILL);
    await_death((pid_t)pids[victim]);
}

static struct pool *begin_with_dead(int victim)
{
    struct pool *pool;

    pool_meeting = meeting_create(WORKERS);
    pool = pool_begin(WORKERS);
    kill_idle(pool, WORKERS, victim);
    return pool;
}

static void try_map_with_dead(int victim, size_t n)
{
    struct census before = census_take();
    struct pool *pool = begin_with_dead(victim);

    pool_refused("pool_map",
                 wording("A worker was killed while it waited for work: pool_map of %s",
                         plural((long)n, "task")),
                 map(pool, n), ECHILD);
    expect_broken(pool, "while it waited for work", before);
}

static void try_close_with_dead(int victim)
{
    struct census before = census_take();
    struct pool *pool = begin_with_dead(victim);

    pool_refused("pool_close", "A worker was killed after the last map: pool_close",
                 pool_close(pool), ECHILD);
    census_expect_same(before, census_take(), "pool_open, pool_map and pool_close", 2);
}

static atomic_bool *leave; /* in shared memory */

static void *leave_when_told(void *unused)
{
    (void)unused;
    while (!atomic_load(leave))
        clock_sleep(NS_PER_MS);
    _exit(0);
}

/* In a worker: a thread of the task's own goes on. */
static int task_leaves_later(long in, long *out)
{
    pthread_t thread;

    (void)in;
    *out = getpid();
    return pthread_create(&thread, NULL, leave_when_told, NULL);
}

/* A worker ends as one that was told to leave does, but nobody has told it. */
static void try_close_of_left(void)
{
    struct pool *pool;

    leave = grader_share(1, sizeof *leave);
    pool = pool_begin(2);
    pool_must_map(pool, "work_off", "", task_leaves_later, 1, 1);
    atomic_store(leave, true);
    await_death((pid_t)pool_results[0]);
    pool_refused("pool_close",
                 "A worker has ended with status 0 after the last map, before the pool was closed: "
                 "pool_close",
                 pool_close(pool), ECHILD);
    shared_free(leave);
}

/* More than any table of pools has places, if those of broken ones are not given back. */
static void try_many_with_dead(void)
{
    enum { MANY = 70 };

    for (int closed = 0; closed < MANY; closed++) {
        struct pool *pool;

        pool_meeting = meeting_create(1);
        pool = grader_call(pool_open(1, 1), "pool_open", "pool_open of %s with a capacity of %d",
                           plural(1, "worker"), 1);
        expect_at("pool_close", pool,
                  "%d pools, each of which had lost its worker, were closed. After that pool_open "
                  "of 1 worker failed with errno %s: is something kept for a pool that is gone?",
                  closed, error_name(errno));
        kill_idle(pool, 1, 0);
        pool_refused("pool_close", "A worker was killed after the last map: pool_close",
                     pool_close(pool), ECHILD);
    }
}

/* The caller has an older child that is dead, too, and waits to be reaped. */
static void try_own_dead(void)
{
    struct pool *pool;
    pid_t own = grader_fork();

    if (own == 0)
        _exit(0);
    await_death(own);
    pool = begin_with_dead(WORKERS - 1);
    pool_refused("reap",
                 "A child of the caller's own has ended, and after it a worker was killed: "
                 "pool_map of 99 tasks",
                 map(pool, POOL_TASKS), ECHILD);
    pool_close(pool);
    waitpid(own, NULL, 0);
}

void test_pool_killed_idle(void)
{
    const struct faults *faults = faults_reset();

    pool_expect_sound();
    for (int victim = 0; victim < WORKERS; victim++) {
        try_map_with_dead(victim, victim == 1 ? 0 : POOL_TASKS);
        try_map_with_dead(victim, 1); /* which needs one worker only */
        try_close_with_dead(victim);
    }
    try_close_of_left();
    try_own_dead();
    try_many_with_dead();
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
    pool_try_killed_under_signals();
    try_killed(task_exits, "reap", "A task calls exit(0), which ends its worker", 11, 3);
    try_killed_and_failed();
    pool_try_killed_in_another();
    pool_try_killed_before_its_start();
    pool_try_killed_beside_endless();
    pool_lead_to("reap");
    faults_expect_no_stray_kill(faults);
}
