#include "tests/suites/09-gil.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include <omp.h>

#include "common/interp.h"
#include "common/tasks.h"
#include "tests/harness/conformance.h"
#include "tests/harness/faults.h"
#include "tests/harness/grader.h"
#include "tests/harness/meeting.h"

static const struct engine engine = {"gil_map", gil_map, ENGINE_THREADS, 100000, 100000};

static atomic_int failures;

void take(struct gil *gil)
{
    if (gil_acquire(gil))
        atomic_fetch_add(&failures, 1);
}

void give(struct gil *gil)
{
    if (gil_release(gil))
        atomic_fetch_add(&failures, 1);
}

void expect_no_failures(void)
{
    expect(atomic_load(&failures) == 0,
           "gil_acquire by a thread that did not hold the lock, or gil_release by its holder, "
           "failed %d times.",
           atomic_load(&failures));
}

struct gil *begin(long interval_us)
{
    struct gil *gil = gil_create(interval_us);

    grader_begin("gil_create", gil != NULL);
    grader_begin("gil_acquire", gil_acquire(gil) == 0);
    grader_begin("gil_release", gil_release(gil) == 0);
    atomic_store(&failures, 0);
    return gil;
}

void end(struct gil *gil)
{
    expect(gil_destroy(gil) == 0, "gil_destroy failed: %s.", strerror(errno));
}

static void expect_error(const char *what, int failed, int wanted)
{
    expect(failed == -1 && errno == wanted,
           "%s should fail with \"%s\", but it returned %d, errno: %s.", what, strerror(wanted),
           failed, strerror(errno));
    errno = 0;
}

static void test_misuse(void)
{
    struct gil *gil = begin(HOUR_US);
    int failed = 0, error = 0;

    atomic_store(&faults_reset()->pthread_changes_errno, true);
    expect_error("gil_acquire(NULL)", gil_acquire(NULL), EINVAL);
    expect_error("gil_release(NULL)", gil_release(NULL), EINVAL);
    expect_error("gil_release of a lock that nobody holds", gil_release(gil), EPERM);
    errno = 1234;
    take(gil);
    expect(errno == 1234, "gil_acquire should keep errno.");
    expect_error("gil_acquire by the thread that holds the lock", gil_acquire(gil), EDEADLK);
    expect_error("gil_destroy of a lock that is held", gil_destroy(gil), EBUSY);
#pragma omp parallel num_threads(2) default(none) shared(gil, failed, error)
    if (omp_get_thread_num() == 1) {
        failed = gil_release(gil);
        error = errno;
    }
    errno = error;
    expect_error("gil_release by a thread that does not hold the lock", failed, EPERM);
    errno = 4321;
    give(gil);
    expect(errno == 4321, "gil_release should keep errno.");
    expect_no_failures();
    expect_error("gil_release by the thread that held the lock last", gil_release(gil), EPERM);
    end(gil);
}

static void test_counts(void)
{
    struct gil *gil = begin(HOUR_US);
    struct gil_counts counts;

    for (int i = 0; i < 3; i++) {
        take(gil);
        give(gil);
    }
    gil_read_counts(gil, &counts);
    expect(counts.switches == 1,
           "One thread took the lock 4 times: that is 1 switch (from nobody), not %lu.",
           counts.switches);
    expect(counts.voluntary == 4 && counts.forced == 0 && counts.requests == 0,
           "One thread released the lock 4 times and nobody asked: voluntary should be 4, forced 0 "
           "and requests 0, not %lu, %lu and %lu.",
           counts.voluntary, counts.forced, counts.requests);
#pragma omp parallel num_threads(2) default(none) shared(gil)
    if (omp_get_thread_num() == 1) {
        take(gil);
        give(gil);
        take(gil);
        give(gil);
    }
    expect_no_failures();
    gil_read_counts(gil, &counts);
    expect(
        counts.switches == 2 && counts.voluntary == 6,
        "Then another thread took it twice: switches should be 2 and voluntary 6, not %lu and %lu.",
        counts.switches, counts.voluntary);
    end(gil);
}

/* What tasks reach. */
static struct meeting *meeting;
static struct hold *hold;
static atomic_int started;

static int task_hold(long in, long *out)
{
    hold_pass(hold);
    *out = in;
    return 0;
}

static int task_errno(long in, long *out)
{
    int error;

    errno = 1234;
    interp_blocking_begin();
    error = meeting_join(meeting);
    interp_blocking_end();
    *out = in;
    return error ? error : errno == 1234 ? 0 : EDOM;
}

static void test_blocking(void)
{
    long in[8] = {0}, out[8];
    struct gil *gil;

    conform_begin(&engine);
    gil = begin(HOUR_US);
    hold = hold_create(2);
    expect(gil_map_with(gil, task_hold, in, out, 8, 4) == 0, "gil_map_with failed: %s.",
           strerror(errno));
    expect(hold_most(hold) == 1,
           "Only the holder of the lock may compute, but %d tasks did at once.", hold_most(hold));
    hold_free(hold);
    meeting = meeting_create(4);
    expect(gil_map_with(gil, task_errno, in, out, 4, 4) == 0 || errno != EDOM,
           "errno should survive a blocking call, with the lock dropped and taken again.");
    expect(meeting_most(meeting) == 4,
           "A task that blocks should give the lock up, so that 4 of 4 can block at the same time, "
           "but there were never more than %d.",
           meeting_most(meeting));
    meeting_free(meeting);
    end(gil);
}

