/* Threads that take the lock at the worst moment: one is stopped while it takes it, or wakes up
 * when another one has it. */
#include "tests/suites/09-gil-stops.h"

#include <sched.h>
#include <semaphore.h>
#include <stdatomic.h>

#include <omp.h>

#include "tests/suites/09-gil-support.h"
#include "tests/harness/faults.h"
#include "tests/harness/forced_stop.h"
#include "tests/harness/grader.h"
#include "tests/watch/quiet.h"

enum { POINTS = 6 }; /* more than there are in CPython's protocol */

static void wait_until(const atomic_int *flag)
{
    while (!atomic_load(flag))
        sched_yield();
}

/* Takes the lock, and keeps it until the thread that was stopped has gone on and sleeps (or has the
 * lock, too). */
static void take_meanwhile(struct gil *gil, int stopped)
{
    gil_must_acquire(gil);
    if (stopped)
        forced_stop_wait_for_end();
    quiet_wait_briefly(NULL);
    gil_must_release(gil);
}

/* Thread 1 is stopped while it takes the lock. Meanwhile thread 0 gives it back, and thread 2 takes
 * it, or thread 0 takes it again (`same`). */
static void barge_in(int point, bool same)
{
    struct gil *gil = gil_begin(HOUR_US);
    atomic_int held = 0;
    int stopped = 0; /* written before `given` is posted */
    sem_t given;

    sem_init(&given, 0, 0);
    forced_stop_reset();
#pragma omp parallel num_threads(3) default(none) shared(gil, held, stopped, given, point, same)
    switch (omp_get_thread_num()) {
    case 0:
        gil_must_acquire(gil);
        atomic_store(&held, 1);
        stopped = forced_stop_wait();
        gil_must_release(gil);
        stopped |= forced_stop_wait();
        if (same)
            take_meanwhile(gil, stopped);
        sem_post(&given);
        break;
    case 1:
        wait_until(&held);
        forced_stop_at(point);
        gil_must_acquire(gil);
        gil_must_release(gil);
        break;
    default:
        gil_sleep_until(&given);
        if (!same)
            take_meanwhile(gil, stopped);
    }
    forced_stop_reset();
    gil_expect_no_failures(
        "a thread was stopped for a while in gil_acquire, and another one took the "
        "lock meanwhile");
    expect(gil_most_holders() == 1,
           "A thread was stopped for a while in gil_acquire, and %s took the lock meanwhile; then "
           "both had it at the same time.",
           same ? "the one that had it last" : "another one");
    sem_destroy(&given);
    gil_end(gil);
}

void gil_try_stopped_takers(void)
{
    for (int point = 1; point <= POINTS; point++) {
        barge_in(point, false);
        barge_in(point, true);
    }
}

/* Thread 1 waits for the lock. Thread 0 gives it back, and before the signal reaches thread 1,
 * thread 2 takes it, or thread 0 takes it again. */
unsigned long gil_try_late_waiter(bool same)
{
    struct gil_counts counts;
    struct gil *gil = gil_begin(HOUR_US);
    struct faults *faults = faults_reset();
    sem_t given, looked;

    sem_init(&given, 0, 0);
    sem_init(&looked, 0, 0);
    atomic_store(&faults->no_time_limits, true);
    atomic_store(&faults->late_signals, true);
    gil_must_acquire(gil);
#pragma omp parallel num_threads(3) default(none) shared(gil, given, looked, same)
    switch (omp_get_thread_num()) {
    case 0:
        quiet_wait_briefly(NULL);
        gil_must_release_unheard(gil);
        if (same)
            gil_must_acquire(gil); /* signals go out at the end of it */
        sem_post(&given);
        quiet_wait_briefly(NULL);
        faults_deliver_signals();
        quiet_wait_briefly(NULL);
        sem_post(&looked);
        if (same)
            gil_must_release(gil);
        break;
    case 1:
        gil_must_acquire(gil);
        gil_must_release(gil);
        break;
    default:
        gil_sleep_until(&given);
        gil_must_acquire(gil);
        gil_sleep_until(&looked);
        gil_must_release(gil);
    }
    atomic_store(&faults->late_signals, false);
    gil_expect_no_failures("a thread waited for the lock, and was woken up when another one had "
                           "taken it");
    expect_at("gil_acquire", gil_most_holders() == 1,
              "A thread waited for the lock, and was woken up when another one had taken it: then "
              "both had it at the same time.");
    gil_read_counts(gil, &counts);
    sem_destroy(&given);
    sem_destroy(&looked);
    gil_end(gil);
    return counts.requests;
}

