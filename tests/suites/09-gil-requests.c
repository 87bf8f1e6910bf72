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

enum { INTERVAL_US = 50000 };

/* Whether the holder was asked to drop the lock. */
enum { NOT_YET, ASKED, HOPELESS };

/* What came of it when a thread waited for the lock that another one held. */
struct asking {
    atomic_int outcome;
    bool requested;              /* gil_drop_requested was true */
    unsigned long before, asked; /* requests counted before that, and since then */
    int64_t began;               /* before anybody waited */
    int64_t waited;              /* for so long at most */
};

/* In the thread that holds the lock: keeps it until it has been asked twice, or is given up. */
static void look_for_requests(struct gil *gil, struct asking *asking)
{
    struct gil_counts counts;

    while (atomic_load(&asking->outcome) == NOT_YET) {
        clock_sleep(20 * NS_PER_MS);
        gil_read_counts(gil, &counts);
        asking->waited = clock_wall() - asking->began; /* at least as long as the other one has */
        asking->asked = counts.requests - asking->before;
        asking->requested |= gil_drop_requested(gil);
        if (asking->requested && asking->asked >= 2)
            atomic_store(&asking->outcome, ASKED);
    }
}

/* Thread 0 holds the lock, as if it computed, until it has been asked twice to drop it; thread 1
 * waits for it. If that one sleeps for seconds and asks for nothing, thread 2 gives up. */
static void hold_and_wait(struct gil *gil, struct asking *asking)
{
    atomic_int held = 0;

#pragma omp parallel num_threads(3) default(none) shared(gil, asking, held)
    switch (omp_get_thread_num()) {
    case 0:
        gil_must_acquire(gil);
        atomic_store(&held, 1);
        look_for_requests(gil, asking);
        /* When the lock is dropped, no timer is to wake up the other one just then. */
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
        if (quiet_wait_hopeless(&asking->outcome))
            atomic_store(&asking->outcome, HOPELESS);
    }
}

/* The interval is INTERVAL_US. `never` is what is wrong if nobody asked. */
static void expect_asked(struct gil *gil, const char *never)
{
    struct asking asking = {.outcome = NOT_YET, .began = clock_wall()};
    struct gil_counts counts;

    gil_read_counts(gil, &counts);
    asking.before = counts.requests;
    hold_and_wait(gil, &asking);
    atomic_store(&faults_now()->no_time_limits, false);
    gil_expect_no_failures(
        "one thread held the lock until it was asked for it, and another waited");
    expect(asking.asked > 0 || !asking.requested,
           "A thread asked the holder to drop the lock: gil_drop_requested was true. But the count "
           "of requests has not grown.");
    expect(asking.asked > 0, "%s", never);
    expect(asking.requested,
           "A thread waited for the lock, and %s counted. But gil_drop_requested is false: the "
           "holder sees nothing of that.",
           asking.asked == 1 ? "a request was" : wording("%lu requests were", asking.asked));
    expect(atomic_load(&asking.outcome) == ASKED,
           "A thread has waited for the lock for much longer than the interval of 50 ms. It should "
           "ask again after each further interval, but it asked only once.");
    expect(asking.asked <= (unsigned long)(asking.waited / (INTERVAL_US * 1000LL)) + 1,
           "A thread waited for the lock for no more than %lld ms and asked %lu times: more than "
           "once in each interval of 50 ms. Is the end of each wait worked out anew?",
           (long long)(asking.waited / NS_PER_MS), asking.asked);
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

void gil_change_interval(struct gil *gil, long interval_us)
{
    expect_at("gil_set_interval", gil_set_interval(gil, interval_us) == 0,
              "gil_set_interval failed with errno %s.", error_name(errno));
}

static void try_changed_interval(void)
{
    struct gil *gil = gil_begin(HOUR_US);

    expect_not_asked_at_once(gil, "an hour");
    gil_change_interval(gil, LONG_MAX);
    expect_not_asked_at_once(gil, "LONG_MAX microseconds");
    gil_change_interval(gil, 1L << 29);
    expect_not_asked_at_once(gil, "536870912 microseconds (more than 32 bits of nanoseconds)");
    gil_change_interval(gil, (1L << 32) + 1);
    expect_not_asked_at_once(gil, "4294967297 microseconds (more than an int or unsigned holds)");
    gil_change_interval(gil, INTERVAL_US);
    expect_asked(gil, "The interval was set from more than an hour to 50 ms. Then a thread waited "
                      "for the lock for much longer than that, and did not ask the holder to "
                      "drop it.");
    gil_end(gil);
}

/* More switches than a byte counts. */
static void try_after_many_switches(void)
{
    struct gil *gil = gil_begin(INTERVAL_US);

    gil_make_switches(gil, 300);
    expect_asked(gil, "The lock had changed hands 300 times. Then a thread has waited for it for "
                      "much longer than the interval of 50 ms, and did not ask the holder to drop "
                      "it. Is counts.switches kept in something smaller than a long?");
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
    expect_at("gil_release", counts.voluntary == 2,
              "The lock was released three times, once of these on request: voluntary should be 2, "
              "but it is %lu.",
              counts.voluntary);
    gil_end(gil);
    try_after_many_switches();
    gil_try_prompt_request(false);
    gil_try_prompt_request(true);
    gil_try_early_end();
    gil_try_other_waiter();
    gil_try_late_askers();
    gil_try_requests_to_taker();
    gil_try_refusals_when_asked();
    gil_try_next_wait(true);
    gil_try_next_wait(false);
    gil_try_late_request();
    gil_try_return();
}

/* Two threads that both compute all the time: each keeps the lock until it is asked to drop it, and
 * wants it back at once. */
void test_gil_forced(void)
{
    const long wanted = 20;
    struct gil *gil =
        (gil_try_request_at_release(), gil_try_stopped_drops(), gil_try_second_request(),
         gil_try_late_releases(), gil_try_barging(), gil_begin(1000));
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
