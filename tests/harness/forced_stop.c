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
    atomic_int second;  /* the same of the one that is to stop after it */
    atomic_int second_stopped;
    sem_t goes_on; /* posted when it goes on */
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
    atomic_store(&stop->second, 0);
    atomic_store(&stop->second_stopped, 0);
    sem_init(&stop->goes_on, 1, 0);
}

void forced_stop_at(int point)
{
    forced_stop_reset();
    points_left = point;
    atomic_store(&stop->who, (int)syscall(SYS_gettid));
}

void forced_stop_second_at(int point)
{
    points_left = point;
    atomic_store(&stop->second, (int)syscall(SYS_gettid));
}

bool forced_stop_happened(void)
{
    return stop && atomic_load(&stop->stopped);
}

bool forced_stop_second_happened(void)
{
    return stop && atomic_load(&stop->second_stopped);
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
    return forced_stop_happened();
}

void forced_stop_wait_for_end(void)
{
    while (sem_wait(&stop->goes_on) == -1)
        ;
}

bool forced_stop_has_ended(void)
{
    int posted = 0;

    sem_getvalue(&stop->goes_on, &posted);
    return posted > 0;
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

/* True if `who` is the calling thread, and this is where it stops. */
static bool stops_here(atomic_int *who)
{
    int wanted = atomic_load_explicit(who, memory_order_relaxed);

    if (wanted < 0)
        return stops_as_other(-wanted);
    if (wanted == 0 || wanted != (int)syscall(SYS_gettid) || --points_left > 0)
        return false;
    atomic_store(who, 0);
    return true;
}

void forced_stop_point(void)
{
    if (!stop)
        return;
    if (stops_here(&stop->who)) {
        atomic_store(&stop->stopped, 1);
        quiet_wait_briefly(&stop->second_stopped);
        sem_post(&stop->goes_on);
    } else if (stops_here(&stop->second)) {
        atomic_store(&stop->second_stopped, 1);
        quiet_wait_briefly(NULL);
    }
}
