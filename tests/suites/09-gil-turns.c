/* How tasks under the lock take turns: when they compute, when they block, and in a team that is
 * smaller than was asked for. */
#include "tests/suites/09-gil.h"

#include <errno.h>
#include <stdatomic.h>
#include <time.h>

#include <omp.h>

#include "common/clock.h"
#include "common/interp.h"
#include "tests/suites/09-gil-stops.h"
#include "tests/suites/09-gil-support.h"
#include "tests/harness/faults.h"
#include "tests/harness/grader.h"
#include "tests/harness/meeting.h"
#include "tests/harness/wording.h"

/* What tasks reach; made or set by the test before the call. */
static struct meeting *meeting;
static struct hold *hold;
static atomic_int turns;
static atomic_int team; /* how many threads the team has that runs the tasks */
static _Atomic(const char *) had_turn;

static int task_echo(long in, long *out)
{
    *out = in;
    return 0;
}

/* A lock under which gil_map_with has been called once. */
static struct gil *begin_with(long interval_us)
{
    const long in[2] = {3, 4};
    long out[2];
    struct gil *gil = gil_begin(interval_us);

    omp_set_num_threads(1); /* that is the team's size where workers are forgotten */
    grader_begin("gil_map_with", gil_map_with(gil, task_echo, in, out, 2, 2) == 0);
    return gil;
}

/* gil_map_with, noted while it runs. */
static int map_with(struct gil *gil, task_fn *task, const long in[], long out[], size_t n,
                    int workers)
{
    return grader_call(gil_map_with(gil, task, in, out, n, workers), "gil_map_with",
                       "gil_map_with of %s with %s", plural((long)n, "task"),
                       plural(workers, "worker"));
}

static int task_hold(long in, long *out)
{
    hold_pass(hold);
    *out = in;
    return 0;
}

/* Blocks; fails with EDOM if errno does not survive that. */
static int task_block(long in, long *out)
{
    int error;

    errno = 1234;
    interp_blocking_begin();
    error = meeting_join(meeting);
    interp_blocking_end();
    *out = in;
    return error ? error : errno == 1234 ? 0 : EDOM;
}

void gil_expect_sound_lock(void)
{
    gil_try_late_waiter(false);
    gil_try_stopped_drops();
}

void test_gil_blocking(void)
{
    long in[8] = {0}, out[8];
    struct gil *gil =
        (gil_try_late_waiter(false), gil_try_stopped_handovers(), begin_with(HOUR_US));

    atomic_store(&faults_reset()->no_time_limits, true);
    hold = hold_create(2);
    for (int i = 0; i < 8; i++) {
        in[i] = i + 1;
        out[i] = 0;
    }
    expect(map_with(gil, task_hold, in, out, 8, 4) == 0, "gil_map_with failed with errno %s.",
           error_name(errno));
    for (int i = 0; i < 8; i++)
        expect(out[i] == in[i],
               "gil_map_with of 8 tasks with 4 workers: the result of task %d is "
               "missing, or it is not in out[%d].",
               i, i);
    expect(hold_most(hold) == 1,
           "Only the holder of the lock may compute, but %d tasks did at the same time.",
           hold_most(hold));
    hold_free(hold);
    meeting = meeting_create(4);
    expect(map_with(gil, task_block, in, out, 4, 4) == 0 || errno != EDOM,
           "errno should survive a blocking call, with the lock dropped and taken again.");
    expect(meeting_most(meeting) == 4,
           "A task that blocks should give the lock up, so that 4 of 4 can block at the same time, "
           "but there were never more than %d.",
           meeting_most(meeting));
    meeting_free(meeting);
    gil_end(gil);
    gil_expect_held();
}

/* The lock under which tasks compute, if the test has it; whether a request was set there, and
 * ticks did not see it; and whether ticks still saw one that was taken back. */
static struct gil *ticking;
static atomic_bool unseen, stale;

/* What a task does between two ticks, or two looks at the clock. */
static void compute(void)
{
    for (volatile int i = 0; i < 10000; i++)
        ;
}

static int64_t own_cpu(void)
{
    struct timespec used;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
    return used.tv_sec * NS_PER_S + used.tv_nsec;
}

/* In the thread that has the lock: nobody takes a request back now. A request may be under way, and
 * not yet be seen in both places: so this looks a few times. */
static bool sees_old_request(void)
{
    for (int look = 0; look < 5; look++) {
        if (!interp_installed(ticking) || !atomic_load(&interp_breaker) ||
            gil_drop_requested(ticking))
            return false;
        clock_sleep(NS_PER_MS);
    }
    return true;
}

/* Counts each time that a task computes and another one did before. */
static void count_turn(void)
{
    static _Thread_local char me;

    if (atomic_exchange(&had_turn, &me) != &me)
        atomic_fetch_add(&turns, 1);
}

