#include <errno.h>
#include <stdatomic.h>
#include <string.h>

#include <omp.h>

#include "07-threads/thread_map.h"
#include "common/shared.h"
#include "tests/suites/07-threads.h"
#include "tests/harness/conformance.h"
#include "tests/harness/grader.h"
#include "tests/harness/meeting.h"
#include "tests/watch/quiet.h"
#include "tests/harness/forced_stop.h"

static const struct engine engine = {"thread_map", thread_map, ENGINE_THREADS, 100000, 100000};

/* Two threads have tasks 0 and 1. The one that has task `victim` is stopped at access number
 * `access` after that, and the other one goes on with its own task, and all others, only then. */
enum { MISHAP_TASKS = 6 };

struct mishap {
    int victim;
    int errors[MISHAP_TASKS]; /* of each task */
};

static const struct mishap *mishap;
static int stop_at;
static atomic_int runs[MISHAP_TASKS];
static atomic_int inside, both; /* tasks 0 and 1 wait for each other */

static int task_mishap(long in, long *out)
{
    atomic_fetch_add(&runs[in], 1);
    if (in < 2 && atomic_fetch_add(&inside, 1) == 0)
        quiet_wait_briefly(&both);
    else if (in < 2)
        atomic_store(&both, 1);
    if (in == mishap->victim)
        forced_stop_at(stop_at);
    else if (in < 2)
        forced_stop_wait();
    *out = in;
    return mishap->errors[in];
}

static void try_mishap(const struct mishap *what, int access)
{
    long in[MISHAP_TASKS], out[MISHAP_TASKS];
    int bad = 0, failed;

    mishap = what;
    stop_at = access;
    for (int i = 0; i < MISHAP_TASKS; i++) {
        in[i] = i;
        out[i] = -1;
        atomic_store(&runs[i], 0);
    }
    while (bad < MISHAP_TASKS && !what->errors[bad])
        bad++;
    atomic_store(&inside, 0);
    atomic_store(&both, 0);
    errno = 0;
    failed = thread_map(task_mishap, in, out, MISHAP_TASKS, 2);
    forced_stop_reset();
    expect(
        bad == MISHAP_TASKS || (failed && errno == what->errors[bad]),
        "Task %d fails with \"%s\", and tasks behind it may fail, too. When a thread was stopped "
        "for a while in the middle of its work, thread_map returned %d with errno: %s. What do "
        "threads write, and read, that others change meanwhile?",
        bad, strerror(what->errors[bad]), failed, strerror(errno));
    for (int i = 0; i < bad; i++)
        expect(atomic_load(&runs[i]) == 1,
               "Task %d should have run once, not %d times: the first task that fails is number "
               "%d, and the others may be skipped only behind it.",
               i, atomic_load(&runs[i]), bad);
    expect(bad < MISHAP_TASKS || !failed,
           "No task fails, but thread_map did when a thread was stopped for a while: %s.",
           strerror(errno));
    for (int i = 0; i < bad && bad == MISHAP_TASKS; i++)
        expect(out[i] == i,
               "The result of task %d is not in its place if a thread is stopped for a while "
               "between its task and what follows. Does each thread use variables of its own?",
               i);
}

static void expect_no_race(const struct mishap *what)
{
    for (int access = 1; access <= 8; access++)
        try_mishap(what, access);
}

void test_map(void)
{
    static const struct mishap nothing_fails = {0};

    conform_begin(&engine);
    conform_team(&engine);
    expect_no_race(&nothing_fails);
    conform_results(&engine);
    conform_signals(&engine);
    conform_alternating(&engine);
}

enum { THREADS = 4 };
static struct meeting *meeting;
static atomic_int *threads_seen;

static int task_thread(long in, long *out)
{
    *out = in;
    if (atomic_fetch_add(&threads_seen[omp_get_thread_num()], 1) == 0)
        return meeting_join(meeting);
    return 0;
}

void test_map_parallel(void)
{
    long in[20], out[20];

    conform_begin(&engine);
    conform_together(&engine);
    conform_at_most(&engine);
    conform_one_by_one(&engine);
    for (long i = 0; i < 20; i++)
        in[i] = i;
    threads_seen = grader_share(64, sizeof *threads_seen);
    meeting = meeting_create(THREADS);
    expect(thread_map(task_thread, in, out, 20, THREADS) == 0,
           "%d OpenMP threads should share the tasks, but there were never more than %d.", THREADS,
           meeting_most(meeting));
    meeting_free(meeting);
    shared_free(threads_seen);
}

void test_map_errors(void)
{
    static const struct mishap later_first = {.victim = 0, .errors = {[3] = EDOM, [5] = ENOSPC}};
    static const struct mishap both_fail = {.victim = 1, .errors = {EDOM, ENOSPC}};
    static const struct mishap early = {.victim = 0, .errors = {EDOM, [3] = ENOSPC}};

    conform_begin(&engine);
    conform_arguments(&engine);
    conform_errors(&engine);
    expect_no_race(&later_first);
    expect_no_race(&both_fail);
    expect_no_race(&early);
    conform_no_memory(&engine);
    conform_tidy(&engine);
}
