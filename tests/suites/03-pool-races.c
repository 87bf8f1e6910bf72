/* What parent and workers do at the same time. One of them is stopped at each point of its code in
 * turn, until all others are asleep: what is not done in one step goes wrong every time. */
#include "tests/suites/03-pool.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/shared.h"
#include "tests/harness/faults.h"
#include "tests/harness/forced_stop.h"
#include "tests/harness/grader.h"
#include "tests/harness/wording.h"
#include "tests/suites/03-pool-support.h"
#include "tests/watch/quiet.h"

enum { FEW = 8, MOST_OF_FETCH = 12, MOST_POINTS = 18, MOST_OF_PARENT = 48 };

/* In shared memory, made before the workers. */
static struct shared {
    atomic_int point;         /* where the worker that runs value 1 stops; 0: nowhere */
    atomic_int runs[FEW + 1]; /* how often each value has been begun */
    atomic_int begun;         /* how many have been begun */
    atomic_int victim;        /* a worker that is to be killed; 0: none */
} * shared;

/* In a worker. */
static int task_stop_after(long in, long *out)
{
    int point = atomic_load(&shared->point);

    atomic_fetch_add(&shared->runs[in], 1);
    *out = in;
    if (in == 1 && point > 0 && atomic_load(&shared->runs[1]) == 1)
        forced_stop_at(point);
    return 0;
}

static void expect_each_once(const char *call)
{
    for (int value = 1; value <= FEW; value++)
        expect(atomic_load(&shared->runs[value]) == 1,
               "%s: each task should run once, but task %d ran %s.", call, value - 1,
               plural(atomic_load(&shared->runs[value]), "time"));
}

/* A worker is stopped at each point behind its first task: it may be about to fetch. */
static void try_fetch(void)
{
    const char *call = "pool_map of 8 tasks in chunks of 1 on 2 workers, one of which is held up "
                       "between two steps of its work while the other goes on";
    struct pool *pool = pool_begin(2);
    bool stopped = true;

    for (int point = 1; point <= MOST_OF_FETCH && stopped; point++) {
        memset(shared, 0, sizeof *shared);
        atomic_store(&shared->point, point);
        forced_stop_reset();
        expect(grader_call(pool_map(pool, task_stop_after, pool_values, pool_results, FEW, 1),
                           "work_off", "%s", call) == 0,
               "%s failed with errno %s.", call, error_name(errno));
        expect_each_once(call);
        stopped = forced_stop_wait();
    }
    forced_stop_reset();
    pool_end(pool);
}

/* In a worker: its result comes only when everybody else is asleep. */
static int task_late(long in, long *out)
{
    forced_stop_at(1);
    forced_stop_point();
    *out = -in; /* no task before has had this result */
    return 0;
}

/* A map has returned while a worker was stopped on its way to its last step. Does that worker still
 * say that the map has ended? Then the next one ends too early. */
static void expect_next_map_waits(struct pool *pool)
{
    forced_stop_wait_for_end();
    quiet_wait_briefly(NULL); /* until that worker, too, waits for the next map */
    forced_stop_reset();
    memset(pool_results, 0, sizeof pool_results);
    /* One task: two that are stopped would keep each other awake. */
    grader_call(pool_map(pool, task_late, pool_values, pool_results, 1, 1), "worker_main",
                "pool_map of 1 task on 2 workers, after a map in which one worker was held up "
                "while the other ended its work");
    expect(pool_results[0] == -1,
           "After a map in which one worker was held up while the other ended its work, the next "
           "pool_map returned before all its tasks had ended. Did two workers say that they were "
           "the last one?");
}

/* Whether the worker was stopped at this point, on its way to its last step: to take itself off
 * those that run. */
static bool try_end(struct pool *pool, int point)
{
    bool stopped;

    memset(shared, 0, sizeof *shared);
    atomic_store(&shared->point, point);
    forced_stop_reset();
    grader_call(pool_map(pool, task_stop_after, pool_values, pool_results, 1, 1), "worker_main",
                "pool_map of 1 task on 2 workers, one of which is held up between two steps of its "
                "work while the other ends its own");
    if (forced_stop_has_ended())
        return true;
    stopped = forced_stop_wait();
    if (stopped)
        expect_next_map_waits(pool);
    return stopped;
}

static void try_ends(void)
{
    struct pool *pool = pool_begin(2);
    int point = 1;

    while (point <= MOST_POINTS && try_end(pool, point))
        point++;
    forced_stop_reset();
    pool_end(pool);
}

/* The parent is stopped at its points while it starts a map: workers that are awake too early go to
 * work. */
