/* Where threads and processes of the graded code meet although its own file touches no memory: the
 * entrances of critical constructs and of OpenMP locks, and the posting of semaphores. Each is a
 * point of a forced stop. */
#include <omp.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stddef.h>
#include <unistd.h>

#include "tests/harness/constructs.h"
#include "tests/harness/faults.h"
#include "tests/harness/forced_stop.h"
#include "tests/watch/quiet.h"

struct constructs constructs;

/* The runtimes' own names: libgomp has the GOMP ones, libomp both. */
extern void GOMP_critical_start(void) __attribute__((weak));
extern void GOMP_critical_name_start(void **name) __attribute__((weak));
extern void __kmpc_critical(void *where, int thread, void *lock) __attribute__((weak));
extern void __kmpc_critical_with_hint(void *where, int thread, void *lock, unsigned hint)
    __attribute__((weak));

void graded_GOMP_critical_start(void)
{
    atomic_fetch_add(&constructs.criticals, 1);
    forced_stop_point();
    GOMP_critical_start();
}

void graded_GOMP_critical_name_start(void **name)
{
    atomic_fetch_add(&constructs.criticals, 1);
    forced_stop_point();
    GOMP_critical_name_start(name);
}

void graded_kmpc_critical(void *where, int thread, void *lock)
{
    atomic_fetch_add(&constructs.criticals, 1);
    forced_stop_point();
    __kmpc_critical(where, thread, lock);
}

void graded_kmpc_critical_with_hint(void *where, int thread, void *lock, unsigned hint)
{
    atomic_fetch_add(&constructs.criticals, 1);
    forced_stop_point();
    __kmpc_critical_with_hint(where, thread, lock, hint);
}

void graded_omp_set_lock(omp_lock_t *lock)
{
    forced_stop_point();
    omp_set_lock(lock);
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
