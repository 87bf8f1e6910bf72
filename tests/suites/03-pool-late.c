/* What comes late in a map: waits that time out while a task lasts, and deaths near its end. */
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <unistd.h>

#include "common/shared.h"
#include "tests/harness/faults.h"
#include "tests/harness/wording.h"
#include "tests/suites/03-pool-support.h"
#include "tests/watch/quiet.h"

enum { LOOKS = 1000 };

/* In shared memory, made before the workers. */
static struct late {
    atomic_bool idle;     /* a worker has ended its task, and is about to have nothing to do */
    atomic_bool ended;    /* the long task has ended */
    atomic_bool may_pass; /* the waits of a worker that has nothing to do time out */
} * late;

/* In a worker. The first task lasts until nobody else has anything to do; the worker of the second
 * one looks around again and again meanwhile, as if much time passed. */
static int task_lasts(long in, long *out)
{
    *out = in;
    if (meeting_join(pool_meeting))
        return 0;
    if (in == 2) {
        if (atomic_load(&late->may_pass))
            atomic_store(&faults_now()->time_passes, LOOKS);
        atomic_store(&late->idle, true);
        return 0;
    }
    while (!atomic_load(&late->idle))
        usleep(1000); /* it may still nap in the meeting: nobody would see that it goes on */
    quiet_wait_briefly(NULL);
    atomic_store(&late->ended, true);
    return 0;
}

/* A map of which one task lasts long: for the other worker, or for the caller. */
static void map_lasting(const char *look_at, const char *when, bool workers)
{
    struct pool *pool;

    late = grader_share(1, sizeof *late);
    atomic_store(&late->may_pass, workers);
    pool_meeting = meeting_create(2);
    pool = pool_begin(2);
    faults_pass_time(workers ? 0 : LOOKS);
    pool_must_map(pool, look_at, when, task_lasts, 2, 1);
    faults_pass_time(0);
    atomic_store(&faults_now()->time_passes, 0);
    expect(atomic_load(&late->ended), "%s%s returned before this task had ended.", when,
           pool_call(2, 1));
    pool_end(pool);
    meeting_free(pool_meeting);
    shared_free(late);
}

void pool_try_long_tasks(void)
{
    map_lasting("worker_main",
                "A task lasts so long that the waits of the other worker, which has nothing to do "
                "any more, time out again and again; that brings no new map. ",
                true);
    map_lasting("await_map",
                "A task lasts so long that the caller's waits time out again and again; all "
                "workers live. ",
                false);
}

/* In a worker. One dies, and the other one can only be killed. */
static int task_dies_or_stays(long in, long *out)
{
    sigset_t all;

    *out = in;
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, NULL);
    if (meeting_join(pool_meeting))
        return 0;
    if (in == 2)
        raise(SIGKILL);
    for (;;)
        pause();
}

void pool_try_killed_beside_endless(void)
{
    struct pool *pool;

    pool_meeting = meeting_create(2);
    pool = pool_begin(2);
    pool_refused("pool_map",
                 "A worker is killed at work, and the task of the other one waits for ever, so "
                 "that it has to be killed: pool_map",
                 pool_map(pool, task_dies_or_stays, pool_values, pool_results, 2, 1), ECHILD);
    pool_close(pool);
    meeting_free(pool_meeting);
    pool_meeting = NULL;
}
