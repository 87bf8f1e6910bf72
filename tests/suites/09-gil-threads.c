/* Threads that compete for the lock: one at a time has it, and those that wait sleep. */
#include "tests/suites/09-gil.h"

#include <sched.h>
#include <semaphore.h>
#include <stdatomic.h>

#include <omp.h>

#include "common/clock.h"
#include "tests/suites/09-gil-stops.h"
#include "tests/suites/09-gil-support.h"
#include "tests/harness/constructs.h"
#include "tests/harness/faults.h"
#include "tests/harness/grader.h"
#include "tests/harness/wording.h"
#include "tests/watch/quiet.h"

/* An answer that mistakes its interval fails where the interval is tested. Here nobody's time is
 * ever up. */
static void no_timers(void)
{
    atomic_store(&faults_reset()->no_time_limits, true);
}

/* `threads` threads take the lock, and the first that has it waits for a second one to come in,
 * until all others are asleep. */
static void try_exclusion(int threads)
{
    struct gil *gil = gil_begin(HOUR_US);
    struct gil_counts counts;
    bool watched = false;
    long total = 0;

#pragma omp parallel num_threads(threads) default(none) shared(gil, watched, total)
    for (int i = 0; i < 20; i++) {
        gil_must_acquire(gil);
        if (!watched)
            quiet_wait_briefly(NULL);
        watched = true;
        total++;
        gil_must_release(gil);
    }
    gil_expect_no_failures(wording("%d threads took the lock 20 times each", threads));
    expect(gil_most_holders() == 1,
           "%d threads took the lock 20 times each, and %d of them had it at the same time.",
           threads, gil_most_holders());
    expect(
        total == 20L * threads,
        "%d threads each add 1 to a number 20 times, with the lock held, and the number should be "
        "%d, but it is %ld.",
        threads, 20 * threads, total);
    gil_read_counts(gil, &counts);
    expect(counts.requests == 0,
           "Nobody waited for the interval (an hour), but %s to drop the lock counted: a wake-up "
           "before the time was up is no reason to ask.",
           counts.requests == 1 ? "a request was" : wording("%lu requests were", counts.requests));
    gil_end(gil);
}

void test_gil_exclusion(void)
{
    unsigned long requests = gil_try_late_waiter(false) + gil_try_late_waiter(true);

    expect(
        requests == 0,
        "A thread waited for the lock, and was woken up long before the interval of an hour was "
        "over, when the lock was taken again. It should ask for nothing, but the requests counted "
        "are %lu.",
        requests);
    gil_try_stopped_handovers();
    no_timers();
    atomic_store(&faults_now()->late_signals, true);
    try_exclusion(2);
    try_exclusion(3);
    try_exclusion(7);
    try_exclusion(16);
    gil_try_stopped_takers();
}

/* A thread waits for the lock, and its interval is over again and again, as if time passed. Before
 * each wait it needs to look a few times, and not hundreds. */
static void try_many_intervals(void)
{
    enum { INTERVALS = 20, LOOKS = 10 };
    struct gil *gil = gil_begin(HOUR_US);
    long looks = 0;

    atomic_store(&faults_reset()->late_signals, true);
    gil_must_acquire(gil);
#pragma omp parallel num_threads(2) default(none) shared(gil, looks, constructs)
    if (omp_get_thread_num() == 1) {
        atomic_store(&constructs.locks, 0);
        faults_pass_time(INTERVALS);
        gil_must_acquire(gil);
        looks = atomic_load(&constructs.locks);
        faults_pass_time(0);
        gil_must_release(gil);
    } else {
        quiet_wait(NULL);
        gil_take_time_limits_away(gil);
        gil_must_release(gil);
    }
    gil_expect_no_failures("one thread waited for the lock that another one held");
    expect(looks <= INTERVALS * LOOKS,
           "A thread waited for the lock while %d intervals passed, and locked a mutex %ld times: "
           "does it look again and again before it sleeps?",
           INTERVALS, looks);
    gil_end(gil);
}

