/* Right: Each task's error goes to a place of its own; the first one is looked for afterwards. By
 * somebody who saw no test. */
#include "07-threads/thread_map.h"

#include <errno.h>
#include <stdlib.h>

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
    long i, value;

    if (bad_sum(term, n, threads, sum))
        return -1;
#pragma omp parallel for num_threads(threads) private(i, value) shared(total) schedule(static)
    for (i = 0; i < n; i++) {
        value = term(i);
#pragma omp critical(add)
        {
            total = total + value;
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
#pragma omp parallel num_threads(threads) default(none) shared(term, n, total)
    {
#pragma omp for reduction(+ : total)
        for (long i = 0; i < n; i++)
            total += term(i);
    }
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
#pragma omp parallel num_threads(threads) default(none) shared(term, n, lock, total)
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

/* Every task has a place for its error, so that nothing needs to be guarded. */
int thread_map(task_fn *task, const long in[], long out[], size_t n, int workers)
{
    int *errors;
    int first = 0;

    if (!map_args_ok(task, in, out, n, workers)) {
        errno = EINVAL;
        return -1;
    }
    if (n == 0)
        return 0;
    errors = calloc(n, sizeof errors[0]);
    if (errors == NULL) {
        errno = ENOMEM;
        return -1;
    }
    if (n < (size_t)workers)
        workers = (int)n;
#pragma omp parallel for schedule(dynamic, 1) num_threads(workers)
    for (size_t i = 0; i < n; i++)
        errors[i] = task(in[i], &out[i]);

    for (size_t i = 0; i < n && first == 0; i++)
        first = errors[i];
    free(errors);
    if (first != 0) {
        errno = first;
        return -1;
    }
    return 0;
}
