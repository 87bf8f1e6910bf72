/* Right: explicit tasks, one for each number, made by one thread: a taskloop. Each thread that fails
 * enters a critical construct, and skips what is behind the lowest failure. */
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
#pragma omp parallel for num_threads(threads) default(none) shared(term, n, total)
    for (long i = 0; i < n; i++) {
        long value = term(i);

#pragma omp critical(sum)
        total += value;
    }
    *sum = total;
    return 0;
}

int sum_atomic(term_fn *term, long n, int threads, long *sum)
{
    long total = 0;

    if (bad_sum(term, n, threads, sum))
        return -1;
#pragma omp parallel for num_threads(threads) default(none) shared(term, n, total)
    for (long i = 0; i < n; i++) {
        long value = term(i);

#pragma omp atomic update
        total += value;
    }
    *sum = total;
    return 0;
}

int sum_reduction(term_fn *term, long n, int threads, long *sum)
{
    long total = 0;

    if (bad_sum(term, n, threads, sum))
        return -1;
#pragma omp parallel for num_threads(threads) default(none) shared(term, n) reduction(+ : total)
    for (long i = 0; i < n; i++)
        total += term(i);
    *sum = total;
    return 0;
}

int sum_locked(term_fn *term, long n, int threads, struct counted_lock *lock, long *sum)
{
    long total = 0;

    if (bad_sum(term, n, threads, sum))
        return -1;
    if (!lock) {
        errno = EINVAL;
        return -1;
    }
#pragma omp parallel num_threads(threads) default(none) shared(term, n, total, lock)
    {
        counted_lock_take(lock);
#pragma omp for nowait
        for (long i = 0; i < n; i++)
            total += term(i);
        counted_lock_drop(lock);
    }
    *sum = total;
    return 0;
}

int thread_map(task_fn *task, const long in[], long out[], size_t n, int workers)
{
    size_t first_bad = n;
    int error = 0;

    if (!map_args_ok(task, in, out, n, workers)) {
        errno = EINVAL;
        return -1;
    }
    if (n == 0)
        return 0;
    if (n < (size_t)workers)
        workers = (int)n;
#pragma omp parallel num_threads(workers) default(none) shared(task, in, out, n, first_bad, error)
#pragma omp single
#pragma omp taskloop grainsize(1) default(none) shared(task, in, out, n, first_bad, error)
    for (size_t i = 0; i < n; i++) {

        size_t bad;
        int failed;

#pragma omp critical(first_bad)
        bad = first_bad;
        if (i > bad)
            continue;
        failed = task(in[i], &out[i]);
        if (failed) {
#pragma omp critical(first_bad)
            if (i < first_bad) {
                first_bad = i;
                error = failed;
            }
        }
    }
    if (error) {
        errno = error;
        return -1;
    }
    return 0;
}