/* How often somebody else ran during the next half second or so. */
static int count_awakenings(void)
{
    enum { LOOKS = 25 };
    uint64_t before = quiet_look().switches;
    int awakenings = 0;

    for (int look = 0; look < LOOKS; look++) {
        uint64_t now = (clock_sleep(20 * NS_PER_MS), quiet_look().switches);

        awakenings += now != before;
        before = now;
    }
    return awakenings;
}

void test_gil_no_cpu(void)
{
    enum { WAITERS = 4 };
    struct gil *gil = gil_begin(HOUR_US);
    bool slept = false;
    int awakenings = 0;
    atomic_int waiting = 0;

    atomic_store(&faults_reset()->late_signals, true);
    gil_must_acquire(gil);
#pragma omp parallel num_threads(WAITERS + 1) default(none) shared(gil, waiting, slept, awakenings)
    if (omp_get_thread_num() > 0) {
        atomic_fetch_add(&waiting, 1);
        gil_must_acquire(gil);
        gil_must_release(gil);
    } else {
        while (atomic_load(&waiting) < WAITERS)
            clock_sleep(NS_PER_MS);
        slept = quiet_wait(NULL);
        if (slept)
            awakenings = count_awakenings();
        gil_must_release(gil);
    }
    gil_expect_no_failures(
        wording("%d threads waited for the lock that another one held", WAITERS));
    expect(slept,
           "%d threads waited for the lock and used a second of CPU time meanwhile: a thread that "
           "waits should sleep.",
           WAITERS);
    expect(awakenings <= 2,
           "While %d threads waited for the lock for half a second, some of them woke up again and "
           "again: with an interval of an hour there is nothing to wake up for but the lock.",
           WAITERS);
    gil_end(gil);
    try_many_intervals();
}

/* The lock goes from one thread to the other and back, each of which may be asleep by then: if a
 * single wake-up is lost both sleep for ever, as no timer helps for an hour. */
static void pass_to_and_fro(struct gil *gil, int rounds)
{
    sem_t ping, pong;

    sem_init(&ping, 0, 0);
    sem_init(&pong, 0, 0);
#pragma omp parallel num_threads(2) default(none) shared(gil, ping, pong, rounds)
    for (int round = 0; round < rounds; round++) {
        bool first = omp_get_thread_num() == 0;

        if (!first)
            while (sem_wait(&ping) == -1)
                ;
        gil_must_acquire(gil);
        if (first)
            sem_post(&ping); /* now the other one wants the lock that this one holds */
        if (first)
            sched_yield(); /* on one CPU, too, let it come and fall asleep */
        gil_must_release(gil);
        if (!first)
            sem_post(&pong);
        else
            while (sem_wait(&pong) == -1)
                ;
    }
    sem_destroy(&ping);
    sem_destroy(&pong);
}

void test_gil_handovers(void)
{
    const int rounds = grader_thorough ? 50000 : 5000;
    struct gil *gil;
    struct gil_counts counts;

    gil_try_lost_signals();
    no_timers();
    gil_try_stopped_handovers();
    gil = gil_begin(HOUR_US);
    pass_to_and_fro(gil, rounds);
    gil_expect_no_failures("the lock went from one thread to the other and back");
    gil_read_counts(gil, &counts);
    expect(counts.switches >= 2UL * (unsigned long)rounds - 1,
           "The lock went from one thread to the other %d times, but %lu switches were counted.",
           2 * rounds, counts.switches);
    expect(
        counts.forced == 0 && counts.requests == 0,
        "Nobody waited for the interval, but %lu drop requests and %lu forced drops were counted.",
        counts.requests, counts.forced);
    gil_end(gil);
}

void test_gil_spurious(void)
{
    struct faults *faults;

    gil_try_stopped_handovers();
    no_timers();
    faults = faults_now();
    atomic_store(&faults->late_signals, true);
    atomic_store(&faults->spurious, true);
    try_exclusion(4);
    try_exclusion(2);
    atomic_store(&faults->spurious, false);
}
