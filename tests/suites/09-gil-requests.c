/* Threads that ask the holder to drop the lock. */
#include "tests/suites/09-gil.h"

#include <errno.h>
#include <limits.h>
#include <sched.h>
#include <semaphore.h>
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

enum { INTERVAL_US = 50000 };

/* Thread 0 holds the lock, as if it computed, until it has been asked twice to drop it; thread 1
 * waits for it. If that one sleeps for seconds and asks for nothing, thread 2 gives up. The
 * interval is INTERVAL_US. `never` is what is wrong if nobody asked. */
static void expect_asked(struct gil *gil, const char *never)
{
    /* When the lock is dropped at last, no timer is to wake up the other one just then. */
    atomic_int outcome = NOT_YET, held = 0;
    int64_t began = clock_wall(), waited = 0;
    struct gil_counts counts;
    unsigned long before, asked;

    gil_read_counts(gil, &counts);
    before = counts.requests;
#pragma omp parallel num_threads(3) default(none)                                                  \
    shared(gil, outcome, held, counts, before, began, waited)
    switch (omp_get_thread_num()) {
    case 0:
        gil_must_acquire(gil);
        atomic_store(&held, 1);
        while (atomic_load(&outcome) == NOT_YET) {
            clock_sleep(20 * NS_PER_MS);
            gil_read_counts(gil, &counts);
            waited = clock_wall() - began; /* at least as long as the other one has */
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
    asked = counts.requests - before;
    expect(asked > 0, "%s", never);
    expect(atomic_load(&outcome) == ASKED,
           "A thread has waited for the lock for much longer than the interval of 50 ms. It should "
           "ask again after each further interval, but it asked only once.");
    expect(asked <= (unsigned long)(waited / (INTERVAL_US * 1000LL)) + 1,
           "A thread waited for the lock for no more than %lld ms and asked %lu times: more than "
           "once in each interval of 50 ms. Is the end of each wait worked out anew?",
           (long long)(waited / NS_PER_MS), asked);
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

/* In the thread that holds the lock: keeps it until the other one has asked, or is given up. */
static void hold_until_asked(struct gil *gil, atomic_int *outcome)
{
    while (atomic_load(outcome) == NOT_YET) {
        clock_sleep(20 * NS_PER_MS);
        if (gil_drop_requested(gil))
            atomic_store(outcome, ASKED);
    }
    gil_take_time_limits_away(gil);
    gil_must_release(gil);
}

static void give_up_on(atomic_int *outcome)
{
    if (quiet_wait_hopeless(outcome) && atomic_load(outcome) == NOT_YET)
        atomic_store(outcome, HOPELESS);
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
    change_interval(gil, 1L << 29);
    expect_not_asked_at_once(gil, "536870912 microseconds (more than 32 bits of nanoseconds)");
    change_interval(gil, (1L << 32) + 1);
    expect_not_asked_at_once(gil, "4294967297 microseconds (more than an int or unsigned holds)");
    change_interval(gil, INTERVAL_US);
    expect_asked(gil, "The interval was set from more than an hour to 50 ms, but waiters still "
                      "wait longer.");
    gil_end(gil);
}

/* Thread 1 waits with an interval of an hour, which is then set to 50 ms. It is woken up, but
 * before it has looked, thread 0 has the lock again (`same`), or thread 2 has it. So it waits once
 * more. (Where a release hands the lock to whoever waits, it has the lock, and need not ask. Nor
 * need it where a wait for a semaphore goes on inside the system.) */
static void try_next_wait(bool same)
{
    struct gil *gil = gil_begin(HOUR_US);
    unsigned waits = 0; /* of thread 1 */
    atomic_int outcome = NOT_YET;
    sem_t given;

    atomic_store(&faults_reset()->late_signals, true);
    sem_init(&given, 0, 0);
    gil_must_acquire(gil);
#pragma omp parallel num_threads(3) default(none) shared(gil, outcome, given, same, waits)
    switch (omp_get_thread_num()) {
    case 0:
        quiet_wait_briefly(NULL);
        change_interval(gil, INTERVAL_US);
        gil_must_release_unheard(gil);
        if (same)
            gil_must_acquire(gil); /* signals go out at the end of it */
        sem_post(&given);
        if (same) {
            hold_until_asked(gil, &outcome);
        } else {
            quiet_wait_briefly(NULL);
            faults_deliver_signals();
            give_up_on(&outcome);
        }
        break;
    case 1:
        waits = faults_limited_waits();
        gil_must_acquire(gil);
        waits = faults_limited_waits() - waits;
        if (atomic_load(&outcome) == NOT_YET)
            atomic_store(&outcome, ASKED);
        gil_must_release(gil);
        break;
    default:
        gil_sleep_until(&given);
        if (same) {
            give_up_on(&outcome);
        } else {
            gil_must_acquire(gil);
            hold_until_asked(gil, &outcome);
        }
    }
    atomic_store(&faults_now()->no_time_limits, false);
    gil_expect_no_failures("a thread waited for the lock, and had to wait once more");
    expect(!same || waits < 2 || atomic_load(&outcome) == ASKED,
           "A thread waited for the lock, and the interval was set from an hour to 50 ms. Then it "
           "was woken up, found the lock held, and waited once more. That wait should last 50 ms, "
           "but it asked for nothing. Is the interval read before each wait?");
    expect(waits < 2 || atomic_load(&outcome) == ASKED,
           "A thread waited for the lock, which changed hands meanwhile. Its new holder kept it "
           "for long, but the thread did not ask for it. Is counts.switches read before each "
           "wait?");
    sem_destroy(&given);
    gil_end(gil);
}

void test_gil_drop_request(void)
{
    struct faults *faults = faults_reset();
    struct gil_counts counts;
    struct gil *gil;

    atomic_store(&faults->late_signals, true);
    try_changed_interval();
    gil = gil_begin(INTERVAL_US);
    expect_asked(gil, "A thread has waited for the lock for much longer than the interval of 50 "
                      "ms, and did not ask the holder to drop it.");
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
    gil_try_prompt_request(false);
    gil_try_prompt_request(true);
    gil_try_early_end();
    gil_try_requests_to_taker();
    gil_try_refusals_when_asked();
    try_next_wait(true);
    try_next_wait(false);
    gil_try_late_request();
    gil_try_return();
}

/* Two threads that both compute all the time: each keeps the lock until it is asked to drop it, and
 * wants it back at once. */
void test_gil_forced(void)
{
    const long wanted = 20;
    struct gil *gil = (gil_try_request_at_release(), gil_try_stopped_drops(),
                       gil_try_second_request(), gil_try_barging(), gil_begin(1000));
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
    gil_expect_errno_kept();
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
