/* Where a lock plugs in.
 *
 * Tasks are written once and run under every engine. A task that computes calls interp_tick() in
 * its loop. A task that blocks calls interp_blocking_begin() before the blocking call, and
 * interp_blocking_end() after it. If no lock is installed, these do next to nothing. If one is
 * (lab 09's), they are where CPython's interpreter would drop and take its GIL:
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
 * (EPERM) for a thread that does not hold the lock. If another thread has asked for the lock,
 * `release` lets it take the lock first. */
struct interp_lock {
    int (*acquire)(void *self);
    int (*release)(void *self);
    void *self;
};

/* Installs `lock`, which must stay where it is until it is uninstalled. Not inside a parallel
 * region. Returns 0, or -1 with errno: EINVAL (lock or one of its functions is NULL), EBUSY (a lock
 * is installed already). */
int interp_install(const struct interp_lock *lock);

/* Uninstalls the lock whose field `self` equals this `self`. Returns 0, or -1 with errno EINVAL if
 * that lock is not installed. */
int interp_uninstall(const void *self);

/* True if the installed lock's field `self` equals this `self`. */
bool interp_installed(const void *self);

/* Asks the thread that holds the lock `self` to drop it at its next tick; or, if `drop` is false,
 * takes that request back. Does nothing if that lock is not the installed one. */
void interp_ask(const void *self, bool drop);

/* The calling thread begins, or ends, its work: attach takes the installed lock and detach releases
 * it. Detach before a barrier: a thread that holds the lock while it waits there keeps all other
 * threads out for ever. Both return 0, also if no lock is installed; or -1 with the lock's
 * errno. */
int interp_attach(void);
int interp_detach(void);

/* Stand before and after a blocking call. Keep errno. May be nested. Do nothing for a thread that
 * does not hold the installed lock. */
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
