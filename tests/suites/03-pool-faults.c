#include "tests/suites/03-pool.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/shared.h"
#include "tests/harness/census.h"
#include "tests/harness/faults.h"
#include "tests/harness/grader.h"

static int task_fails(long in, long *out)
{
    *out = in;
    return in == 7 ? EDOM : 0;
}

static void expect_error(const char *what, int failed, int wanted)
{
    expect(failed == -1 && errno == wanted,
           "%s should fail with \"%s\", but it returned %d, errno: %s.", what, strerror(wanted),
           failed, strerror(errno));
}

void test_errors(void)
{
    struct pool *pool = begin(2);

    conform_arguments(&pool_engine);
    conform_errors(&pool_engine);
    errno = 0;
    expect_error("pool_open with 0 workers", pool_open(0, 1) ? 0 : -1, EINVAL);
    expect_error("pool_open with a capacity of 0", pool_open(1, 0) ? 0 : -1, EINVAL);
    expect_error("pool_map with no pool (NULL)",
                 pool_map(NULL, conform_task, values, results, 1, 0), EINVAL);
    expect_error("pool_map with no task (NULL)", pool_map(pool, NULL, values, results, 1, 0),
                 EINVAL);
    expect_error("pool_map of more than the capacity",
                 pool_map(pool, conform_task, values, results, N + 1, 0), E2BIG);
    expect_error("pool_map with a task that fails",
                 pool_map(pool, task_fails, values, results, N, 0), EDOM);
    expect_mapped(pool, N, 0);
    end(pool);
    expect(pool_close(NULL) == 0, "pool_close(NULL) should do nothing and return 0.");
}

/* A map has just failed with ECHILD. */
static void expect_broken(struct pool *pool, const char *how, struct census before)
{
    int left = census_take().children - before.children;

    expect(left == 0,
           "After a worker was killed (%s) pool_map should kill and reap the others before it "
           "returns, but %d of them are left.",
           how, left);
    for (int map = 0; map < 3; map++)
        expect_error("After a worker was killed every later pool_map",
                     pool_map(pool, conform_task, values, results, N, 0), ECHILD);
    errno = 0;
    expect(pool_close(pool) == -1 && errno == ECHILD,
           "pool_close of a pool whose worker died (%s) should return -1 with errno ECHILD.", how);
    census_expect_same(before, census_take(), "pool_open, pool_map and pool_close", 5);
}

/* Opens a pool of three, one of which is dead by now. */
static struct pool *begin_with_dead(int victim)
{
    struct pool *pool;
    siginfo_t info;
    long pids[3];

    meeting = meeting_create(3);
    pool = begin(3);
    find_workers(pool, pids, 3);
    meeting_free(meeting);
    kill((pid_t)pids[victim], SIGKILL);
    waitid(P_PID, (id_t)pids[victim], &info, WEXITED | WNOWAIT); /* until it is dead */
    return pool;
}

void test_killed_idle(void)
{
    const struct faults *faults = faults_reset();

    for (int victim = 0; victim < 3; victim++) {
        struct census before = census_take();
        struct pool *pool = begin_with_dead(victim);

        expect_error("pool_map on a pool of which one worker was killed while it waited for work",
                     pool_map(pool, conform_task, values, results, N, 0), ECHILD);
        expect_broken(pool, "while idle", before);
        errno = 0;
        expect_error("pool_close, when a worker was killed since the last map",
                     pool_close(begin_with_dead(victim)), ECHILD);
        census_expect_same(before, census_take(), "pool_open, pool_map and pool_close", 2);
    }
    faults_expect_no_stray_kill(faults);
}

/* Value 8 kills its worker; if there is a meeting, all the others wait there for it. */
static int task_kills(long in, long *out)
{
    *out = in;
    if (in == 8)
        raise(SIGKILL);
    if (meeting)
        meeting_join(meeting);
    return 0;
}

static int task_exits(long in, long *out)
{
    *out = in;
    if (in == 8)
        exit(0);
    return 0;
}

static void try_killed(task_fn *task, const char *how)
{
    struct census before = census_take();
    struct pool *pool = begin(3);

    expect_error(how, pool_map(pool, task, values, results, N, 7), ECHILD);
    expect_broken(pool, "at work", before);
}