/* Thread 1 waits for the lock, misses the signal when thread 0 gives it back, and its time is up
 * when nobody has it. */
static void try_request_of_nobody(void)
{
    struct gil *gil = gil_begin(HOUR_US);
    struct faults *faults = faults_reset();
    struct gil_counts counts;

    gil_must_acquire(gil);
    atomic_store(&faults->timed_waits_miss_signals, true);
#pragma omp parallel num_threads(2) default(none) shared(gil, faults)
    if (omp_get_thread_num() == 1) {
        gil_must_acquire(gil);
        gil_must_release(gil);
    } else {
        quiet_wait_briefly(NULL);
        gil_must_release(gil);
        atomic_store(&faults->timed_waits_miss_signals, false);
        sem_post(&faults->timed_waits_end);
    }
    gil_expect_no_failures("a thread waited for the lock and missed that it was given back");
    gil_read_counts(gil, &counts);
    expect_at("gil_acquire", counts.requests == 0,
              "A thread's interval was over, but nobody had the lock any more: there was nobody to "
              "ask, and requests should be 0, but it is %lu.",
              counts.requests);
    gil_end(gil);
}

/* Thread 1 waits for the lock, misses the signal when thread 0 gives it back, and its time is up
 * when thread 2 has it. (It has not where a release hands the lock to whoever waits: nothing is
 * asked then.) */
void gil_try_late_request(void)
{
    struct gil *gil = (try_request_of_nobody(), gil_begin(HOUR_US));
    struct faults *faults = faults_reset();
    struct gil_counts counts = {0};
    atomic_int held = 0, changed = 0;
    bool asked = false, in_time = false;
    sem_t given, looked;

    sem_init(&given, 0, 0);
    sem_init(&looked, 0, 0);
    atomic_store(&faults->late_signals, true);
    gil_must_acquire(gil);
    atomic_store(&faults->timed_waits_miss_signals, true);
#pragma omp parallel num_threads(3) default(none)                                                  \
    shared(gil, faults, counts, held, changed, asked, in_time, given, looked)
    switch (omp_get_thread_num()) {
    case 0:
        atomic_store(&held, 1);
        quiet_wait_briefly(NULL);
        gil_must_release(gil);
        sem_post(&given);
        quiet_wait_briefly(NULL);
        in_time = atomic_load(&changed);
        atomic_store(&faults->timed_waits_miss_signals, false);
        sem_post(&faults->timed_waits_end);
        quiet_wait_briefly(NULL);
        asked = gil_drop_requested(gil);
        gil_read_counts(gil, &counts);
        sem_post(&looked);
        break;
    case 1:
        wait_until(&held);
        gil_must_acquire(gil);
        gil_must_release(gil);
        break;
    default:
        gil_sleep_until(&given);
        gil_must_acquire(gil);
        atomic_store(&changed, 1);
        gil_sleep_until(&looked);
        gil_must_release(gil);
    }
    gil_expect_no_failures(
        "one of three threads waited for the lock and missed that it was given back");
    expect(!in_time || (!asked && counts.requests == 0),
           "A thread's interval was over, but the lock had changed hands meanwhile. Its new holder "
           "has only just got it, and should not be asked to drop it yet.");
    sem_destroy(&given);
    sem_destroy(&looked);
    gil_end(gil);
}
