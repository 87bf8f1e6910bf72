#include "tests/suites/09-gil.h"

#include <errno.h>
#include <limits.h>
#include <sched.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include <omp.h>

#include "common/clock.h"
#include "tests/harness/faults.h"
#include "tests/harness/grader.h"
#include "tests/harness/meeting.h"
#include "tests/watch/quiet.h"

/* `threads` threads take the lock, and whoever has it waits for a second one to come in, until all
 * others are asleep. */
static void try_exclusion(int threads)
{
    struct gil *gil = begin(HOUR_US);
    struct hold *hold = hold_create(2);
    struct gil_counts counts;
    long total = 0;

#pragma omp parallel num_threads(threads) default(none) shared(gil, hold, total)
    for (int i = 0; i < 20; i++) {
        take(gil);
        hold_pass(hold);
        total++;
        give(gil);
    }
    expect_no_failures();
    expect(hold_most(hold) == 1,
           "%d threads take the lock, and %d of them had it at the same time.", threads,
           hold_most(hold));
    expect(
        total == 20L * threads,
        "%d threads each add 1 to a number 20 times, with the lock held, and the number should be "
        "%d, but it is %ld.",
        threads, 20 * threads, total);
    gil_read_counts(gil, &counts);
    expect(
        counts.requests == 0,
        "Nobody waited for the interval (an hour), but %lu drop requests were counted: a wake-up "
        "before the time was up is no reason to ask.",
        counts.requests);
    hold_free(hold);
    end(gil);
}

void test_exclusion(void)
{
    end(begin(HOUR_US));
    try_exclusion(2);
    try_exclusion(3);
    try_exclusion(7);
    try_exclusion(16);
    try_stopped_takers();
}

/* Thread 0 holds the lock and computes, so to speak, until it has been asked twice to drop it;
 * thread 1 waits for it. If that sleeps for seconds and asks for nothing, thread 2 gives the test
 * up. */
static bool is_asked(struct gil *gil)
{
    atomic_int asked = 0, held = 0;
    struct gil_counts counts;
    unsigned long before;

    gil_read_counts(gil, &counts);
    before = counts.requests;
#pragma omp parallel num_threads(3) default(none) shared(gil, asked, held, counts, before)
    switch (omp_get_thread_num()) {
    case 0:
        take(gil);
        atomic_store(&held, 1);
        while (!atomic_load(&asked)) {
            clock_sleep(20 * NS_PER_MS);
            gil_read_counts(gil, &counts);
            if (gil_drop_requested(gil) && counts.requests >= before + 2)
                atomic_store(&asked, 1);
        }
        give(gil);
        break;
    case 1:
        while (!atomic_load(&held))
            sched_yield();
        take(gil);
        give(gil);
        break;
    default:
        if (quiet_wait_hopeless(&asked))
            atomic_store(&asked, -1);
    }
    expect_no_failures();
    return atomic_load(&asked) == 1;
}

void test_drop_request(void)
{
    struct gil *gil = begin(50000);
    struct gil_counts counts;
    atomic_int never = 0;

    expect(
        is_asked(gil),
        "A thread has waited for the lock for much longer than the interval of 50 ms, and did not "
        "ask the holder to drop it, or asked only once.");
    expect(!gil_drop_requested(gil), "Whoever takes the lock should take the drop request back.");
    gil_read_counts(gil, &counts);
    expect(
        counts.requests >= 2 && counts.requests < INT_MAX && counts.forced == 1,
        "A drop was requested twice and followed: requests should be 2 or more and forced 1, but "
        "they are %lu and %lu.",
        counts.requests, counts.forced);
    expect(gil_set_interval(gil, HOUR_US) == 0, "gil_set_interval failed: %s.", strerror(errno));
    take(gil);
#pragma omp parallel num_threads(2) default(none) shared(gil, never)
    if (omp_get_thread_num() == 1) {
        take(gil);
        give(gil);
    } else {
        quiet_wait(&never);
        atomic_store(&never, gil_drop_requested(gil) ? 2 : 1);
        give(gil);
    }
    expect_no_failures();
    expect(atomic_load(&never) == 1,
           "With an interval of an hour the holder was asked to drop the lock at once.");
    expect(gil_set_interval(gil, 50000) == 0, "gil_set_interval failed: %s.", strerror(errno));
    expect(is_asked(gil),
           "The interval was set from an hour to 50 ms, but waiters still wait longer.");
    end(gil);
    try_late_request();
}

/* Two threads that both compute all the time: each keeps the lock until it is asked to drop it, and
 * wants it back at once. */
