/* Faults of waits with a time limit: for a semaphore, and in poll. */
#include <errno.h>
#include <poll.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <time.h>

#include "common/clock.h"
#include "tests/harness/faults.h"
#include "tests/harness/grader.h"

/* Whether the wait that begins is one of those that a signal is to end. */
static bool signal_is_due(void)
{
    atomic_int *due = &faults_now()->signals_due;

    if (!faults_is_test() || atomic_load(due) <= 0)
        return false;
    atomic_fetch_sub(due, 1);
    grader_done_to("a blocking call was interrupted by a signal (EINTR)");
    return true;
}

static bool is_before(const struct timespec *a, const struct timespec *b)
{
    return a->tv_sec != b->tv_sec ? a->tv_sec < b->tv_sec : a->tv_nsec < b->tv_nsec;
}

/* The signal comes after a millisecond, unless the limit does. */
static int wait_until_signal(sem_t *semaphore, clockid_t clock, const struct timespec *until)
{
    struct timespec signal;
    bool comes;

    clock_gettime(clock, &signal);
    signal = clock_timespec(signal.tv_sec * NS_PER_S + signal.tv_nsec + NS_PER_MS);
    comes = is_before(&signal, until);
    if (sem_clockwait(semaphore, clock, comes ? &signal : until) == 0)
        return 0;
    if (comes && errno == ETIMEDOUT)
        errno = EINTR;
    return -1;
}

int faults_poll(struct pollfd *files, nfds_t count, int timeout)
{
    int found;

    if (timeout == 0 || !signal_is_due())
        return poll(files, count, timeout);
    found = poll(files, count, 1);
    if (found != 0)
        return found;
    errno = EINTR;
    return -1;
}

int graded_sem_wait(sem_t *semaphore)
{
    faults_deliver_signals();
    return faults_interrupt() ? -1 : sem_wait(semaphore);
}

/* A look is all that is left of such a wait. */
static int look_once(sem_t *semaphore)
{
    if (sem_trywait(semaphore) == 0)
        return 0;
    errno = ETIMEDOUT;
    return -1;
}

int graded_sem_timedwait(sem_t *semaphore, const struct timespec *until)
{
    if (faults_interrupt())
        return -1;
    faults_check_limit(until);
    if (signal_is_due())
        return wait_until_signal(semaphore, CLOCK_REALTIME, until);
    return faults_time_passes() ? look_once(semaphore) : sem_timedwait(semaphore, until);
}

int graded_sem_clockwait(sem_t *semaphore, clockid_t clock, const struct timespec *until)
{
    if (faults_interrupt())
        return -1;
    faults_check_limit(until);
    if (signal_is_due())
        return wait_until_signal(semaphore, clock, until);
    return faults_time_passes() ? look_once(semaphore) : sem_clockwait(semaphore, clock, until);
}

/* Lab 03's own, which calls the system from a file that is not graded. Other labs have none. */
extern bool semaphore_wait(sem_t *semaphore, long ms) __attribute__((weak));

bool graded_semaphore_wait(sem_t *semaphore, long ms)
{
    if (signal_is_due())
        return semaphore_wait(semaphore, ms < 1 ? ms : 1);
    return faults_time_passes() ? look_once(semaphore) == 0 : semaphore_wait(semaphore, ms);
}
