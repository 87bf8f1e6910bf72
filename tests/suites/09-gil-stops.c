/* Threads that meet at the worst moment: one of them is stopped in the middle of gil_acquire or
 * gil_release, at one point after the other (tests/harness/forced_stop.h), until the others have
 * done all that they can do meanwhile. */
#include "tests/suites/09-gil-stops.h"

#include <sched.h>
#include <semaphore.h>
#include <stdatomic.h>

#include <omp.h>

#include "common/clock.h"
#include "tests/suites/09-gil-support.h"
#include "tests/harness/faults.h"
#include "tests/harness/forced_stop.h"
#include "tests/harness/grader.h"
#include "tests/harness/meeting.h"
#include "tests/watch/quiet.h"

enum { POINTS = 6 }; /* more than there are in CPython's protocol */

static void wait_until(const atomic_int *flag)
{
    while (!atomic_load(flag))
        sched_yield();
}

static void sleep_until(sem_t *posted)
{
    while (sem_wait(posted) == -1)
        ;
}

/* Thread 0 gives the lock back while thread 1 waits for it, or is about to. */
static void hand_over(int stop_holder, int point)
{
    struct gil *gil = gil_begin(HOUR_US);
    atomic_int held = 0;

    gil_suspect(stop_holder ? "gil_release" : "gil_acquire");
    forced_stop_reset();
#pragma omp parallel num_threads(2) default(none) shared(gil, held, stop_holder, point)
    if (omp_get_thread_num() == 0) {
        gil_must_acquire(gil);
        atomic_store(&held, 1);
        if (stop_holder) {
            quiet_wait_briefly(NULL);
            forced_stop_at(point);
        } else {
            forced_stop_wait();
        }
        gil_must_release(gil);
    } else {
        wait_until(&held);
        if (!stop_holder)
            forced_stop_at(point);
        gil_must_acquire(gil);
        gil_must_release(gil);
    }
    forced_stop_reset();
    gil_expect_no_failures(
        "one thread gave the lock back, another one took it, and one of them was "
        "stopped for a while in the middle");
    gil_end(gil);
}

void gil_try_stopped_handovers(void)
{
    for (int point = 1; point <= POINTS; point++) {
        hand_over(true, point);
        hand_over(false, point);
    }
}

/* Thread 0 drops the lock on thread 1's request; thread 1 is done with it before thread 0 goes
 * on. */
static void drop_on_request(int point)
{
    struct gil *gil = gil_begin(500);
    struct faults *faults = faults_reset();
    atomic_int held = 0;

    forced_stop_reset();
#pragma omp parallel num_threads(2) default(none) shared(gil, faults, held, point)
    if (omp_get_thread_num() == 0) {
        gil_must_acquire(gil);
        atomic_store(&held, 1);
        while (!gil_drop_requested(gil))
            clock_sleep(NS_PER_MS);
        atomic_store(&faults->no_time_limits, true); /* thread 1 will fall asleep, */
        gil_set_interval(gil, HOUR_US);              /* whatever it waits with */
        forced_stop_at(point);
        gil_must_release(gil);
    } else {
        wait_until(&held);
        gil_must_acquire(gil);
        gil_must_release(gil);
    }
    forced_stop_reset();
    gil_expect_no_failures(
        "a thread dropped the lock on request, and was stopped for a while in the "
        "middle of that");
    gil_end(gil);
}

/* Thread 0 drops the lock on thread 1's request and wants it back. Thread 1 misses the signal: it
 * takes its time to wake up, until both are asleep. `spurious`: thread 0's wait for that may end
 * for no reason. */
