/* Right: a map without any lock. Each thread keeps the lowest index that failed, a reduction by min
 * finds the lowest of all, and the error lies in its place of out[]. Sums: what a reduction does,
 * written out; a critical construct for every term, without the barrier of the loop. */
#include "07-threads/thread_map.h"

#include <errno.h>

static int bad_sum(term_fn *term, long n, int threads, const long *sum)
{
    if (term && n >= 0 && threads >= 1 && sum)
        return 0;
    errno = EINVAL;
    return 1;
}

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
        long value;
#pragma omp for schedule(dynamic, 7) nowait
        for (long i = 0; i < n; i++) {
            value = term(i);
#pragma omp critical(adding_up)
            {
                total = total + value;
            }
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
        for (long i = 0; i < n; i++)
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
#pragma omp parallel num_threads(threads)
    {
        long mine = 0;
#pragma omp for nowait
        for (long i = 0; i < n; i++)
            mine += term(i);
#pragma omp critical(once_for_each_thread)
        total += mine;
    }
    *sum = total;
    return 0;
}

int sum_locked(term_fn *term, long n, int threads, struct counted_lock *lock, long *sum)
{
    long total = 0;

    if (!lock) {
        errno = EINVAL;
        return -1;
    }
    if (bad_sum(term, n, threads, sum))
        return -1;
#pragma omp parallel num_threads(threads) reduction(+ : total)
    {
        counted_lock_take(lock);
#pragma omp for schedule(static, 3) nowait
        for (long i = 0; i < n; i++)
            total += term(i);
        counted_lock_drop(lock);
    }
    *sum = total;
    return 0;
}

/* Where a task fails, its place in out[] takes the error: after an error nobody reads out[]. */
int thread_map(task_fn *task, const long in[], long out[], size_t n, int workers)
{
    size_t lowest = n;

    if (!map_args_ok(task, in, out, n, workers)) {
        errno = EINVAL;
        return -1;
    }
    if (n == 0)
        return 0;
    const int team = n < (size_t)workers ? (int)n : workers;
#pragma omp parallel for schedule(dynamic, 1) num_threads(team) reduction(min : lowest)
    for (size_t i = 0; i < n; i++) {
        int error;

        if (i > lowest)
            continue; /* this thread has met an error before */
        error = task(in[i], &out[i]);
        if (error) {
            out[i] = error;
            lowest = i;
        }
    }
    if (lowest == n)
        return 0;
    errno = (int)out[lowest];
    return -1;
}
