/* Each test begins with it: workers end their work at the same time, and one is the last. */
#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/shared.h"
#include "tests/harness/faults.h"
#include "tests/harness/forced_stop.h"
#include "tests/harness/wording.h"
#include "tests/suites/03-pool-support.h"
#include "tests/watch/quiet.h"

enum { MOST_POINTS = 18, NOT_CALLED = -1 /* no map has this number */ };

/* In shared memory, made before the workers. */
static struct shared {
    atomic_int point; /* where the worker of the first task stops */
    atomic_int begun; /* 1 once it is on its way there */
} * shared;

static struct meeting *both; /* so neither worker runs both tasks */

/* In a worker. The second task ends when the first one's worker has been stopped behind its own. */
static int task_end_at_stop(long in, long *out)
{
    *out = in;
    if (meeting_join(both))
        return 0;
    if (in == 1) {
        forced_stop_at(atomic_load(&shared->point));
        atomic_store(&shared->begun, 1);
        return 0;
    }
    while (!atomic_load(&shared->begun))
        usleep(1000); /* it may still nap in the meeting: nobody would see that it goes on */
    forced_stop_wait();
    return 0;
}

/* Each time in a new pool: what one map leaves behind is another matter (try_end). */
static void try_last_of_all(void)
{
    const char *call = "pool_map of 2 tasks on 3 workers, one of which is held up between two "
                       "steps of its work while the others end theirs";
    bool stopped = true;

    shared = grader_share(1, sizeof *shared);
    for (int point = 1; point <= MOST_POINTS && stopped; point++) {
        struct pool *pool;

        both = meeting_create(2);
        pool = pool_begin_plainly(3);
        atomic_store(&shared->point, point);
        atomic_store(&shared->begun, 0);
        forced_stop_reset();
        expect(grader_call(pool_map(pool, task_end_at_stop, pool_values, pool_results, 2, 1),
                           "worker_main", "%s", call) == 0,
               "%s failed with errno %s.", call, error_name(errno));
        stopped = forced_stop_wait();
        pool_end(pool);
        while (waitpid(-1, NULL, WNOHANG) > 0)
            ; /* whom pool_close has left: what that breaks is for other tests to say */
        meeting_free(both);
    }
    forced_stop_reset();
    shared_free(shared);
}

/* In shared memory: what was called in a map of which a task is late. */
static struct late {
    atomic_int begun, ended; /* how many late tasks have begun, and ended */
    atomic_int calls;        /* how many tasks were called, */
    atomic_long with;        /* and with which number the last one, of those with a wrong one */
} * late;

/* In a worker. The second task ends only when everybody else is asleep. */
static int task_second_is_late(long in, long *out)
{
    *out = in;
    atomic_fetch_add(&late->calls, 1);
    if (in != 1 && in != 2)
        atomic_store(&late->with, in);
    if (in == 2) {
        atomic_fetch_add(&late->begun, 1);
        quiet_wait_briefly(NULL);
        atomic_fetch_add(&late->ended, 1);
    }
    return 0;
}

/* The map has returned before the second task has ended. Did it not begin at all? Who is on the way
 * to it gets there while this waits. */
static void expect_late_begun(bool mapped_before)
{
    const char *call = "pool_map of 2 tasks, with the numbers 1 and 2, on 3 workers returned 0";

    quiet_wait_briefly(NULL);
    expect_at(
        "start_map", atomic_load(&late->with) == NOT_CALLED,
        "%s, but a worker called the task with %ld: is all of in[] copied to pool->in (start_map), "
        "and is in[i] what task i gets (work_off)?",
        call, atomic_load(&late->with));
    expect_at(mapped_before ? "start_map" : "work_off", atomic_load(&late->calls) > 0,
              "%s, but no worker has called the task of this map.%s", call,
              mapped_before ? " In the map before it, the first one, all tasks were run: is "
                              "everything on the board set anew for each map?"
                            : "");
    expect_at("work_off", atomic_load(&late->begun) > 0,
              "%s, but no worker has called the task with 2, which is in in[1].", call);
}

void pool_expect_sound(void)
{
    static bool done;
    struct pool *pool;
    bool mapped_before, ended;

    if (done)
        return;
    done = true;
    atomic_store(&faults_now()->slow_poster, getpid());
    late = grader_share(1, sizeof *late);
    atomic_store(&late->with, NOT_CALLED);
    pool = pool_begin_plainly(3);
    mapped_before = pool_first_calls() == 2;
    pool_must_map(pool, "worker_main", "", task_second_is_late, 2, 1);
    ended = atomic_load(&late->ended) > 0;
    if (!ended)
        expect_late_begun(mapped_before);
    expect(ended, "pool_map of 2 tasks on 3 workers returned before the second task had ended. "
                  "`running` begins as the number of workers (start_map), and whoever brings it to "
                  "0 posts `done`, and nobody else (worker_main).");
    pool_end(pool);
    shared_free(late);
    try_last_of_all();
}
