/* A thread that has to wait for the lock once more, after it was woken up. */
#include "tests/suites/09-gil-stops.h"

#include <semaphore.h>
#include <stdatomic.h>

#include <omp.h>

#include "common/clock.h"
#include "tests/suites/09-gil-support.h"
#include "tests/harness/faults.h"
#include "tests/harness/grader.h"
#include "tests/watch/quiet.h"

void gil_sleep_until(sem_t *posted)
{
    while (sem_wait(posted) == -1)
        ;
}

enum { INTERVAL_US = 50000 };

/* Whether the holder was asked to drop the lock. */
enum { NOT_YET, ASKED, HOPELESS };

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

/* Thread 1 waits with an interval of an hour, which is then set to 50 ms. It is woken up, but
 * before it has looked, thread 0 has the lock again (`same`), or thread 2 has it. So it waits once
 * more. (Where a release hands the lock to whoever waits, it has the lock, and need not ask. Nor
 * need it where a wait for a semaphore goes on inside the system.) */
void gil_try_next_wait(bool same)
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
        gil_change_interval(gil, INTERVAL_US);
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
