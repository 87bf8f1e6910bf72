#include "common/interp.h"

#include <errno.h>
#include <stddef.h>

#include "common/trace.h"

atomic_bool interp_breaker;

/* Changed only outside parallel regions; atomic so that two threads that install at the same
 * time cannot both succeed. */
static _Atomic(const struct interp_lock *) installed;

/* Of the calling thread: how many brackets it is in, whether the outermost one dropped the lock,
 * and what the thread was doing before it. */
static _Thread_local struct {
    int depth;
    bool dropped;
    enum trace_state before;
} blocking;

int interp_install(const struct interp_lock *lock)
{
    const struct interp_lock *none = NULL;

    if (!lock || !lock->acquire || !lock->release) {
        errno = EINVAL;
        return -1;
    }
    if (!atomic_compare_exchange_strong(&installed, &none, lock)) {
        errno = EBUSY;
        return -1;
    }
    return 0;
}

bool interp_installed(const void *self)
{
    const struct interp_lock *lock = atomic_load(&installed);

    return lock && lock->self == self;
}

int interp_uninstall(const void *self)
{
    if (!interp_installed(self)) {
        errno = EINVAL;
        return -1;
    }
    atomic_store(&interp_breaker, false);
    atomic_store(&installed, NULL);
    return 0;
}

void interp_ask(const void *self, bool drop)
{
    if (interp_installed(self))
        atomic_store_explicit(&interp_breaker, drop, memory_order_relaxed);
}

int interp_attach(void)
{
    const struct interp_lock *lock = atomic_load(&installed);
    int failed = 0;

    if (!lock)
        return 0;
    trace_enter(TRACE_LOCK);
    failed = lock->acquire(lock->self);
    trace_enter(TRACE_IDLE);
    return failed;
}

int interp_detach(void)
{
    const struct interp_lock *lock = atomic_load(&installed);

    return lock ? lock->release(lock->self) : 0;
}

void interp_drop_and_take(void)
{
    const struct interp_lock *lock = atomic_load(&installed);
    /* Before the release: it may wait until another thread has the lock. */
    enum trace_state before = trace_enter(TRACE_LOCK);
    int kept = errno;

    if (lock && lock->release(lock->self) == 0)
        lock->acquire(lock->self);
    trace_enter(before);
    errno = kept;
}

void interp_blocking_begin(void)
{
    const struct interp_lock *lock = atomic_load(&installed);
    int kept = errno;

    if (blocking.depth++ == 0) {
        blocking.before = trace_enter(TRACE_BLOCKED);
        blocking.dropped = lock && lock->release(lock->self) == 0;
    }
    errno = kept;
}

void interp_blocking_end(void)
{
    const struct interp_lock *lock = atomic_load(&installed);
    int kept = errno;

    if (--blocking.depth == 0) {
        if (blocking.dropped) {
            trace_enter(TRACE_LOCK);
            lock->acquire(lock->self);
        }
        trace_enter(blocking.before);
    }
    errno = kept;
}
