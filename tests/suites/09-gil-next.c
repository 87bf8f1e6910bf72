/* Whose request it is when the lock goes on to the next holder: a thread is stopped in the middle
 * of gil_release, or just before it asks. */
#include "tests/suites/09-gil-stops.h"

#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdatomic.h>

#include <omp.h>

#include "tests/suites/09-gil-support.h"
#include "tests/harness/faults.h"
#include "tests/harness/forced_stop.h"
#include "tests/harness/grader.h"
#include "tests/harness/wording.h"
#include "tests/watch/quiet.h"

enum { POINTS = 8, DROP_US = 10000 };

static void wait_until(const atomic_int *flag)
{
    while (!atomic_load(flag))
        sched_yield();
}

/* Its interval is over at once: so it asks who has the lock, once. */
static void acquire_and_ask(struct gil *gil)
{
    faults_pass_time(1);
    gil_must_acquire(gil);
    faults_pass_time(0);
}

/* What thread 1 sees of the lock: when it has just taken it, and at the end. */
struct seen {
    struct gil_counts taken, end;
    bool requested;
};

/* Thread 0 drops the lock on request and is stopped in gil_release. Thread 1 takes the lock
 * meanwhile, and thread 2 asks thread 1 for it. (It does not where its waits end by a timer only.)
 * Then gil_release comes back. */
static void drop_and_be_late(struct gil *gil, int point, struct seen *seen)
{
    atomic_int held = 0;
    sem_t taken, back;

    sem_init(&taken, 0, 0);
    sem_init(&back, 0, 0);
#pragma omp parallel num_threads(3) default(none) shared(gil, held, taken, back, point, seen)
    switch (omp_get_thread_num()) {
    case 0:
        gil_must_acquire(gil);
        atomic_store(&held, 1);
        gil_wait_for_request(gil);
        gil_take_time_limits_away(gil);
        forced_stop_at(point);
        gil_must_release(gil);
        sem_post(&back);
        break;
    case 1:
        wait_until(&held);
        acquire_and_ask(gil);
        gil_read_counts(gil, &seen->taken);
        sem_post(&taken);
        gil_sleep_until(&back);
        gil_read_counts(gil, &seen->end);
        quiet_wait_briefly(NULL); /* who has counted a request has made it, too, then */
        seen->requested = gil_drop_requested(gil);
        gil_must_release(gil);
        break;
    default:
        gil_sleep_until(&taken);
        acquire_and_ask(gil);
        gil_must_release(gil);
    }
    sem_destroy(&taken);
    sem_destroy(&back);
}

static void try_late_release(int point)
{
    struct gil *gil = gil_begin(DROP_US);
    struct faults *faults = faults_reset();
    struct seen seen = {.requested = false};

    forced_stop_reset();
    atomic_store(&faults->unlocks_are_points, true);
    atomic_store(&faults->pthread_changes_errno, true);
    drop_and_be_late(gil, point, &seen);
    faults_reset();
    forced_stop_reset();
    gil_expect_no_failures("a thread dropped the lock on request and was stopped for a while in "
                           "gil_release, and the next one that had it was asked for it, too");
    gil_expect_errno_kept();
    expect_at("gil_release", seen.taken.forced == 1,
              "A thread dropped the lock on request and another one has taken it, so that forced "
              "should be 1 by now, but it is %lu. Is the drop counted before the lock is free?",
              seen.taken.forced);
    expect_at("gil_release", seen.end.requests == seen.taken.requests || seen.requested,
              "A thread dropped the lock on request. The next one to have it was asked for it, "
              "too, and then gil_release of the first one came back: now gil_drop_requested is "
              "false. That was not its request to take back.");
    gil_end(gil);
}

void gil_try_late_releases(void)
{
    for (int point = 1; point <= POINTS; point++)
        try_late_release(point);
}

/* Of the thread that is to stop after its wait: written by itself. */
static _Thread_local int stops_at;

static void stop_after_wait(int64_t until, int64_t over)
{
    (void)until, (void)over;
    if (stops_at)
        forced_stop_at(stops_at);
    stops_at = 0;
}

/* Thread 1's time is up, and it is stopped before it asks thread 0. That one drops the lock, and
 * thread 2 takes it; then thread 1 goes on. */
