#include "tests/harness/forced_stop.h"

#include <semaphore.h>
#include <stdatomic.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/harness/grader.h"
#include "tests/watch/quiet.h"

/* In shared memory, so that a worker process stops as a thread does. All atomic. */
struct stop {
    atomic_int who;     /* the thread that is to stop, as gettid says; 0: none; -point: any but: */
    atomic_int asker;   /* the thread that has asked for a stop of another one */
    atomic_int asked;   /* how often that has been asked for */
    atomic_int stopped; /* 1 once that thread has stopped */
    sem_t goes_on;      /* posted when it goes on */
};

/* Made when the test begins, before its workers; NULL: no test has begun. */
static struct stop *stop;
static _Thread_local int points_left; /* until the calling thread stops, if it is the one */

void forced_stop_reset(void)
{
    if (!stop)
        stop = grader_share(1, sizeof *stop);
    atomic_store(&stop->who, 0);
    atomic_store(&stop->stopped, 0);
    sem_init(&stop->goes_on, 1, 0);
}

void forced_stop_at(int point)
{
    forced_stop_reset();
    points_left = point;
    atomic_store(&stop->who, (int)syscall(SYS_gettid));
}

void forced_stop_other_at(int point)
{
    forced_stop_reset();
    atomic_store(&stop->asker, (int)syscall(SYS_gettid));
    atomic_fetch_add(&stop->asked, 1);
    atomic_store(&stop->who, -point);
}

bool forced_stop_wait(void)
{
    quiet_wait_briefly(&stop->stopped);
    return atomic_load(&stop->stopped) != 0;
}

void forced_stop_wait_for_end(void)
{
    while (sem_wait(&stop->goes_on) == -1)
        ;
}

/* True if the calling thread is one of those that may stop instead of its asker, and is at its own
 * point now. It is the only one that does. */
static bool stops_as_other(int point)
{
    static _Thread_local int passed, asked;
    int expected = -point;

    if (atomic_load(&stop->asker) == (int)syscall(SYS_gettid))
        return false;
    if (asked != atomic_load(&stop->asked)) {
        asked = atomic_load(&stop->asked);
        passed = 0;
    }
    return ++passed >= point && atomic_compare_exchange_strong(&stop->who, &expected, 0);
}

/* True if it is the calling thread that is to stop, here and now. */
static bool is_to_stop(void)
{
    int who = stop ? atomic_load_explicit(&stop->who, memory_order_relaxed) : 0;

    if (who < 0)
        return stops_as_other(-who);
    if (who == 0 || who != (int)syscall(SYS_gettid) || --points_left > 0)
        return false;
    atomic_store(&stop->who, 0);
    return true;
}

void forced_stop_point(void)
{
    if (!is_to_stop())
        return;
    atomic_store(&stop->stopped, 1);
    quiet_wait_briefly(NULL);
    sem_post(&stop->goes_on);
}
