/* Where a lock plugs in.
 *
 * Tasks are written once and run under every engine. A task that computes calls interp_tick() in
 * its loop; a task that blocks calls interp_blocking_begin() before and interp_blocking_end()
 * after the blocking call. With no lock installed these do next to nothing. With one installed
 * (lab 09's) they are where CPython's interpreter would drop and take its GIL:
 *
 *   interp_tick             the eval breaker, looked at on loop back-edges (Python/ceval.c)
 *   interp_blocking_*       Py_BEGIN_ALLOW_THREADS, Py_END_ALLOW_THREADS
 *   interp_attach, _detach  PyEval_AcquireThread, PyEval_ReleaseThread
 */
#ifndef LOCKSTEP_COMMON_INTERP_H
#define LOCKSTEP_COMMON_INTERP_H

#include <stdatomic.h>
#include <stdbool.h>

/* A lock that can be installed. Both functions return 0, or -1 with errno. `release` must fail
 * (EPERM) for a thread that does not hold the lock. If another thread asked for the lock,
 * `release` gives it the chance to take it first. */
struct interp_lock {
    int (*acquire)(void *self);
    int (*release)(void *self);
    void *self;
};

/* Installs `lock`, which must outlive its stay. Outside any parallel region only.
 * Returns 0, or -1 with errno: EINVAL (a NULL), EBUSY (one is installed already). */
int interp_install(const struct interp_lock *lock);

/* Takes out the lock whose `self` this is. Returns 0, or -1 with errno EINVAL if it is not in. */
int interp_uninstall(const void *self);

/* Asks the thread that holds the lock `self` to drop it at its next tick, or takes the request
 * back. Does nothing if that lock is not the installed one. */
void interp_ask(const void *self, bool drop);

/* The calling thread begins, or ends, its life as a worker: attach takes the installed lock and
 * detach releases it. Detach before a barrier: a thread that waits there with the lock in its
 * hands keeps all others out for ever. Return 0 (also with no lock installed), or -1 with the
 * lock's errno. */
int interp_attach(void);
int interp_detach(void);

/* Bracket a blocking call. Keep errno. May be nested; do nothing for a thread that does not hold
 * the installed lock. */
void interp_blocking_begin(void);
void interp_blocking_end(void);

/* Private to interp_tick(): set while the holder of the installed lock is asked to drop it. */
extern atomic_bool interp_breaker;
void interp_drop_and_take(void);

/* One relaxed load: a late look costs one more turn of the loop, never correctness. */
static inline void interp_tick(void)
{
    if (__builtin_expect(atomic_load_explicit(&interp_breaker, memory_order_relaxed), 0))
        interp_drop_and_take();
}

#endif