/* Computes until as many tasks have started as there are threads, or a thousand million ticks. */
static int task_tick(long in, long *out)
{
    long ticks = 0;

    atomic_fetch_add(&started, 1);
    while (atomic_load(&started) < in) {
        interp_tick();
        if (++ticks == 1000000000)
            return ETIME;
    }
    *out = ticks;
    return 0;
}

static void test_ticks(void)
{
    long in[3] = {3, 3, 3}, out[3];
    struct gil_counts counts;
    struct gil *gil;

    conform_begin(&engine);
    gil = begin(1000);
    expect(
        gil_map_with(gil, task_tick, in, out, 3, 3) == 0,
        "A task that computes should give the lock up at a tick once it is asked to, so that the "
        "next can start; but the others never had their turn.");
    gil_read_counts(gil, &counts);
    expect(counts.switches >= 3 && counts.forced >= 2,
           "Three computing tasks took turns: 3 switches and 2 forced drops at least, not %lu and "
           "%lu.",
           counts.switches, counts.forced);
    expect(gil_install(gil) == 0, "After gil_map_with no lock should be installed any more.");
    expect_error("gil_map while another lock is installed", gil_map(task_tick, in, out, 3, 3),
                 EBUSY);
    expect_error("gil_destroy of an installed lock", gil_destroy(gil), EBUSY);
    expect(gil_uninstall(gil) == 0, "gil_uninstall failed: %s.", strerror(errno));
    expect_error("gil_map_with without a lock (NULL)", gil_map_with(NULL, task_tick, in, out, 3, 3),
                 EINVAL);
    end(gil);
}

static void test_map(void)
{
    conform_begin(&engine);
    conform_team(&engine);
    conform_results(&engine);
    conform_together(&engine);
    conform_at_most(&engine);
    conform_one_by_one(&engine);
    conform_alternating(&engine);
}

static int task_fail(long in, long *out)
{
    *out = in;
    return EDOM;
}

static void test_map_errors(void)
{
    long in[1] = {0}, out[1];

    conform_begin(&engine);
    conform_arguments(&engine);
    conform_errors(&engine);
    conform_no_memory(&engine);
    conform_tidy(&engine);
    conform_signals(&engine);
    atomic_store(&faults_reset()->pthread_changes_errno, true);
    errno = 0;
    expect(gil_map(task_fail, in, out, 1, 1) == -1 && errno == EDOM,
           "A task failed (%s), and gil_map should fail so, but errno says: %s. What changes errno "
           "after the error is known?",
           strerror(EDOM), strerror(errno));
}

/* clang-format off */
static const struct graded_test tests[] = {
    {"misuse", 1, "misuse is refused, errno is kept", "gil_acquire", test_misuse,
     {"With the mutex held you can see whether the lock is held, and by whom.",
      "EDEADLK for a holder who wants it again, EPERM for who gives what it has not.",
      "Unlock the mutex before you return an error."}},
    {"exclusion", 2, "one thread at a time has the lock", "gil_acquire", test_exclusion,
     {"Whoever takes the lock must have seen it free with the mutex held.",
      "After a wait, look again whether the lock is free: while, not if."}},
    {"handovers", 1, "no wake-up is lost", "gil_release", test_handovers,
     {"A signal wakes only who waits already: change `locked` and signal with the mutex held.",
      "Every release signals cond."}},
    {"drop-request", 2, "a waiter asks for the lock after the interval",
     "gil_acquire", test_drop_request,
     {"pthread_cond_timedwait returns ETIMEDOUT when the time is up.",
      "Ask only if the time was up, the lock is still held, and no switch happened meanwhile.",
      "Whoever takes the lock takes the request back. Hangs? gil_release waits without `mutex`."}},
    {"forced", 2, "who drops on request cannot snatch the lock back", "gil_release", test_forced,
     {"Without forced switching the thread that dropped the lock takes it again before the other has woken up.",
      "After a requested drop, wait on switch_cond until another thread has taken the lock.",
      "Look at last_holder with switch_mutex held: it may have changed already."}},
    {"no-cpu", 1, "waiting costs no CPU time", "gil_acquire", test_no_cpu,
     {"A loop that looks again and again burns a CPU: sleep on the condition variable."}},
    {"spurious", 1, "a wake-up without a reason does no harm", "gil_acquire", test_spurious,
     {"pthread_cond_wait may return although nobody signalled.",
      "Wait in a loop: while (gil->locked)."}},
    {"counts", 1, "the counts are right", "gil_acquire", test_counts,
     {"A switch is when the lock is taken by another thread than the one that had it last.",
      "A release is forced if a drop was requested, otherwise voluntary."}},
    {"ticks", 1, "computing tasks take turns", "gil_map_with", test_ticks,
     {"Install the lock before the region and uninstall it after.",
      "A thread holds the lock (interp_attach) before it runs its first task."}},
    {"blocking", 1, "blocking tasks overlap, computing ones do not", "gil_map_with", test_blocking,
     {"interp_blocking_begin releases the installed lock: is yours installed?",
      "errno must survive gil_acquire and gil_release."}},
    {"map", 1, "gil_map runs every task and keeps the order", "gil_map_with", test_map,
     {"As thread_map, with interp_attach before the loop and interp_detach after it.",
      "Detach before the barrier at the end of the region: the loop needs nowait."}},
    {"map-errors", 1, "the error with the lowest index is reported",
     "gil_map_with", test_map_errors,
     {"Only the holder of the lock looks at first_bad and error: the lock guards them.",
      "Uninstall the lock also after an error."}},
};
/* clang-format on */

const struct graded_suite graded_suite = {"09-gil", "gil.c", tests, sizeof tests / sizeof tests[0]};
