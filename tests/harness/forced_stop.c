#include "tests/harness/forced_stop.h"

#include <semaphore.h>
#include <stdatomic.h>
#include <stddef.h>

#include "tests/watch/quiet.h"

static _Thread_local int points_left; /* until the calling thread stops, if it is the one */
static _Atomic(const int *) to_stop;  /* the `points_left` of the one thread that is to stop */
static atomic_int stopped;            /* 1 once that thread has stopped */
static sem_t goes_on;                 /* posted when it goes on */

void forced_stop_reset(void)
{
    atomic_store(&to_stop, NULL);
    atomic_store(&stopped, 0);
    sem_init(&goes_on, 0, 0);
}

void forced_stop_at(int point)
{
    forced_stop_reset();
    points_left = point;
    atomic_store(&to_stop, &points_left);
}

bool forced_stop_wait(void)
{
    quiet_wait_briefly(&stopped);
    return atomic_load(&stopped) != 0;
}

void forced_stop_wait_for_end(void)
{
    while (sem_wait(&goes_on) == -1)
        ;
}

void forced_stop_point(void)
{
    if (atomic_load_explicit(&to_stop, memory_order_relaxed) != &points_left || --points_left > 0)
        return;
    atomic_store(&to_stop, NULL);
    atomic_store(&stopped, 1);
    quiet_wait_briefly(NULL);
    sem_post(&goes_on);
}
