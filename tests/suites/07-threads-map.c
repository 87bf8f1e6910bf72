/* thread_map: what every engine must do, and what goes wrong if threads are not kept apart. */
#include "tests/suites/07-threads.h"

#include <errno.h>
#include <stdatomic.h>

#include <omp.h>

#include "07-threads/thread_map.h"
#include "common/shared.h"
#include "tests/harness/conformance.h"
#include "tests/harness/forced_stop.h"
#include "tests/harness/grader.h"
#include "tests/harness/meeting.h"
#include "tests/harness/wording.h"
#include "tests/watch/quiet.h"

/* Two threads have tasks 0 and 1. The one that has task `victim` is stopped at access number
 * `stop_at` after that, and the other one goes on with its own task, and all others, only then. If
 * `second_at` is not 0, this one is stopped, too, at this access, and the victim goes on first. */
enum { MISHAP_TASKS = 6, MOST_ACCESSES = 8, MOST_FIRST = 8, MOST_SECOND = 12 };

struct mishap {
    int victim;
    int errors[MISHAP_TASKS]; /* what each task returns */
};

/* Set by the test before the call; tasks are threads of its own process. */
static const struct mishap *mishap;
static int stop_at, second_at;
static int stopped;                   /* how many were, in the last call */
static atomic_int runs[MISHAP_TASKS]; /* how often each task has run */
static atomic_int inside, both;       /* tasks 0 and 1 wait for each other */

/* In a thread of the team. */
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
    if (in < 2 && in != mishap->victim && second_at)
        forced_stop_second_at(second_at);
    *out = in;
    return mishap->errors[in];
}

/* Returns what thread_map returned. */
static int map_with_mishap(const struct mishap *what, int access, int second, long out[])
{
    long in[MISHAP_TASKS];
    int failed;

    mishap = what;
    stop_at = access;
    second_at = second;
    stopped = 0;
    forced_stop_reset();
    for (int i = 0; i < MISHAP_TASKS; i++) {
        in[i] = i;
        out[i] = -1;
        atomic_store(&runs[i], 0);
    }
    atomic_store(&inside, 0);
    atomic_store(&both, 0);
    failed = thread_map(task_mishap, in, out, second ? 2 : MISHAP_TASKS, 2);
    stopped = forced_stop_happened() + forced_stop_second_happened();
    forced_stop_reset();
    return failed;
}

/* A thread is stopped while no task fails. */
static void expect_success_with_mishap(int access)
{
    static const struct mishap nothing_fails = {0};
    long out[MISHAP_TASKS];

    expect(map_with_mishap(&nothing_fails, access, 0, out) == 0,
           "No task fails, but thread_map did, with errno %s, when a thread was stopped for a "
           "while.",
           error_name(errno));
    for (int i = 0; i < MISHAP_TASKS; i++) {
        expect(atomic_load(&runs[i]) == 1, "Task %d should have run once, not %d times.", i,
               atomic_load(&runs[i]));
        expect(out[i] == i,
               "The result of task %d is not in its place if a thread is stopped for a while "
               "between its task and what follows. Does each thread use variables of its own?",
               i);
    }
}

/* A thread is stopped while task number `first` fails, and perhaps others after it. With `second`
 * not 0 two are, at bad moments that fit. */
static void expect_error_with_mishap(const struct mishap *what, int first, int access, int second)
{
    long out[MISHAP_TASKS];

    grader_refused(
        wording("Task %d fails with %s, tasks after it may fail, too, and %s stopped in the middle "
                "of its work while others read and write what it shares with them: %s",
                first, error_name(what->errors[first]),
                second ? "each of two threads is" : "a thread is",
                conform_call(engine_find("thread_map"), second ? 2 : MISHAP_TASKS, 2)),
        map_with_mishap(what, access, second, out), what->errors[first]);
    for (int i = 0; i < first; i++)
        expect(atomic_load(&runs[i]) == 1,
               "Task %d should have run once, not %s: the first task that fails is number %d, and "
               "only tasks after it may be skipped.",
               i, plural(atomic_load(&runs[i]), "time"), first);
}

void test_thread_map(void)
{
    const struct engine *engine = conform_begin("thread_map");

    map_expect_few(); /* of no more threads than conform_begin has made */
    conform_team(engine);
    conform_values(engine, 1);
    conform_errno_of_success(engine);
    for (int access = 1; access <= MOST_ACCESSES; access++)
        expect_success_with_mishap(access);
    conform_results(engine);
    conform_very_many(engine);
    map_expect_fewer();
    map_expect_none();
    map_expect_inside();
    conform_signals(engine);
    conform_alternating(engine);
}

enum { THREADS = 4 };
static struct meeting *meeting;  /* made by the test before the call */
static atomic_int *threads_seen; /* how many tasks each thread of the team has run */

/* In a thread of the team. */
static int task_thread(long in, long *out)
{
    *out = in;
    if (atomic_fetch_add(&threads_seen[omp_get_thread_num()], 1) == 0)
        return meeting_join(meeting);
    return 0;
}

void test_thread_map_parallel(void)
{
    const struct engine *engine;
    long in[20], out[20];

    terms_expect_far_map(terms_start_far(NULL, 2));
    engine = conform_begin("thread_map");
    map_expect_few();
    conform_together(engine);
    conform_at_most(engine);
    conform_one_by_one(engine);
    for (long i = 0; i < 20; i++)
        in[i] = i;
    threads_seen = grader_share(64, sizeof *threads_seen);
    meeting = meeting_create(THREADS);
    expect(thread_map(task_thread, in, out, 20, THREADS) == 0,
           "%d OpenMP threads should share the tasks, but there were never more than %d.", THREADS,
           meeting_most(meeting));
    meeting_free(meeting);
    shared_free(threads_seen);
    map_expect_many();
}

/* A flag, say, that two threads find down at the same time. */
static void expect_errors_with_two_stopped(void)
{
    static const struct mishap both_fail = {.victim = 0, .errors = {EDOM, ENOSPC}};

    for (int access = 1; access <= MOST_FIRST; access++)
        for (int second = 1; second <= MOST_SECOND; second++) {
            expect_error_with_mishap(&both_fail, 0, access, second);
            if (stopped < 2)
                break;
        }
}

void test_thread_map_errors(void)
{
    static const struct mishap later_first = {.victim = 0, .errors = {[3] = EDOM, [5] = ENOSPC}};
    static const struct mishap both_fail = {.victim = 1, .errors = {EDOM, ENOSPC}};
    static const struct mishap early = {.victim = 0, .errors = {ENOSPC, [3] = EDOM}};
    const struct engine *engine = conform_begin("thread_map");

    conform_arguments(engine);
    conform_errno_of_success(engine);
    conform_errors(engine);
    map_expect_success_after_error();
    for (int access = 1; access <= MOST_ACCESSES; access++)
        expect_error_with_mishap(&later_first, 3, access, 0);
    for (int access = 1; access <= MOST_ACCESSES; access++)
        expect_error_with_mishap(&both_fail, 0, access, 0);
    for (int access = 1; access <= MOST_ACCESSES; access++)
        expect_error_with_mishap(&early, 0, access, 0);
    expect_errors_with_two_stopped();
    map_expect_error_of_many();
    map_expect_error_inside();
    conform_no_memory(engine);
    conform_tidy(engine);
}
