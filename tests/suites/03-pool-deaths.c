/* Workers that die, and a pool whose owner dies. */
#include "tests/suites/03-pool.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/prctl.h>
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

/* A worker dies at value `die`, which is somewhere in a chunk of 7. */
static void try_killed(task_fn *task, const char *what, long die, int workers)
{
    struct census before = census_take();
    struct pool *pool;

    dying = die;
    pool = pool_begin(workers);
    pool_refused("await_map", wording("%s: %s", what, pool_call(POOL_TASKS, 7)),
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

    pool_expect_sound();
    pool_meeting = NULL;
    try_killed(task_kills, "The only worker is killed at work, in the last task", POOL_TASKS, 1);
    try_killed(task_exits, "A task calls exit(0), which ends its worker", 11, 3);
    pool_meeting = meeting_create(4);
    try_killed(task_kills, "A worker is killed at work while the others wait for it", 8, 3);
    meeting_free(pool_meeting);
    try_killed_and_failed();
    pool_try_killed_in_another();
    pool_try_killed_before_its_start();
    pool_lead_to("reap");
    faults_expect_no_stray_kill(faults);
}

static pid_t owner;          /* of the pool: a child of the test's; set before pool_open */
static atomic_int *orphaned; /* shared: how many tasks orphans have begun */

/* In a worker of a pool that run_orphan_maker has opened. It ends when the owner has. */
static int task_kills_owner(long in, long *out)
{
    *out = in;
    if (getppid() != owner)
        atomic_fetch_add(orphaned, 1);
    if (in == 2)
        kill(owner, SIGKILL);
    while (getppid() == owner)
        clock_sleep(NS_PER_MS);
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

/* A process that opens a pool and is killed, and the pool's workers. */
struct orphans {
    const char *when;
    pid_t parent;
    long *pids; /* in shared memory */
    struct meeting *meeting;
};

static struct orphans make_orphans(bool at_work)
{
    struct orphans orphans = {.when = at_work ? "in the middle of a map" : "after a map",
                              .pids = grader_share(3, sizeof *orphans.pids),
                              .meeting = meeting_create(3)};

    pool_meeting = orphans.meeting;
    orphans.parent = fork();
    if (orphans.parent == 0)
        run_orphan_maker(at_work, orphans.pids);
    return orphans;
}

static void await_parent(const struct orphans *orphans)
{
    struct sigaction now;

    sigaction(SIGCHLD, NULL, &now);
    expect_at(
        now.sa_handler == SIG_IGN ? "pool_open" : "reap",
        waitpid(orphans->parent, NULL, 0) == orphans->parent,
        "A child of the caller's own cannot be waited for any more (errno %s). Who has reaped "
        "it, or had SIGCHLD ignored?",
        error_name(errno));
}

/* Orphans come to this process (a subreaper) and are waited for here: if they do not end by
 * themselves, this never does. */
static void await_orphans(const struct orphans *orphans)
{
    grader_doing("worker_main",
                 "a wait for the workers of a process that opened a pool and was killed %s: they "
                 "should end by themselves",
                 orphans->when);
    for (int i = 0; i < 3; i++)
        expect(orphans->pids[i] > 0 &&
                   waitpid((pid_t)orphans->pids[i], NULL, 0) == orphans->pids[i],
               "The process that opened the pool was killed %s; its worker %d should then end by "
               "itself.",
               orphans->when, i);
    grader_did();
    meeting_free(orphans->meeting);
    shared_free(orphans->pids);
}

/* Longer than WORKER_LOOKS_MS, after which an idle worker looks around. */
static void expect_patient(struct pool *pool, int64_t since)
{
    int64_t rest = since + 300 * NS_PER_MS - clock_wall();

    if (rest > 0)
        clock_sleep(rest);
    expect(pool_try(pool, "worker_main", conform_task, 5, 1) == 0,
           "A pool had nothing to do for a while. Its workers should wait, and look now and then "
           "whether their parent lives, but then pool_map failed with errno %s.",
           error_name(errno));
    pool_end(pool);
}

void test_pool_orphans(void)
{
    struct pool *idle;
    struct orphans idlers, busy;
    int64_t since;

    faults_reset();
    idle = pool_begin(2);
    pool_try_many_looks(idle);
    since = clock_wall();
    pool_try_thread();
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    orphaned = grader_share(1, sizeof *orphaned);
    idlers = make_orphans(false);
    busy = make_orphans(true);
    await_parent(&idlers);
    await_parent(&busy);
    await_orphans(&idlers);
    await_orphans(&busy);
    expect_at("work_off", atomic_load(orphaned) < POOL_TASKS - 3,
              "The process that opened the pool was killed in the middle of a map of %d tasks, and "
              "its workers ran all that was left of it, %d tasks. Nobody is there any more to whom "
              "that is of use: they should leave.",
              POOL_TASKS, atomic_load(orphaned));
    shared_free(orphaned);
    expect_patient(idle, since);
    pool_try_born_orphan();
    prctl(PR_SET_CHILD_SUBREAPER, 0);
}
