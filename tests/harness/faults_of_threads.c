/* Faults of mutexes and condition variables: what is allowed to happen there, and seldom does. */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdatomic.h>

#include "common/clock.h"
#include "tests/harness/access.h"
#include "tests/harness/faults.h"
#include "tests/harness/forced_stop.h"
#include "tests/harness/grader.h"

/* A signal that is kept back. */
struct kept {
    int (*give)(pthread_cond_t *cond);
    pthread_cond_t *cond;
};

enum { MOST_KEPT = 8 };

/* Of the calling thread. */
static _Thread_local struct kept kept[MOST_KEPT];
static _Thread_local int kept_count;
static _Thread_local unsigned signals;
static _Thread_local unsigned limited_waits;
static _Thread_local struct timespec last_until; /* the end of the last of them */
static _Thread_local int waits_to_pass;
static _Thread_local const char *leads_to;
static _Thread_local int64_t last_over; /* when its last wait with a limit was over; see faults.h */

static void (*_Atomic look_at_limit)(int64_t until, int64_t over);

/* What a stopped thread is about to wait for, and how often that was signalled meanwhile. */
static _Atomic(pthread_cond_t *) about_to_wait;
static atomic_uint too_early;

static int change_errno(int result)
{
    if (atomic_load(&faults_now()->pthread_changes_errno))
        errno = EBADMSG;
    return result;
}

int graded_pthread_mutex_lock(pthread_mutex_t *mutex)
{
    return change_errno(access_takes_lock(mutex) ? 0 : pthread_mutex_lock(mutex));
}

int graded_pthread_mutex_trylock(pthread_mutex_t *mutex)
{
    int tried = access_tries_lock(mutex);

    if (tried < 0)
        return pthread_mutex_trylock(mutex);
    return tried ? 0 : EBUSY;
}

int graded_pthread_mutex_unlock(pthread_mutex_t *mutex)
{
    int result = access_drops_lock(mutex) ? 0 : pthread_mutex_unlock(mutex);

    if (atomic_load(&faults_now()->unlocks_are_points))
        forced_stop_point();
    return change_errno(result);
}

int graded_pthread_mutex_destroy(pthread_mutex_t *mutex)
{
    return change_errno(pthread_mutex_destroy(mutex));
}

int graded_pthread_cond_destroy(pthread_cond_t *cond)
{
    return change_errno(pthread_cond_destroy(cond));
}

/* Gives a signal, or keeps it back. */
static int signal_by(int give(pthread_cond_t *), pthread_cond_t *cond)
{
    signals++;
    if (atomic_load(&about_to_wait) == cond)
        atomic_fetch_add(&too_early, 1);
    if (!atomic_load(&faults_now()->late_signals))
        return give(cond);
    if (kept_count == MOST_KEPT)
        faults_deliver_signals();
    kept[kept_count++] = (struct kept){give, cond};
    return 0;
}

void faults_deliver_signals(void)
{
    while (kept_count > 0) {
        kept_count--;
        kept[kept_count].give(kept[kept_count].cond);
    }
}

unsigned faults_signals(void)
{
    return signals;
}

unsigned faults_signals_too_early(void)
{
    return atomic_load(&too_early);
}

unsigned faults_limited_waits(void)
{
    return limited_waits;
}

void faults_look_at_limits(void (*look)(int64_t until, int64_t over))
{
    atomic_store(&look_at_limit, look);
}

/* 0 if that is by a clock which shows something quite different, such as the time of day. */
static int64_t on_wall(const struct timespec *until)
{
    int64_t ns, apart;

    if (__builtin_mul_overflow(until->tv_sec, NS_PER_S, &ns) || ns > INT64_MAX - NS_PER_S)
        return 0;
    ns += until->tv_nsec;
    apart = ns - clock_wall();
    return apart < -3600 * NS_PER_S || apart > 3600 * NS_PER_S ? 0 : ns;
}

static void look_at(const struct timespec *until)
{
    void (*look)(int64_t until, int64_t over) = atomic_load(&look_at_limit);

    if (look)
        look(on_wall(until), last_over);
    last_over = 0;
}

void faults_pass_time(int waits)
{
    waits_to_pass = waits;
}

void faults_lead_to(const char *function)
{
    leads_to = function;
}

bool faults_time_passes(void)
{
    atomic_int *all = &faults_now()->time_passes;

    if (waits_to_pass > 0)
        return waits_to_pass-- > 0;
    return !faults_is_test() && atomic_load(all) > 0 && atomic_fetch_sub(all, 1) > 0;
}