static void try_late_asker(int point)
{
    struct gil *gil = gil_begin(HOUR_US);
    struct faults *faults = faults_reset();
    bool early = false, requested = false, stopped = false;
    sem_t given;

    sem_init(&given, 0, 0);
    forced_stop_reset();
    atomic_store(&faults->unlocks_are_points, true);
    faults_look_at_limits(stop_after_wait);
    gil_must_acquire(gil);
#pragma omp parallel num_threads(3) default(none)                                                  \
    shared(gil, early, requested, stopped, given, point)
    switch (omp_get_thread_num()) {
    case 0:
        stopped = forced_stop_wait();
        early = gil_drop_requested(gil);
        gil_must_release(gil);
        sem_post(&given);
        break;
    case 1:
        stops_at = point;
        acquire_and_ask(gil);
        gil_must_release(gil);
        break;
    default:
        gil_sleep_until(&given);
        gil_must_acquire(gil);
        if (stopped)
            forced_stop_wait_for_end();
        quiet_wait_briefly(NULL);
        requested = gil_drop_requested(gil);
        gil_must_release(gil);
    }
    faults_look_at_limits(NULL);
    faults_reset();
    forced_stop_reset();
    gil_expect_no_failures("a thread's interval was over, and it was stopped for a while");
    expect_at("gil_acquire", early || !requested,
              "A thread's interval was over. Before it asked for the lock it was stopped for a "
              "while, and the lock changed hands. Then it asked the new holder, which has only "
              "just got it. Does it look at counts.switches and ask with `mutex` held all the "
              "time?");
    sem_destroy(&given);
    gil_end(gil);
}

void gil_try_late_askers(void)
{
    for (int point = 1; point <= POINTS; point++)
        try_late_asker(point);
}

static void *ask_and_release(void *gil)
{
    acquire_and_ask(gil);
    gil_must_release(gil);
    return NULL;
}

static void *acquire_and_release(void *gil)
{
    gil_must_acquire(gil);
    gil_must_release(gil);
    return NULL;
}

static pthread_t start(void *function(void *), struct gil *gil)
{
    pthread_t thread;
    int error = pthread_create(&thread, NULL, function, gil);

    expect(!error, "There is no room for a thread: %s.", error_name(error));
    return thread;
}

void gil_try_other_waiter(void)
{
    struct gil *gil = gil_begin(HOUR_US);
    struct faults *faults = faults_reset();
    pthread_t asks, wakes;
    bool before, after;

    gil_must_acquire(gil);
    asks = start(ask_and_release, gil);
    quiet_wait_briefly(NULL);
    before = gil_drop_requested(gil);
    atomic_store(&faults->spurious, true); /* a new thread's first wait ends at once */
    wakes = start(acquire_and_release, gil);
    quiet_wait_briefly(NULL);
    after = gil_drop_requested(gil);
    atomic_store(&faults->spurious, false);
    gil_must_release(gil);
    pthread_join(asks, NULL);
    pthread_join(wakes, NULL);
    gil_expect_no_failures("two threads waited for the lock that a third one held");
    expect_at("gil_acquire", !before || after,
              "The holder of the lock was asked to drop it. Then another thread began to wait for "
              "the lock, and that wait ended for no reason. The holder has not dropped the lock "
              "yet, but gil_drop_requested is false: nobody but who takes or drops the lock takes "
              "a request back.");
    gil_end(gil);
}

void gil_make_switches(struct gil *gil, int switches)
{
    for (int i = 0; i < switches; i += 2) {
        gil_must_acquire(gil);
        gil_must_release(gil);
        pthread_join(start(acquire_and_release, gil), NULL);
    }
}

static void stop_before_wait(int64_t until, int64_t over)
{
    (void)until, (void)over;
    if (!stops_at)
        return;
    stops_at = 0;
    forced_stop_second_at(1);
    forced_stop_point();
}

/* Thread 0 is stopped in gil_release. Thread 1 sees that the lock is held, and is stopped just
 * before it waits; meanwhile thread 0 goes on. */
static void try_lost_signal(int point)
{
    struct gil *gil = gil_begin(HOUR_US);
    atomic_int held = 0;

    gil_suspect("gil_release");
    forced_stop_reset();
#pragma omp parallel num_threads(2) default(none) shared(gil, held, point)
    if (omp_get_thread_num() == 0) {
        gil_must_acquire(gil);
        forced_stop_at(point);
        atomic_store(&held, 1);
        gil_must_release(gil);
    } else {
        wait_until(&held);
        forced_stop_wait();
        stops_at = 1;
        gil_must_acquire(gil);
        stops_at = 0;
        gil_must_release(gil);
    }
    forced_stop_reset();
    gil_expect_no_failures("one thread gave the lock back when another one was about to wait");
    gil_end(gil);
}

void gil_try_lost_signals(void)
{
    atomic_store(&faults_reset()->unlocks_are_points, true);
    faults_look_at_limits(stop_before_wait);
    for (int point = 1; point <= POINTS; point++)
        try_lost_signal(point);
    faults_look_at_limits(NULL);
    faults_reset();
}
