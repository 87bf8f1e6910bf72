/* Threads that meet at the worst moment: one of them is stopped in the middle of gil_acquire or
 * gil_release, at one point after the other (tests/harness/forced_stop.h), until the others have
 * done all that they can do meanwhile. */
#include "tests/suites/09-gil-stops.h"

#include <sched.h>
#include <semaphore.h>
#include <stdatomic.h>

#include <omp.h>

#include "common/clock.h"
#include "common/interp.h"
#include "tests/suites/09-gil-support.h"
#include "tests/harness/faults.h"
#include "tests/harness/forced_stop.h"
#include "tests/harness/grader.h"
#include "tests/watch/quiet.h"

enum {
    POINTS = 6,     /* more than there are in CPython's protocol */
    DROP_US = 10000 /* as milliseconds it would be 10 s, and who sleeps so long counts as hung */
};

static void wait_until(const atomic_int *flag)
{
    while (!atomic_load(flag))
        sched_yield();
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

void gil_take_time_limits_away(struct gil *gil)
{
    atomic_store(&faults_now()->no_time_limits, true);
    gil_set_interval(gil, HOUR_US); /* for whatever else it waits with */
    quiet_wait_briefly(NULL);
}

/* Thread 0 drops the lock on another one's request; the waiters are done with it before thread 0
 * goes on. */
static void drop_on_request(int point, int waiters)
{
    struct gil *gil = gil_begin(DROP_US);
    atomic_int held = 0;

    faults_reset();
    forced_stop_reset();
    gil_install(gil); /* ticks are to see a request, and no more than that */
#pragma omp parallel num_threads(waiters + 1) default(none) shared(gil, held, point, interp_breaker)
    if (omp_get_thread_num() == 0) {
        gil_must_acquire(gil);
        atomic_store(&held, 1);
        gil_wait_for_request(gil);
        gil_take_time_limits_away(gil);
        forced_stop_at(point);
        gil_must_release(gil);
    } else {
        wait_until(&held);
        gil_must_acquire(gil);
        expect_at("gil_acquire", !gil_drop_requested(gil),
                  "A thread asked for the lock and has just taken it. Nobody has asked this one, "
                  "and still gil_drop_requested is true: who takes the lock takes the request "
                  "back.");
        expect_at("gil_acquire", !atomic_load(&interp_breaker),
                  "gil_drop_requested is false again, but interp_tick still sees the request. Was "
                  "it taken back by request_drop, which sets both?");
        gil_must_release(gil);
    }
    gil_uninstall(gil);
    forced_stop_reset();
    gil_expect_no_failures(
        "a thread dropped the lock on request, and was stopped for a while in the "
        "middle of that");
    expect_at("gil_acquire", gil_most_holders() == 1,
              "A thread held the lock until it was asked for it, and the one that asked had it at "
              "the same time.");
    gil_end(gil);
}

/* How thread 0's wait for another holder may end too early. */
enum early { NOT, SPURIOUSLY, BY_TIME };

/* `limited`: thread 0's wait had a time limit, and its time may have passed by itself. */
static const char *how_it_ended(enum early early, bool limited)
{
    static const char *const how[] = {
        [NOT] = "",
        [SPURIOUSLY] = ". A wait for a condition variable had ended for no reason",
        [BY_TIME] = ". A wait had a time limit; but gil_release waits as long as it takes",
    };

    return how[early == NOT && limited ? BY_TIME : early];
}

/* Thread 0 drops the lock on thread 1's request and wants it back. Thread 1 misses the signal: it
 * takes its time to wake up, until both are asleep. */
static void try_slow_waiter(enum early early)
{
    struct gil *gil = gil_begin(DROP_US);
    struct faults *faults = faults_reset();
    atomic_int dropping = 0, had_it = 0;
    bool snatched = false, asked = false;
    unsigned limited = 0;

    atomic_store(&faults->spurious, early == SPURIOUSLY);
    gil_must_acquire(gil);
#pragma omp parallel num_threads(3) default(none)                                                  \
    shared(gil, faults, dropping, had_it, snatched, asked, limited, early)
    switch (omp_get_thread_num()) {
    case 0:
        gil_wait_for_request(gil);
        atomic_store(&faults->timed_waits_miss_signals, true);
        gil_set_interval(gil, HOUR_US);
        quiet_wait_briefly(NULL);
        atomic_store(&dropping, 1);
        faults_pass_time(early == BY_TIME ? 3 : 0);
        limited = faults_limited_waits();
        gil_must_release(gil);
        limited = faults_limited_waits() - limited;
        faults_pass_time(0);
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
            clock_sleep(2 * NS_PER_MS);
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
              how_it_ended(early, limited > 0));
    gil_end(gil);
}

/* Thread 0 drops the lock on thread 1's request, and sleeps until that one has it. Before it hears
 * of that, thread 2 asks thread 1 for the lock. */
void gil_try_second_request(void)
{
    struct gil *gil = gil_begin(DROP_US);
    struct faults *faults = faults_reset();
    struct gil_counts counts = {0};
    bool asked = false;
    sem_t taken, back;

    sem_init(&taken, 0, 0);
    sem_init(&back, 0, 0);
    atomic_store(&faults->late_signals, true);
    gil_must_acquire(gil);
#pragma omp parallel num_threads(3) default(none) shared(gil, faults, counts, asked, taken, back)
    switch (omp_get_thread_num()) {
    case 0:
        gil_wait_for_request(gil);
        gil_take_time_limits_away(gil);
        gil_must_release(gil);
        sem_post(&back);
        break;
    case 1:
        gil_must_acquire_unheard(gil);
        gil_read_counts(gil, &counts);
        atomic_store(&faults->no_time_limits, false);
        gil_set_interval(gil, DROP_US);
        sem_post(&taken);
        gil_wait_for_request(gil);
        gil_take_time_limits_away(gil);
        faults_deliver_signals();
        gil_sleep_until(&back);
        asked = gil_drop_requested(gil);
        gil_must_release(gil);
        break;
    default:
        gil_sleep_until(&taken);
        gil_must_acquire(gil);
        gil_must_release(gil);
    }
    gil_expect_no_failures("a thread dropped the lock on request, and the one that had it then was "
                           "asked for it, too");
    expect_at("gil_release", counts.forced == 1,
              "A thread dropped the lock on request and another one has taken it, so that forced "
              "should be 1 by now, but it is %lu. Is the drop counted before the lock is free?",
              counts.forced);
    expect_at("gil_release", asked,
              "A thread dropped the lock on request. The next one to have it was asked for it, "
              "too, and then gil_release of the first one came back: now gil_drop_requested is "
              "false. That was not its request to take back.");
    faults_reset();
    sem_destroy(&taken);
    sem_destroy(&back);
    gil_end(gil);
}

/* Thread 0 is about to drop the lock when thread 1 asks for it: before any mutex is taken. */
void gil_try_request_at_release(void)
{
    struct gil *gil = gil_begin(HOUR_US);
    struct faults *faults = faults_reset();
    struct gil_counts counts;
    bool stopped = false;
    sem_t about;

    sem_init(&about, 0, 0);
    forced_stop_reset();
    gil_must_acquire(gil);
    atomic_store(&faults->timed_waits_miss_signals, true);
#pragma omp parallel num_threads(3) default(none) shared(gil, faults, stopped, about)
    switch (omp_get_thread_num()) {
    case 0:
        quiet_wait_briefly(NULL);
        forced_stop_at(1);
        sem_post(&about);
        gil_must_release(gil);
        break;
    case 1:
        gil_must_acquire(gil);
        gil_must_release(gil);
        break;
    default:
        gil_sleep_until(&about);
        stopped = forced_stop_wait();
        atomic_store(&faults->timed_waits_miss_signals, false);
        sem_post(&faults->timed_waits_end);
    }
    forced_stop_reset();
    gil_expect_no_failures("a thread was asked for the lock just before it dropped it");
    gil_read_counts(gil, &counts);
    expect_at("gil_release", !stopped || counts.requests == 0 || counts.forced == 1,
              "A thread was about to drop the lock, and was stopped before it locked a mutex. "
              "Meanwhile it was asked to drop it. So that drop was forced, but %lu are counted. "
              "Is drop_request looked at with `mutex` held?",
              counts.forced);
    sem_destroy(&about);
    gil_end(gil);
}

void gil_try_stopped_drops(void)
{
    for (int point = 1; point <= POINTS; point++) {
        drop_on_request(point, 1);
        drop_on_request(point, 2);
    }
    try_slow_waiter(NOT);
    try_slow_waiter(SPURIOUSLY);
    try_slow_waiter(BY_TIME);
    faults_reset();
}
