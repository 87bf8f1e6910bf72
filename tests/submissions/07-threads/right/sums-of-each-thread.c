/* Right: Each thread adds up for itself and takes the construct once, at its end. By somebody who
 * saw no test. */
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
    long total = 0;

    if (bad_sum(term, n, threads, sum))
        return -1;
#pragma omp parallel num_threads(threads)
    {
        long mine = 0;

#pragma omp for
        for (long i = 0; i < n; ++i)
            mine += term(i);
#pragma omp critical
        {
            total += mine;
        }
    }
    *sum = total;
    return 0;
}

int sum_atomic(term_fn *term, long n, int threads, long *sum)
{
    long total = 0;

    if (bad_sum(term, n, threads, sum))
        return -1;
#pragma omp parallel num_threads(threads)
    {
        long mine = 0;

#pragma omp for nowait
        for (long i = 0; i < n; ++i)
            mine += term(i);
#pragma omp atomic
        total += mine;
    }
    *sum = total;
    return 0;
}

int sum_reduction(term_fn *term, long n, int threads, long *sum)
{
    long total = 0;

    if (bad_sum(term, n, threads, sum))
        return -1;
#pragma omp parallel num_threads(threads) reduction(+ : total)
    {
        long me = omp_get_thread_num(), team = omp_get_num_threads();

        for (long i = me; i < n; i += team)
            total += term(i);
    }
    *sum = total;
    return 0;
}

int sum_locked(term_fn *term, long n, int threads, struct counted_lock *lock, long *sum)
{
    long total = 0;

    if (lock == NULL) {
        errno = EINVAL;
        return -1;
    }
    if (bad_sum(term, n, threads, sum))
        return -1;
#pragma omp parallel num_threads(threads)
    {
        long team = omp_get_num_threads(), me = omp_get_thread_num();
        long share = n / team, rest = n % team;
        long from = me * share + (me < rest ? me : rest);
        long to = from + share + (me < rest ? 1 : 0);
        long mine = 0;

        counted_lock_take(lock);
        for (long i = from; i < to; i++)
            mine += term(i);
        total += mine; /* still with the lock */
        counted_lock_drop(lock);
    }
    *sum = total;
    return 0;
}

int thread_map(task_fn *task, const long in[], long out[], size_t n, int workers)
{
    size_t next = 0, bad = n;
    int error = 0;

    if (!map_args_ok(task, in, out, n, workers)) {
        errno = EINVAL;
        return -1;
    }
    if (n == 0)
        return 0;
    if ((size_t)workers > n)
        workers = (int)n;
        /* A counter instead of a for construct: who is free takes the next number. Tasks begin in
     * order, so after an error nobody needs to begin another one. */
#pragma omp parallel num_threads(workers)
    for (;;) {
        size_t i, stop;
        int result;

#pragma omp atomic capture
        i = next++;
#pragma omp atomic read
        stop = bad;
        if (i >= n || i > stop)
            break;
        result = task(in[i], &out[i]);
        if (result != 0) {
#pragma omp critical(thread_map_error)
            if (i < bad) {
#pragma omp atomic write
                bad = i;
                error = result;
            }
        }
    }
    if (error == 0)
        return 0;
    errno = error;
    return -1;
}