static void begin_turns(void)
{
    atomic_store(&turns, 0);
    atomic_store(&had_turn, NULL);
}

/* Computes until there were `in` turns, whoever had them (the lock is not fair), or for a second of
 * CPU time: long after the others' intervals are over. */
static int task_tick(long in, long *out)
{
    const int64_t end = own_cpu() + NS_PER_S;

    *out = in;
    atomic_store(&team, omp_get_num_threads());
    for (;;) {
        count_turn();
        if (atomic_load(&turns) >= in)
            return 0;
        if (sees_old_request())
            atomic_store(&stale, true);
        compute();
        interp_tick();
        if (own_cpu() > end) {
            if (gil_drop_requested(ticking) && interp_installed(ticking) &&
                !atomic_load(&interp_breaker))
                atomic_store(&unseen, true);
            atomic_store(&turns, (int)in);
            return ETIME;
        }
    }
}

void test_gil_ticks(void)
{
    long in[3] = {3, 3, 3}, out[3];
    struct gil_counts counts;
    int failed;

    gil_expect_sound_lock();
    ticking = begin_with(20000);
    begin_turns();
    failed = map_with(ticking, task_tick, in, out, 3, 3);
    expect_at("gil_acquire", !atomic_load(&unseen),
              "gil_drop_requested is true, but interp_tick does not see the request. Was it made "
              "by request_drop, which sets both?");
    expect_at("gil_acquire", !atomic_load(&stale),
              "gil_drop_requested is false again, but interp_tick still sees the request. Was it "
              "taken back by request_drop, which sets both?");
    expect(!failed || errno == ETIME,
           "gil_map_with of 3 tasks with 3 workers failed with errno %s.", error_name(errno));
    expect(!failed || atomic_load(&team) > 1,
           "gil_map_with of 3 tasks with 3 workers ran them in one thread alone. The team should "
           "have min(n, workers) threads.");
    expect(!failed,
           "A task that computes should give the lock up at a tick once it is asked to, so that "
           "the next can start. But the other tasks never had their turn.");
    gil_read_counts(ticking, &counts);
    expect(counts.switches >= 3 && counts.forced >= 2,
           "Three computing tasks took turns: 3 switches and 2 forced drops at least, not %lu and "
           "%lu.",
           counts.switches, counts.forced);
    expect(gil_install(ticking) == 0, "After gil_map_with no lock should be installed any more.");
    grader_refused("gil_map_with while some lock is installed",
                   gil_map_with(ticking, task_tick, in, out, 3, 3), EBUSY);
    expect(interp_installed(ticking),
           "gil_map_with was refused, as a lock was installed already. That lock should stay "
           "installed.");
    grader_refused("gil_destroy of an installed lock", gil_destroy(ticking), EBUSY);
    grader_refused("gil_install while some lock is installed", gil_install(ticking), EBUSY);
    expect_at("gil_uninstall", gil_uninstall(ticking) == 0, "gil_uninstall failed with errno %s.",
              error_name(errno));
    grader_refused("gil_map_with without a lock (NULL)",
                   gil_map_with(NULL, task_tick, in, out, 3, 3), EINVAL);
    grader_refused("gil_map_with of 0 tasks without a lock (NULL)",
                   gil_map_with(NULL, task_tick, in, out, 0, 3), EINVAL);
    gil_end(ticking);
}

void gil_try_own_interval(void)
{
    long in[2] = {2, 2}, out[2];

    ticking = NULL;
    begin_turns();
    expect_at("gil_map",
              grader_call(gil_map(task_tick, in, out, 2, 2), "gil_map",
                          "gil_map of 2 tasks that compute") == 0,
              "Two tasks that compute should take turns under gil_map: a thread that waits asks "
              "for the lock after GIL_INTERVAL_US. But the second one never had its turn.");
}

void gil_try_fewer_threads(void)
{
    enum { TASKS = 12 };
    const int levels = omp_get_max_active_levels();
    struct gil *gil = begin_with(HOUR_US);
    long in[TASKS], out[TASKS];
    int failed;

    for (long i = 0; i < TASKS; i++) {
        in[i] = i;
        out[i] = -1;
    }
    omp_set_max_active_levels(0);
    failed = map_with(gil, task_echo, in, out, TASKS, 4);
    omp_set_max_active_levels(levels);
    expect(!failed, "%s failed with errno %s where the runtime granted one thread only.",
           "gil_map_with", error_name(errno));
    for (int i = 0; i < TASKS; i++)
        expect(out[i] == in[i],
               "4 workers were asked for, the runtime granted one thread, and the result of task "
               "%d is missing. Tasks are for the threads that are there, not for those that were "
               "asked for.",
               i);
    gil_end(gil);
}
