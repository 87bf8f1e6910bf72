/* Threads that ask the holder to drop the lock. */
#include "tests/suites/09-gil.h"

#include <errno.h>
#include <limits.h>
#include <sched.h>
#include <stdatomic.h>

#include <omp.h>

#include "common/clock.h"
#include "tests/suites/09-gil-stops.h"
#include "tests/suites/09-gil-support.h"
#include "tests/harness/faults.h"
#include "tests/harness/grader.h"
#include "tests/harness/wording.h"
#include "tests/watch/quiet.h"

/* Whether the holder was asked to drop the lock. */
enum { NOT_YET, ASKED, HOPELESS };

/* Thread 0 holds the lock, as if it computed, until it has been asked twice to drop it; thread 1
 * waits for it. If that one sleeps for seconds and asks for nothing, thread 2 gives up. */
static bool is_asked(struct gil *gil)
{
    /* When the lock is dropped at last, no timer is to wake up the other one just then. */
    atomic_int outcome = NOT_YET, held = 0;
    struct gil_counts counts;
    unsigned long before;

    gil_read_counts(gil, &counts);
    before = counts.requests;
#pragma omp parallel num_threads(3) default(none) shared(gil, outcome, held, counts, before)
    switch (omp_get_thread_num()) {
    case 0:
        gil_must_acquire(gil);
        atomic_store(&held, 1);
        while (atomic_load(&outcome) == NOT_YET) {
            clock_sleep(20 * NS_PER_MS);
            gil_read_counts(gil, &counts);
            if (gil_drop_requested(gil) && counts.requests >= before + 2)
                atomic_store(&outcome, ASKED);
        }
        gil_take_time_limits_away(gil);
        gil_must_release(gil);
        break;
    case 1:
        while (!atomic_load(&held))
            sched_yield();
        gil_must_acquire(gil);
        gil_must_release(gil);
        break;
    default:
        if (quiet_wait_hopeless(&outcome))
            atomic_store(&outcome, HOPELESS);
    }
    atomic_store(&faults_now()->no_time_limits, false);
    gil_expect_no_failures(
        "one thread held the lock until it was asked for it, and another waited");
    return atomic_load(&outcome) == ASKED;
}

/* The holder looks once all others are asleep: long before the interval is over. */
static void expect_not_asked_at_once(struct gil *gil, const char *interval)
{
    bool asked = false;

    gil_must_acquire(gil);
#pragma omp parallel num_threads(2) default(none) shared(gil, asked)
    if (omp_get_thread_num() == 1) {
        gil_must_acquire(gil);
        gil_must_release(gil);
    } else {
        for (int naps = 0; naps < 20 && !gil_drop_requested(gil); naps++)
            clock_sleep(NS_PER_MS);
        if (!gil_drop_requested(gil))
            quiet_wait_briefly(NULL);
        asked = gil_drop_requested(gil);
        gil_must_release(gil);
    }
    gil_expect_no_failures("one thread held the lock, and another waited for it");
    expect(!asked, "With an interval of %s the holder was asked to drop the lock at once.",
           interval);
}

static void change_interval(struct gil *gil, long interval_us)
{
    expect_at("gil_set_interval", gil_set_interval(gil, interval_us) == 0,
              "gil_set_interval failed with errno %s.", error_name(errno));
}

static void try_changed_interval(void)
{
    struct gil *gil = gil_begin(HOUR_US);

    expect_not_asked_at_once(gil, "an hour");
    change_interval(gil, LONG_MAX);
    expect_not_asked_at_once(gil, "LONG_MAX microseconds");
    change_interval(gil, 50000);
    expect(is_asked(gil),
           "The interval was set from LONG_MAX microseconds to 50 ms, but waiters still wait "
           "longer.");
    gil_end(gil);
}

void test_gil_drop_request(void)
{
    struct faults *faults = faults_reset();
    struct gil_counts counts;
    struct gil *gil;

    atomic_store(&faults->late_signals, true);
    try_changed_interval();
    gil = gil_begin(50000);
    expect(is_asked(gil),
           "A thread has waited for the lock for much longer than the interval of 50 ms, and did "
           "not ask the holder to drop it, or asked only once.");
    expect(!gil_drop_requested(gil),
           "The thread that takes the lock should take the drop request back.");
    gil_read_counts(gil, &counts);
    expect(counts.requests >= 2 && counts.requests < INT_MAX,
           "A drop was requested twice: requests should be 2 or more, but it is %lu.",
           counts.requests);
    expect_at("gil_release", counts.forced == 1,
              "The lock was released on request once: forced should be 1, but it is %lu.",
              counts.forced);
    gil_end(gil);
    gil_try_late_request();
}

/* Two threads that both compute all the time: each keeps the lock until it is asked to drop it, and
 * wants it back at once. */
void test_gil_forced(void)
{
    const long wanted = 20;
    struct gil *gil = (gil_try_request_at_release(), gil_try_stopped_drops(), gil_begin(1000));
    struct gil_counts counts;
    long handed = 0, snatched = 0; /* these and last are guarded by the lock */
    int last = -1;

#pragma omp parallel num_threads(2) default(none) shared(gil, handed, snatched, last, wanted)
    {
        int me = omp_get_thread_num();

        gil_must_acquire(gil);
        while (handed < wanted) {
            snatched += last == me;
            last = me;
            gil_wait_for_request(gil);
            handed++;
            gil_must_release(gil);
            gil_must_acquire(gil);
        }
        gil_must_release(gil);
    }
    gil_expect_no_failures(
        "two threads took turns, each of them dropping the lock on request and taking it again");
    gil_read_counts(gil, &counts);
    expect_at(
        "gil_release", snatched == 0,
        "%ld times a thread was asked for the lock, dropped it and took it again. It had it before "
        "the one that had asked %ld of these times.",
        wanted, snatched);
    expect_at("gil_release", counts.forced >= (unsigned long)wanted,
              "After %ld forced drops, their count is %lu.", wanted, counts.forced);
    expect(counts.switches >= (unsigned long)wanted,
           "The lock went from thread to thread %ld times, but the count of switches is %lu.",
           wanted, counts.switches);
    gil_end(gil);
}