void faults_check_limit(const struct timespec *until)
{
    static const char text[] =
        "A wait got a time limit whose tv_nsec is %ld. It must be from 0 to 999999999: whole "
        "seconds belong in tv_sec. With any other the wait is over at once, with EINVAL.";

    if (!until || until->tv_sec != last_until.tv_sec || until->tv_nsec != last_until.tv_nsec)
        limited_waits++;
    if (until)
        last_until = *until;
    if (!until || (until->tv_nsec >= 0 && until->tv_nsec < 1000000000))
        return;
    if (leads_to)
        grader_fail_at(leads_to, text, until->tv_nsec);
    grader_fail(text, until->tv_nsec);
}

int graded_pthread_cond_signal(pthread_cond_t *cond)
{
    int result = signal_by(pthread_cond_signal, cond);

    forced_stop_point();
    return result;
}

int graded_pthread_cond_broadcast(pthread_cond_t *cond)
{
    int result = signal_by(pthread_cond_broadcast, cond);

    forced_stop_point();
    return result;
}

/* A spurious wake-up gives the mutex away and takes it back, as a real one does. */
static bool wake_spuriously(pthread_mutex_t *mutex)
{
    if (!atomic_load(&faults_now()->spurious) || !faults_every_other())
        return false;
    pthread_mutex_unlock(mutex);
    sched_yield();
    pthread_mutex_lock(mutex);
    return true;
}

/* Waits, if signals are to be missed, until the time is up. Returns false if they are not. */
static bool wait_without_signals(pthread_mutex_t *mutex)
{
    if (!atomic_load(&faults_now()->timed_waits_miss_signals))
        return false;
    atomic_fetch_add(&faults_now()->timed_waits_held, 1);
    pthread_mutex_unlock(mutex);
    while (atomic_load(&faults_now()->timed_waits_miss_signals))
        sem_wait(&faults_now()->timed_waits_end);
    atomic_fetch_sub(&faults_now()->timed_waits_held, 1);
    sem_post(&faults_now()->timed_waits_end); /* for the next thread that waits here */
    pthread_mutex_lock(mutex);
    return true;
}

/* A point to stop at: the caller has looked, and does not wait yet. */
static void stop_before_wait(pthread_cond_t *cond)
{
    atomic_store(&about_to_wait, cond);
    forced_stop_point();
    atomic_store(&about_to_wait, NULL);
}

static int wait_without_limit(pthread_cond_t *cond, pthread_mutex_t *mutex)
{
    faults_deliver_signals();
    return change_errno(wake_spuriously(mutex) ? 0 : pthread_cond_wait(cond, mutex));
}

int graded_pthread_cond_wait(pthread_cond_t *cond, pthread_mutex_t *mutex)
{
    stop_before_wait(cond);
    return wait_without_limit(cond, mutex);
}

/* As if the time had passed: others have had the mutex meanwhile. */
static bool let_time_pass(pthread_mutex_t *mutex)
{
    if (!faults_time_passes())
        return false;
    pthread_mutex_unlock(mutex);
    sched_yield();
    pthread_mutex_lock(mutex);
    return true;
}

/* What comes of a wait with a limit, where a fault decides that. Returns true then. */
static bool limit_decided(pthread_cond_t *cond, pthread_mutex_t *mutex,
                          const struct timespec *until, int *result)
{
    faults_check_limit(until);
    look_at(until);
    faults_deliver_signals();
    if (let_time_pass(mutex))
        *result = ETIMEDOUT;
    else if (atomic_load(&faults_now()->no_time_limits))
        *result = wait_without_limit(cond, mutex);
    else if (wait_without_signals(mutex))
        *result = ETIMEDOUT;
    else if (wake_spuriously(mutex))
        *result = change_errno(0);
    else
        return false;
    return true;
}

/* What came of a wait that nothing was done to. */
static int note_end(const struct timespec *until, int result)
{
    last_over = result == ETIMEDOUT ? on_wall(until) : 0;
    return change_errno(result);
}

int graded_pthread_cond_timedwait(pthread_cond_t *cond, pthread_mutex_t *mutex,
                                  const struct timespec *until)
{
    int result;

    if (limit_decided(cond, mutex, until, &result))
        return result;
    return note_end(until, pthread_cond_timedwait(cond, mutex, until));
}

int graded_pthread_cond_clockwait(pthread_cond_t *cond, pthread_mutex_t *mutex, clockid_t clock,
                                  const struct timespec *until)
{
    int result;

    if (limit_decided(cond, mutex, until, &result))
        return result;
    return note_end(until, pthread_cond_clockwait(cond, mutex, clock, until));
}