void test_forced(void)
{
    const long wanted = 1000, looks_allowed = 100 * wanted;
    struct gil *gil = begin(100);
    struct gil_counts counts;
    long handed = 0, snatched = 0, looks = 0; /* these and last are guarded by the lock */
    int last = -1;

#pragma omp parallel num_threads(2) default(none)                                                  \
    shared(gil, handed, snatched, looks, last, wanted, looks_allowed)
    {
        int me = omp_get_thread_num();

        take(gil);
        while (handed < wanted && looks < looks_allowed) {
            snatched += last == me;
            last = me;
            while (!gil_drop_requested(gil) && ++looks < looks_allowed)
                clock_sleep(20000);
            handed++;
            give(gil);
            take(gil);
        }
        give(gil);
    }
    expect_no_failures();
    gil_read_counts(gil, &counts);
    expect(looks < looks_allowed,
           "With an interval of 100 us, drop requests came only after %ld looks each, or never.",
           looks / (handed + 1));
    expect(
        snatched == 0,
        "Of %ld times that a thread was asked for the lock, dropped it and wanted it back, it had "
        "it back before the one who asked %ld times.",
        wanted, snatched);
    expect(counts.forced >= (unsigned long)wanted,
           "After %ld forced drops the count of forced ones is %lu.", wanted, counts.forced);
    expect(counts.switches >= (unsigned long)wanted,
           "The lock went from thread to thread %ld times, but the count of switches is %lu.",
           wanted, counts.switches);
    end(gil);
    try_stopped_drops();
}

/* What a thread has used: CPU time, and how often it fell asleep. */
struct usage {
    int64_t cpu;
    long sleeps;
};

static struct usage thread_usage(void)
{
    struct rusage usage;
    struct timespec cpu;

    getrusage(RUSAGE_THREAD, &usage);
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &cpu);
    return (struct usage){cpu.tv_sec * NS_PER_S + cpu.tv_nsec, usage.ru_nvcsw};
}

void test_no_cpu(void)
{
    enum { WAITERS = 4, HOLD_MS = 400 };
    struct gil *gil = begin(HOUR_US);
    int64_t cpu = 0;
    long sleeps = 0;
    atomic_int waiting = 0;

#pragma omp parallel num_threads(WAITERS + 1) default(none) shared(gil, waiting)                   \
    reduction(+ : cpu, sleeps)
    {
        if (omp_get_thread_num() == 0)
            take(gil);
#pragma omp barrier
        if (omp_get_thread_num() > 0) {
            struct usage before = thread_usage(), after;

            atomic_fetch_add(&waiting, 1);
            take(gil);
            after = thread_usage();
            give(gil);
            cpu = after.cpu - before.cpu;
            sleeps = after.sleeps - before.sleeps;
        } else {
            while (atomic_load(&waiting) < WAITERS)
                clock_sleep(NS_PER_MS);
            clock_sleep(HOLD_MS * NS_PER_MS);
            give(gil);
        }
    }
    expect_no_failures();
    expect(cpu < 40 * NS_PER_MS,
           "%d threads waited %d ms for the lock and used %lld ms of CPU time meanwhile: who waits "
           "should sleep.",
           WAITERS, HOLD_MS, (long long)(cpu / NS_PER_MS));
    expect(
        sleeps < 50 * WAITERS,
        "While %d threads waited %d ms for the lock they woke up %ld times: with an interval of an "
        "hour there is nothing to wake up for but the lock.",
        WAITERS, HOLD_MS, sleeps);
    end(gil);
}

/* 100,000 times the lock goes from one thread to the other, each of which may be asleep by then: if
 * a single wake-up is lost both sleep for ever, as no timer helps for an hour. */
void test_handovers(void)
{
    const int rounds = 50000;
    struct gil *gil = begin(HOUR_US);
    struct gil_counts counts;
    sem_t ping, pong;

    sem_init(&ping, 0, 0);
    sem_init(&pong, 0, 0);
#pragma omp parallel num_threads(2) default(none) shared(gil, ping, pong, rounds)
    for (int round = 0; round < rounds; round++) {
        bool first = omp_get_thread_num() == 0;

        if (!first)
            while (sem_wait(&ping) == -1)
                ;
        take(gil);
        if (first)
            sem_post(&ping); /* now the other one wants the lock that this one holds */
        if (first)
            sched_yield(); /* on one CPU, too, let it come and fall asleep */
        give(gil);
        if (!first)
            sem_post(&pong);
        else
            while (sem_wait(&pong) == -1)
                ;
    }
    sem_destroy(&ping);
    sem_destroy(&pong);
    expect_no_failures();
    gil_read_counts(gil, &counts);
    expect(counts.switches >= 2UL * (unsigned long)rounds - 1,
           "The lock went from one thread to the other %d times, but %lu switches were counted.",
           2 * rounds, counts.switches);
    expect(
        counts.forced == 0 && counts.requests == 0,
        "Nobody waited for the interval, but %lu drop requests and %lu forced drops were counted.",
        counts.requests, counts.forced);
    end(gil);
    try_stopped_handovers();
}

void test_spurious(void)
{
    struct faults *faults = faults_reset();

    end(begin(HOUR_US));
    atomic_store(&faults->spurious, true);
    try_exclusion(4);
    try_exclusion(2);
    atomic_store(&faults->spurious, false);
}