static void try_start(void)
{
    const char *call = "pool_map of 8 tasks in chunks of 1 on 2 workers, which work on while the "
                       "caller is held up in the middle of starting them";
    struct pool *pool = pool_begin(2);
    bool stopped = true;

    for (int point = 1; point <= MOST_OF_PARENT && stopped; point += 3) {
        memset(shared, 0, sizeof *shared);
        forced_stop_at(point);
        expect(grader_call(pool_map(pool, task_stop_after, pool_values, pool_results, FEW, 1),
                           "start_map", "%s", call) == 0,
               "%s failed with errno %s.", call, error_name(errno));
        expect_each_once(call);
        stopped = forced_stop_wait();
    }
    forced_stop_reset();
    pool_end(pool);
}

/* In a worker. Both fail, the second one first: its worker is stopped on its way to note that. */
static int task_fails_stopped(long in, long *out)
{
    *out = in;
    if (in == 2)
        forced_stop_at(atomic_load(&shared->point));
    else
        forced_stop_wait();
    return in == 2 ? ENOSPC : EDOM;
}

static void try_failures(void)
{
    struct pool *pool = pool_begin(2);
    struct grader_answer answer;

    for (int point = 1; point <= 8; point++) {
        memset(shared, 0, sizeof *shared);
        atomic_store(&shared->point, point);
        forced_stop_reset();
        answer = grader_answer(
            grader_call(pool_map(pool, task_fails_stopped, pool_values, pool_results, 2, 1),
                        "work_off", "pool_map of 2 tasks on 2 workers, both of which fail"));
        /* Another answer than those of the two tasks, or than none: pool_map makes that of it. */
        if (answer.error != ENOSPC && strcmp(answer.returned, "0") != 0)
            pool_lead_to("pool_map");
        grader_expect_refused(
            "Task 0 fails with EDOM, and the worker of task 1, which fails with ENOSPC, is "
            "held up before it has noted that; the lowest index counts: pool_map of 2 "
            "tasks on 2 workers",
            answer, EDOM);
    }
    forced_stop_reset();
    pool_end(pool);
}

/* In a worker: a result of 1 says that somebody else did not sleep. */
static int task_look_for_spin(long in, long *out)
{
    (void)in;
    *out = !quiet_wait(NULL);
    return 0;
}

/* Whoever spins keeps everybody from being stopped for long enough. */
static void expect_sleep(void)
{
    struct pool *pool = pool_begin(2);

    pool_expect_rest();
    pool_must_map(pool, "await_map", "", task_look_for_spin, 1, 1);
    expect(pool_results[0] != 1,
           "While a task was under way, somebody else used CPU time: who waits should sleep.");
    pool_end(pool);
}

void test_pool_races(void)
{
    faults_reset();
    expect_sleep();
    pool_try_long_tasks();
    shared = grader_share(1, sizeof *shared);
    try_fetch();
    try_ends();
    try_start();
    try_failures();
    shared_free(shared);
}

/* Kills a process and waits until it is dead. */
static void kill_for_good(pid_t pid)
{
    struct pollfd death = {.fd = (int)syscall(SYS_pidfd_open, pid, 0), .events = POLLIN};

    kill(pid, SIGKILL);
    if (death.fd != -1) {
        poll(&death, 1, -1);
        close(death.fd);
    }
}

/* In a worker. */
static int task_kill_stopped(long in, long *out)
{
    *out = in;
    if (atomic_fetch_add(&shared->begun, 1) + 1 == FEW - 2)
        kill_for_good(atomic_load(&shared->victim));
    return 0;
}

void pool_try_killed_before_its_start(void)
{
    shared = grader_share(1, sizeof *shared);
    for (int round = 0; round < 2; round++) {
        struct pool *pool;
        siginfo_t info;
        long pids[2];

        pool_meeting = meeting_create(2);
        pool = pool_begin(2);
        pool_find_workers(pool, pids, 2);
        meeting_free(pool_meeting);
        kill((pid_t)pids[round], SIGSTOP);
        waitid(P_PID, (id_t)pids[round], &info, WSTOPPED | WNOWAIT);
        atomic_store(&shared->begun, 0);
        atomic_store(&shared->victim, (int)pids[round]);
        pool_refused("start_map",
                     "A map had begun, and one of two workers was killed before it had taken any "
                     "task, while the other worked: pool_map",
                     pool_map(pool, task_kill_stopped, pool_values, pool_results, FEW, 1), ECHILD);
        pool_close(pool);
    }
    shared_free(shared);
}
