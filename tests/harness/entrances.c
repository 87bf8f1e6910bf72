/* Where threads and processes of the graded code meet although its own file touches no memory: the
 * entrances of critical constructs and of OpenMP locks, and the posting of semaphores. Each is a
 * point of a forced stop. In an interleaving (interleave.h) they are steps, and so are the exits;
 * the locks themselves are left alone then, as nobody may wait there. */
#include <omp.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stddef.h>
#include <unistd.h>

#include "tests/harness/access.h"
#include "tests/harness/constructs.h"
#include "tests/harness/faults.h"
#include "tests/harness/forced_stop.h"
#include "tests/watch/quiet.h"

struct constructs constructs;

/* The runtimes' own names: libgomp has the GOMP ones, libomp both. */
extern void GOMP_critical_start(void) __attribute__((weak));
extern void GOMP_critical_end(void) __attribute__((weak));
extern void GOMP_critical_name_start(void **name) __attribute__((weak));
extern void GOMP_critical_name_end(void **name) __attribute__((weak));
extern void __kmpc_critical(void *where, int thread, void *lock) __attribute__((weak));
extern void __kmpc_critical_with_hint(void *where, int thread, void *lock, unsigned hint)
    __attribute__((weak));
extern void __kmpc_end_critical(void *where, int thread, void *lock) __attribute__((weak));

static const char without_name; /* its address stands for the one lock of all these constructs */

void graded_GOMP_critical_start(void)
{
    atomic_fetch_add(&constructs.criticals, 1);
    if (!access_takes_lock(&without_name))
        GOMP_critical_start();
}

void graded_GOMP_critical_end(void)
{
    if (!access_drops_lock(&without_name))
        GOMP_critical_end();
}

void graded_GOMP_critical_name_start(void **name)
{
    atomic_fetch_add(&constructs.criticals, 1);
    if (!access_takes_lock(name))
        GOMP_critical_name_start(name);
}

void graded_GOMP_critical_name_end(void **name)
{
    if (!access_drops_lock(name))
        GOMP_critical_name_end(name);
}

void graded_kmpc_critical(void *where, int thread, void *lock)
{
    atomic_fetch_add(&constructs.criticals, 1);
    if (!access_takes_lock(lock))
        __kmpc_critical(where, thread, lock);
}

void graded_kmpc_critical_with_hint(void *where, int thread, void *lock, unsigned hint)
{
    atomic_fetch_add(&constructs.criticals, 1);
    if (!access_takes_lock(lock))
        __kmpc_critical_with_hint(where, thread, lock, hint);
}

void graded_kmpc_end_critical(void *where, int thread, void *lock)
{
    if (!access_drops_lock(lock))
        __kmpc_end_critical(where, thread, lock);
}

void graded_omp_set_lock(omp_lock_t *lock)
{
    if (!access_takes_lock(lock))
        omp_set_lock(lock);
}

int graded_omp_test_lock(omp_lock_t *lock)
{
    int tried = access_tries_lock(lock);

    return tried < 0 ? omp_test_lock(lock) : tried;
}

void graded_omp_unset_lock(omp_lock_t *lock)
{
    if (!access_drops_lock(lock))
        omp_unset_lock(lock);
}

void graded_omp_destroy_lock(omp_lock_t *lock)
{
    atomic_fetch_add(&constructs.ended, 1);
    atomic_store(&constructs.ended_last, lock);
    omp_destroy_lock(lock);
}

void graded_counted_lock_destroy(struct counted_lock *counted)
{
    atomic_store(&constructs.ended_last, counted);
    counted_lock_destroy(counted);
}

static void post_slowly(void)
{
    int self = getpid();

    if (atomic_load(&faults_now()->slow_poster) == self &&
        atomic_compare_exchange_strong(&faults_now()->slow_poster, &self, 0))
        quiet_wait_briefly(NULL);
}

int graded_sem_post(sem_t *semaphore)
{
    int failed;

    forced_stop_point();
    failed = sem_post(semaphore);
    post_slowly();
    return failed;
}
