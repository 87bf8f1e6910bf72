/* When a thread that waits has to ask: after its interval, neither earlier nor later, as the time
 * limits of its waits show; and whose request it is. */
#include "tests/suites/09-gil-stops.h"

#include <errno.h>
#include <pthread.h>
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
#include "tests/harness/wording.h"
#include "tests/watch/quiet.h"

enum { PROMPT_US = 200000, ROUNDS = 5, POINTS = 8 };

/* The thread that waits: written by itself, in faults_look_at_limits. */
static _Thread_local bool waits;
static atomic_llong began;
static atomic_int begun; /* waits with a limit */
static atomic_llong longest;
static atomic_bool overdue; /* it should have asked by now */

/* It cannot begin to wait for longer than the interval; nor begin anew after a wait that has lasted
 * to its end, an interval after it came, and not have asked. The lock has not changed hands. */
static void look_for_request(int64_t until, int64_t over)
{
    int64_t now = clock_wall(), interval = PROMPT_US * 1000LL;

    if (!waits)
        return;
    if (until - now > interval)
        atomic_store(&longest, until - now);
    if (over - atomic_load(&began) >= interval)
        atomic_store(&overdue, true);
    atomic_fetch_add(&begun, 1);
}

/* In the thread that holds the lock: gives it back and takes it again while the other one waits,
 * which does not hear of that. */
static void take_again(struct gil *gil)
{
    for (int naps = 0; naps < 50 && !atomic_load(&begun); naps++)
        clock_sleep(NS_PER_MS);
    if (gil_drop_requested(gil))
        return;
    gil_must_release_unheard(gil);
    gil_must_acquire_unheard(gil);
}

/* There, too: until it is asked. Returns whether it should have been before. */
static bool wait_too_long(struct gil *gil)
{
    for (;;) {
        bool late = atomic_load(&overdue);

        if (gil_drop_requested(gil))
            return false;
        if (late)
            return true;
        clock_sleep(NS_PER_MS);
    }
}

void gil_try_prompt_request(bool again)
{
    struct gil *gil = gil_begin(PROMPT_US);
    atomic_int held = 0, done = 0;
    bool unasked = false;

    atomic_store(&overdue, false);
    atomic_store(&faults_reset()->late_signals, true);
    atomic_store(&longest, 0);
    atomic_store(&begun, 0);
    faults_look_at_limits(look_for_request);
#pragma omp parallel num_threads(2) default(none) shared(gil, held, done, began, unasked, again)
    if (omp_get_thread_num() == 0) {
        gil_must_acquire(gil);
        atomic_store(&held, 1);
        if (again)
            take_again(gil);
        if (!atomic_load(&done)) /* as where a release hands the lock to whoever waits */
            unasked = wait_too_long(gil);
        faults_look_at_limits(NULL); /* the interval is an hour from now on */
        gil_take_time_limits_away(gil);
        gil_must_release(gil);
    } else {
        while (!atomic_load(&held))
            sched_yield();
        atomic_store(&began, clock_wall());
        waits = true;
        gil_must_acquire(gil);
        waits = false;
        atomic_store(&done, 1);
        gil_must_release(gil);
    }
    faults_reset();
    gil_expect_no_failures(
        "one thread held the lock until it was asked for it, and another waited");
    expect_at("gil_acquire", atomic_load(&longest) == 0,
              "The interval is %d ms, but a thread began to wait for the lock for %lld ms: it "
              "should ask for it after each interval.",
              PROMPT_US / 1000, atomic_load(&longest) / NS_PER_MS);
    expect_at("gil_acquire", !unasked,
              "A thread had waited for the lock for its whole interval, and began to wait once "
              "more, but it had not asked for it%s.",
              again ? ". Its holder had given it back and taken it again meanwhile: that is no "
                      "change of hands. Do you compare counts.switches?"
                    : "");
    gil_end(gil);
}

static void *acquire_early(void *gil)
{
    faults_pass_time(1);
    gil_must_acquire(gil);
    gil_must_release(gil);
    return NULL;
}

void gil_try_early_end(void)
{
    struct gil *gil = gil_begin(HOUR_US);
    struct gil_counts counts;
    pthread_t thread;
    int error;

    atomic_store(&faults_reset()->spurious, true);
    atomic_store(&faults_now()->late_signals, true);
    gil_must_acquire(gil);
    error = pthread_create(&thread, NULL, acquire_early, gil);
    expect(!error, "There is no room for a thread: %s.", error_name(error));
    quiet_wait_briefly(NULL);
    gil_read_counts(gil, &counts);
    gil_take_time_limits_away(gil);
    gil_must_release(gil);
    pthread_join(thread, NULL);
    faults_reset();
    gil_expect_no_failures("one thread waited for the lock that another one held");
    expect_at("gil_acquire", counts.requests <= 1,
              "A thread asked for the lock when its interval was over. The wait after that ended "
              "for no reason, long before the next interval was over, and it asked again: %lu "
              "requests.",
              counts.requests);
    gil_end(gil);
}

