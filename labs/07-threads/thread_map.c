#include "07-threads/thread_map.h"

#include <errno.h>

/* True, and errno set, if a sum cannot work with these arguments. */
static int bad_sum(term_fn *term, long n, int threads, const long *sum)
{
    if (term && n >= 0 && threads >= 1 && sum)
        return 0;
    errno = EINVAL;
    return 1;
}

/* Given: read it, run it often, and see what it prints. All threads add to the same variable at
 * the same time. Each reads it, adds, and writes it back, though another thread may have changed it
 * meanwhile. */
int sum_racy(term_fn *term, long n, int threads, long *sum)
{
    long total = 0;

    if (bad_sum(term, n, threads, sum))
        return -1;
#pragma omp parallel for num_threads(threads) default(none) shared(term, n, total)
    for (long i = 0; i < n; i++)
        total += term(i);
    *sum = total;
    return 0;
}

int sum_critical(term_fn *term, long n, int threads, long *sum)
{
    /* TODO(1): As sum_racy, but with the addition (and only the addition) in a critical construct:
     * one thread at a time adds. Call term outside it. */
    errno = ENOSYS;
    return -1;
}

int sum_atomic(term_fn *term, long n, int threads, long *sum)
{
    /* TODO(2): The same with an atomic construct: the processor adds in one step. */
    errno = ENOSYS;
    return -1;
}

int sum_reduction(term_fn *term, long n, int threads, long *sum)
{
    /* TODO(3): The same with a reduction clause (total then leaves shared): each thread adds to a
     * variable of its own, and these are added up once, at the end. */
    errno = ENOSYS;
    return -1;
}

int sum_locked(term_fn *term, long n, int threads, struct counted_lock *lock, long *sum)
{
    /* TODO(4): Refuse bad arguments, also a NULL lock. Each thread takes the lock
     * (counted_lock_take), adds up its whole share of the terms, and drops the lock before the
     * barrier at the end of the region. nowait removes the barrier of the for construct. How much
     * faster than one thread can this be? */
    errno = ENOSYS;
    return -1;
}

int thread_map(task_fn *task, const long in[], long out[], size_t n, int workers)
{
    /* TODO(5): Run the tasks in a parallel for with a dynamic schedule, on a team of min(n,
     * workers). The loop cannot be left early, so remember which failing task has the lowest index,
     * and its error (what protects these two?). A task after it need not be run; one before it must
     * be. */
    errno = ENOSYS;
    return -1;
}