void test_killed_working(void)
{
    const struct faults *faults = faults_reset();

    meeting = NULL;
    try_killed(task_kills, "pool_map when a worker is killed at work");
    try_killed(task_exits, "pool_map when a task calls exit(0)");
    meeting = meeting_create(4);
    try_killed(task_kills, "pool_map when a worker is killed while the others wait for it");
    meeting_free(meeting);
    faults_expect_no_stray_kill(faults);
}

static pid_t owner; /* of the pool; fixed before pool_open */

static int task_kills_owner(long in, long *out)
{
    *out = in;
    if (in == 2)
        kill(owner, SIGKILL);
    return 0;
}

/* Opens a pool, tells its PIDs, and is killed; if `at_work`, in the middle of a map. */
static void run_orphan_maker(bool at_work, long *pids)
{
    struct pool *pool;

    owner = getpid();
    pool = begin(3);
    find_workers(pool, pids, 3);
    if (at_work)
        pool_map(pool, task_kills_owner, values, results, N, 1);
    raise(SIGKILL);
}

/* Orphans come to this process (a subreaper) and are waited for here: if they do not end by
 * themselves, this test never does. */
void test_orphans(void)
{
    end(begin(1));
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    for (int at_work = 0; at_work <= 1; at_work++) {
        long *pids = grader_share(3, sizeof *pids);
        pid_t parent;

        meeting = meeting_create(3);
        parent = fork();
        if (parent == 0)
            run_orphan_maker(at_work, pids);
        expect(waitpid(parent, NULL, 0) == parent, "The test itself went wrong: waitpid failed.");
        for (int i = 0; i < 3; i++)
            expect(pids[i] > 0 && waitpid((pid_t)pids[i], NULL, 0) == pids[i],
                   "The process that opened the pool was killed; its worker %d should then end by "
                   "itself.",
                   i);
        meeting_free(meeting);
        shared_free(pids);
    }
    prctl(PR_SET_CHILD_SUBREAPER, 0);
}

void test_fork_fails(void)
{
    struct faults *faults = faults_reset();

    end(begin(2));
    for (int k = 1; k <= 5; k++) {
        struct census before = census_take();

        atomic_store(&faults->fork_fails_at, k);
        errno = 0;
        expect_error("pool_open of 5 workers when a fork fails", pool_open(5, 10) ? 0 : -1, EAGAIN);
        atomic_store(&faults->fork_fails_at, k);
        expect_error("pool_once with 5 workers when a fork fails",
                     pool_once(conform_task, values, results, N, 5), EAGAIN);
        faults_expect_no_stray_kill(faults);
        census_expect_same(before, census_take(), "pool_open and pool_once", 2);
    }
    atomic_store(&faults->fork_fails_at, 0);
    end(begin(5));
}

void test_tidy(void)
{
    struct census before = {0};

    conform_begin(&pool_engine);
    conform_no_memory(&pool_engine);
    conform_tidy(&pool_engine);
    for (int call = 1; call <= 30; call++) {
        end(begin(1 + call % 4));
        if (call == 3)
            before = census_take();
    }
    census_expect_same(before, census_take(), "pool_open, pool_map and pool_close", 30);
}

static atomic_int poked;

static void on_poke(int signal)
{
    (void)signal;
    atomic_fetch_add(&poked, 1);
}

/* Sends signals to the workers for as long as it lives. */
static pid_t start_poking(const long pids[], int count)
{
    pid_t poker = fork();

    while (poker == 0) {
        for (int i = 0; i < count; i++)
            kill((pid_t)pids[i], SIGUSR1);
        clock_sleep(NS_PER_MS / 2);
    }
    return poker;
}

void test_signals(void)
{
    struct sigaction action = {.sa_handler = on_poke};
    struct pool *pool;
    long pids[3];
    pid_t poker;

    conform_begin(&pool_engine);
    conform_signals(&pool_engine);
    sigaction(SIGUSR1, &action, NULL);
    meeting = meeting_create(3);
    pool = begin(3);
    find_workers(pool, pids, 3);
    poker = start_poking(pids, 3);
    for (int map = 0; map < 100; map++) {
        expect_mapped(pool, N, 1);
        clock_sleep(NS_PER_MS);
    }
    kill(poker, SIGKILL);
    waitpid(poker, NULL, 0);
    end(pool);
    meeting_free(meeting);
}