static void try_slow_waiter(bool spurious)
{
    struct gil *gil = gil_begin(500);
    struct faults *faults = faults_reset();
    atomic_int dropping = 0, had_it = 0;
    bool snatched = false, asked = false;

    atomic_store(&faults->spurious, spurious);
    gil_must_acquire(gil);
#pragma omp parallel num_threads(3) default(none)                                                  \
    shared(gil, faults, dropping, had_it, snatched, asked)
    switch (omp_get_thread_num()) {
    case 0:
        while (!gil_drop_requested(gil))
            clock_sleep(NS_PER_MS);
        atomic_store(&faults->timed_waits_miss_signals, true);
        gil_set_interval(gil, HOUR_US);
        quiet_wait_briefly(NULL);
        atomic_store(&dropping, 1);
        gil_must_release(gil);
        gil_must_acquire(gil);
        snatched = !atomic_load(&had_it);
        gil_must_release(gil);
        break;
    case 1:
        gil_must_acquire(gil);
        atomic_store(&had_it, 1);
        gil_must_release(gil);
        break;
    default:
        while (!atomic_load(&dropping))
            clock_sleep(50 * NS_PER_MS);
        quiet_wait_briefly(NULL);
        asked = gil_drop_requested(gil);
        atomic_store(&faults->timed_waits_miss_signals, false);
        sem_post(&faults->timed_waits_end);
    }
    gil_expect_no_failures(
        "a thread dropped the lock on request and took it again, and the one that had "
        "asked was slow to wake up");
    expect_at("gil_release", !asked,
              "A thread was asked for the lock and dropped it. Nobody has taken it yet, and "
              "still gil_drop_requested is true.");
    expect_at("gil_release", !snatched,
              "A thread was asked for the lock, dropped it and took it again. It had it "
              "before the one that had asked, which was slow to wake up%s.",
              spurious ? ". A wait for a condition variable had ended for no reason" : "");
    gil_end(gil);
}

void gil_try_stopped_drops(void)
{
    for (int point = 1; point <= POINTS; point++)
        drop_on_request(point);
    try_slow_waiter(false);
    try_slow_waiter(true);
    faults_reset();
}

/* Thread 1 is stopped while it takes the lock. Meanwhile thread 0 gives it back and thread 2 takes
 * it, and keeps it until thread 1 has gone on and sleeps (or has the lock, too). */
static void barge_in(int point)
{
    struct gil *gil = gil_begin(HOUR_US);
    struct hold *hold = hold_create(2);
    atomic_int held = 0;
    int stopped = 0; /* written before `given` is posted */
    sem_t given;

    sem_init(&given, 0, 0);
    forced_stop_reset();
#pragma omp parallel num_threads(3) default(none) shared(gil, hold, held, stopped, given, point)
    switch (omp_get_thread_num()) {
    case 0:
        gil_must_acquire(gil);
        atomic_store(&held, 1);
        stopped = forced_stop_wait();
        gil_must_release(gil);
        stopped |= forced_stop_wait();
        sem_post(&given);
        break;
    case 1:
        wait_until(&held);
        forced_stop_at(point);
        gil_must_acquire(gil);
        hold_pass(hold);
        gil_must_release(gil);
        break;
    default:
        sleep_until(&given);
        gil_must_acquire(gil);
        if (stopped)
            forced_stop_wait_for_end();
        hold_pass(hold);
        gil_must_release(gil);
    }
    forced_stop_reset();
    gil_expect_no_failures(
        "a thread was stopped for a while in gil_acquire, and another one took the "
        "lock meanwhile");
    expect(hold_most(hold) == 1,
           "A thread was stopped for a while in gil_acquire, and another one took the lock "
           "meanwhile; then both had it at the same time.");
    hold_free(hold);
    sem_destroy(&given);
    gil_end(gil);
}

void gil_try_stopped_takers(void)
{
    for (int point = 1; point <= POINTS; point++)
        barge_in(point);
}

/* Thread 1 waits for the lock, misses the signal when thread 0 gives it back, and its time is up
 * when thread 2 has it. */
void gil_try_late_request(void)
{
    struct gil *gil = gil_begin(HOUR_US);
    struct faults *faults = faults_reset();
    struct gil_counts counts = {0};
    atomic_int held = 0;
    bool asked = false;
    sem_t given, looked;

    sem_init(&given, 0, 0);
    sem_init(&looked, 0, 0);
    gil_must_acquire(gil);
    atomic_store(&faults->timed_waits_miss_signals, true);
#pragma omp parallel num_threads(3) default(none)                                                  \
    shared(gil, faults, counts, held, asked, given, looked)
    switch (omp_get_thread_num()) {
    case 0:
        atomic_store(&held, 1);
        quiet_wait_briefly(NULL);
        gil_must_release(gil);
        sem_post(&given);
        quiet_wait_briefly(NULL);
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
        sleep_until(&given);
        gil_must_acquire(gil);
        sleep_until(&looked);
        gil_must_release(gil);
    }
    gil_expect_no_failures(
        "one of three threads waited for the lock and missed that it was given back");
    expect(!asked && counts.requests == 0,
           "A thread's interval was over, but the lock had changed hands meanwhile. Its new holder "
           "has only just got it, and should not be asked to drop it yet.");
    sem_destroy(&given);
    sem_destroy(&looked);
    gil_end(gil);
}
