/* A pool whose owner dies. */
#include "tests/suites/03-pool.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/shared.h"
#include "tests/suites/03-pool-support.h"
#include "tests/harness/conformance.h"
#include "tests/harness/faults.h"
#include "tests/harness/grader.h"
#include "tests/harness/wording.h"

static pid_t owner;          /* of the pool: a child of the test's; set before pool_open */
static atomic_int *orphaned; /* shared: how many tasks orphans have begun */

/* In a worker of a pool that run_orphan_maker has opened. It ends when the owner has. */
static int task_kills_owner(long in, long *out)
{
    int file = (int)syscall(SYS_pidfd_open, owner, 0);

    *out = in;
    if (getppid() != owner)
        atomic_fetch_add(orphaned, 1);
    if (in == 2)
        kill(owner, SIGKILL);
    while (getppid() == owner)
        clock_sleep(NS_PER_MS);
    if (file != -1) {
        struct pollfd death = {.fd = file, .events = POLLIN};

        poll(&death, 1, -1); /* by now nobody can still see the owner alive */
        close(file);
    }
    return 0;
}

/* When the process that opens a pool is killed. */
enum when { AFTER_MAP, AT_WORK };

/* In a child of the test's: opens a pool, tells its workers' PIDs, and is killed. */
static void run_orphan_maker(enum when when, long *pids)
{
    struct pool *pool;

    owner = getpid();
    pool = pool_begin(3);
    pool_find_workers(pool, pids, 3);
    if (when == AT_WORK)
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

static struct orphans make_orphans(enum when when)
{
    static const char *const words[] = {"after a map", "in the middle of a map"};
    struct orphans orphans = {.when = words[when],
                              .pids = grader_share(3, sizeof *orphans.pids),
                              .meeting = meeting_create(3)};

    pool_meeting = orphans.meeting;
    orphans.parent = grader_fork();
    if (orphans.parent == 0)
        run_orphan_maker(when, orphans.pids);
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
    pid_t born;

    faults_reset();
    idle = pool_begin(2);
    pool_try_many_looks(idle);
    since = clock_wall();
    pool_try_thread();
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    orphaned = grader_share(1, sizeof *orphaned);
    born = pool_make_born_orphans();
    idlers = make_orphans(AFTER_MAP);
    busy = make_orphans(AT_WORK);
    await_parent(&idlers);
    await_parent(&busy);
    await_orphans(&idlers);
    await_orphans(&busy);
    pool_await_born_orphans(born);
    /* Two: the others may have been about to begin one each. */
    expect_at("work_off", atomic_load(orphaned) <= 2,
              "The process that opened the pool was killed in the middle of a map of %d tasks in "
              "chunks of 1, and after that its workers began %d tasks more. Nobody is there any "
              "more to whom that is of use: they should leave.",
              POOL_TASKS, atomic_load(orphaned));
    shared_free(orphaned);
    expect_patient(idle, since);
    prctl(PR_SET_CHILD_SUBREAPER, 0);
}
