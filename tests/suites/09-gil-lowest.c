/* Whether all tasks before the one that fails are run, also one that a thread has fetched already
 * when it must wait for the lock. */
#include "tests/suites/09-gil-support.h"

#include <errno.h>
#include <stdatomic.h>

#include "common/clock.h"
#include "tests/harness/faults.h"
#include "tests/harness/grader.h"
#include "tests/watch/quiet.h"

enum { TASKS = 3, FAILS = TASKS - 1, DROP_US = 10000 };

static struct gil *lock;
static bool until_asked; /* the first task that is run ends when its thread is asked for the lock */
static atomic_int begun;
static atomic_bool ran[TASKS];

/* The other thread waits for the lock. It hears of nothing before this thread has had it again. */
static void run_first(void)
{
    enum { NAPS = 300 };

    if (!until_asked)
        quiet_wait_briefly(NULL);
    for (int naps = 0; until_asked && naps < NAPS && !gil_drop_requested(lock); naps++)
        clock_sleep(10 * NS_PER_MS);
}

static int task_last_fails(long in, long *out)
{
    *out = in;
    atomic_store(&ran[in], true);
    if (atomic_fetch_add(&begun, 1) == 0) {
        run_first();
    } else {
        atomic_store(&faults_now()->late_signals, false);
        faults_deliver_signals();
    }
    return in == FAILS ? EDOM : 0;
}

static void try_last_fails(bool asked)
{
    const long in[TASKS] = {0, 1, 2};
    long out[TASKS];

    lock = gil_begin(asked ? DROP_US : HOUR_US);
    until_asked = asked;
    atomic_store(&begun, 0);
    for (int i = 0; i < TASKS; i++)
        atomic_store(&ran[i], false);
    atomic_store(&faults_reset()->late_signals, !asked);
    grader_refused("gil_map_with of 3 tasks with 2 workers, the last of which fails with EDOM",
                   gil_map_with(lock, task_last_fails, in, out, TASKS, 2), EDOM);
    faults_reset();
    for (int i = 0; i < FAILS; i++)
        expect_at("gil_map_with", atomic_load(&ran[i]),
                  "Task %d of %d failed, and the tasks before it must be run. But task %d was not: "
                  "is a task left out because any other one has failed, and not one before it?",
                  FAILS, TASKS, i);
    gil_end(lock);
}

void gil_try_last_fails(void)
{
    try_last_fails(false);
    try_last_fails(true);
}
