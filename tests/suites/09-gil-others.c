/* A third thread has the lock meanwhile: while one waits for it, or has just dropped it on
 * request. */
#include "tests/suites/09-gil-stops.h"

#include <semaphore.h>
#include <stdatomic.h>

#include <omp.h>

#include "common/clock.h"
#include "tests/suites/09-gil-support.h"
#include "tests/harness/faults.h"
#include "tests/harness/grader.h"
#include "tests/watch/quiet.h"

/* Thread 1 waits for the lock and misses all signals. Thread 0 gives it back, thread 2 has it in
 * between, and thread 0 has it again when thread 1's time is up. (Where a release hands the lock to
 * whoever waits, thread 2 has it later.) */
void gil_try_return(void)
{
    struct gil *gil = gil_begin(HOUR_US);
    struct faults *faults = faults_reset();
    struct gil_counts counts = {0};
    atomic_int returned = 0;
    bool back = false;
    sem_t given;

    sem_init(&given, 0, 0);
    gil_must_acquire(gil);
    atomic_store(&faults->timed_waits_miss_signals, true);
#pragma omp parallel num_threads(3) default(none) shared(gil, faults, counts, returned, back, given)
    switch (omp_get_thread_num()) {
    case 0:
        quiet_wait_briefly(NULL);
        gil_must_release(gil);
        sem_post(&given);
        quiet_wait_briefly(NULL);
        back = atomic_load(&returned);
        if (back)
            gil_must_acquire(gil);
        atomic_store(&faults->timed_waits_miss_signals, false);
        sem_post(&faults->timed_waits_end);
        quiet_wait_briefly(NULL);
        gil_read_counts(gil, &counts);
        if (back)
            gil_must_release(gil);
        break;
    case 1:
        gil_must_acquire(gil);
        gil_must_release(gil);
        break;
    default:
        gil_sleep_until(&given);
        gil_must_acquire(gil);
        gil_must_release(gil);
        atomic_store(&returned, 1);
    }
    gil_expect_no_failures("the lock went to another thread and back while a third one waited");
    expect_at("gil_acquire", !back || counts.requests == 0,
              "A thread's interval was over. Meanwhile the lock had gone to another thread and "
              "back, so its holder has only just got it, and should not be asked yet. Do you "
              "compare counts.switches?");
    sem_destroy(&given);
    gil_end(gil);
}

/* Thread 0 drops the lock on thread 1's request. Thread 1 misses that, and thread 2 takes the lock.
 * (Where a release hands the lock to whoever waits, thread 2 has it later.) */
void gil_try_barging(void)
{
    struct gil *gil = gil_begin(10000);
    struct faults *faults = faults_reset();
    atomic_int dropping = 0, back = 0, taken = 0;
    bool stuck = false;
    sem_t about, looked;

    sem_init(&about, 0, 0);
    sem_init(&looked, 0, 0);
    gil_must_acquire(gil);
#pragma omp parallel num_threads(4) default(none)                                                  \
    shared(gil, faults, dropping, back, taken, stuck, about, looked)
    switch (omp_get_thread_num()) {
    case 0:
        gil_wait_for_request(gil);
        atomic_store(&faults->timed_waits_miss_signals, true);
        gil_set_interval(gil, HOUR_US);
        quiet_wait_briefly(NULL);
        atomic_store(&dropping, 1);
        gil_must_release(gil);
        atomic_store(&back, 1);
        break;
    case 1:
        gil_must_acquire(gil);
        gil_must_release(gil);
        break;
    case 2:
        while (!atomic_load(&dropping))
            clock_sleep(2 * NS_PER_MS);
        quiet_wait_briefly(NULL);
        sem_post(&about);
        gil_must_acquire(gil);
        atomic_store(&taken, 1);
        gil_sleep_until(&looked);
        gil_must_release(gil);
        break;
    default:
        gil_sleep_until(&about);
        quiet_wait_briefly(NULL);
        stuck = atomic_load(&taken) && !atomic_load(&back);
        atomic_store(&faults->timed_waits_miss_signals, false);
        sem_post(&faults->timed_waits_end);
        sem_post(&looked);
    }
    gil_expect_no_failures("a thread dropped the lock on request, and a third one took it");
    expect_at("gil_acquire", !stuck,
              "A thread dropped the lock on request, and a third one had it before the one that "
              "had asked. gil_release should come back then, but it went on waiting. Is "
              "switch_cond signalled each time that the lock is taken?");
    sem_destroy(&about);
    sem_destroy(&looked);
    gil_end(gil);
}