/* Thread 1 is stopped in gil_acquire, at a mutex that it locks or has just unlocked. Thread 2 asks
 * for the lock meanwhile, if it can: its interval is over at once. */
static void try_request_to_taker(int point)
{
    struct gil *gil = gil_begin(HOUR_US);
    struct gil_counts counts = {0};
    bool requested = false;
    sem_t about;

    sem_init(&about, 0, 0);
    faults_reset();
    forced_stop_reset();
    atomic_store(&faults_now()->unlocks_are_points, true);
#pragma omp parallel num_threads(2) default(none) shared(gil, counts, requested, about, point)
    if (omp_get_thread_num() == 0) {
        forced_stop_at(point);
        sem_post(&about);
        gil_must_acquire(gil);
        quiet_wait_briefly(NULL);
        gil_read_counts(gil, &counts);
        requested = gil_drop_requested(gil);
        gil_must_release(gil);
    } else {
        gil_sleep_until(&about);
        forced_stop_wait();
        faults_pass_time(1);
        gil_must_acquire(gil);
        faults_pass_time(0);
        gil_must_release(gil);
    }
    atomic_store(&faults_now()->unlocks_are_points, false);
    gil_expect_no_failures("a thread was stopped for a while in gil_acquire, and another one asked "
                           "it for the lock");
    expect_at("gil_acquire", counts.requests == 0 || requested,
              "A thread was stopped at the end of gil_acquire, and asked for the lock meanwhile. "
              "When it went on it took that request back, which was not the one that it had made. "
              "Is the request taken back with `mutex` held?");
    sem_destroy(&about);
    gil_end(gil);
}

void gil_try_requests_to_taker(void)
{
    for (int point = 1; point <= POINTS; point++)
        try_request_to_taker(point);
    forced_stop_reset();
}

/* How often a request came before half of the interval was over, and the two tasks' signals. */
static atomic_int early;
static sem_t started, ready;
static atomic_int had; /* so often the second task has had the lock back */

/* The same, for a lock that the answer makes. */
static void look_for_early(int64_t until, int64_t over)
{
    int64_t waited = over - atomic_load(&began);

    (void)until;
    if (waits && waited >= 0 && waited < GIL_INTERVAL_US * 500 && atomic_load(&interp_breaker))
        atomic_fetch_add(&early, 1);
}

/* Wants the lock five times, while the other task has it. */
static void want_lock(void)
{
    sem_post(&started);
    for (int round = 0; round < ROUNDS; round++) {
        interp_blocking_begin();
        gil_sleep_until(&ready);
        atomic_store(&began, clock_wall());
        waits = true;
        interp_blocking_end();
        waits = false;
        atomic_fetch_add(&had, 1);
    }
}

/* Until it is asked; or the other one needs no lock. */
static void keep_lock(void)
{
    interp_blocking_begin();
    gil_sleep_until(&started);
    interp_blocking_end();
    for (int round = 0; round < ROUNDS; round++) {
        sem_post(&ready);
        while (!atomic_load(&interp_breaker) && atomic_load(&had) <= round)
            clock_sleep(NS_PER_MS / 10);
        interp_tick();
    }
}

static int task_of_two(long in, long *out)
{
    *out = in;
    if (in == 0)
        keep_lock();
    else
        want_lock();
    return 0;
}

void gil_try_short_interval(void)
{
    const long in[2] = {0, 1};
    long out[2];
    int failed;

    atomic_store(&had, 0);
    sem_init(&started, 0, 0);
    sem_init(&ready, 0, 0);
    faults_reset();
    faults_look_at_limits(look_for_early);
    failed = grader_call(gil_map(task_of_two, in, out, 2, 2), "gil_map",
                         "gil_map of 2 tasks that take turns");
    faults_look_at_limits(NULL);
    expect_at("gil_map", !failed, "gil_map failed with errno %s.", error_name(errno));
    expect_at("gil_map", atomic_load(&early) < 2,
              "The lock of gil_map should have an interval of %ld us, but a thread that waited for "
              "it asked within half of that, %d times. GIL_INTERVAL_US is in microseconds.",
              GIL_INTERVAL_US, atomic_load(&early));
}
