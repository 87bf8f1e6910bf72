/* Right: a taskloop with a task for each, whose errors are looked through at the end; sums by loops
 * with other schedules. */
#include "07-threads/thread_map.h"
#include <errno.h>
#include <stdlib.h>
#include <omp.h>

#define CHECK(ok)                                                                                  \
    do {                                                                                           \
        if (!(ok)) {                                                                               \
            errno = EINVAL;                                                                        \
            return -1;                                                                             \
        }                                                                                          \
    } while (0)

int sum_racy(term_fn *term, long n, int threads, long *sum)
{
    long total = 0;
    CHECK(term && n >= 0 && threads >= 1 && sum);
#pragma omp parallel for num_threads(threads) shared(total)
    for (long i = 0; i < n; i++)
        total = total + term(i);
    *sum = total;
    return 0;
}

int sum_critical(term_fn *term, long n, int threads, long *sum)
{
    long total = 0;
    CHECK(term && n >= 0 && threads >= 1 && sum);
#pragma omp parallel for schedule(static, 1) num_threads(threads)
    for (long i = 0; i < n; i++) {
        const long x = term(i);
#pragma omp critical
        {
            total = total + x;
        }
    }
    *sum = total;
    return 0;
}

int sum_atomic(term_fn *term, long n, int threads, long *sum)
{
    long total = 0;
    CHECK(term && n >= 0 && threads >= 1 && sum);
#pragma omp parallel for schedule(static, 1) num_threads(threads)
    for (long i = 0; i < n; i++) {
        const long x = term(i);
#pragma omp atomic update
        total = total + x;
    }
    *sum = total;
    return 0;
}

int sum_reduction(term_fn *term, long n, int threads, long *sum)
{
    long *part = NULL, total = 0;
    int team = 0, failed = 0;
    CHECK(term && n >= 0 && threads >= 1 && sum);
#pragma omp parallel num_threads(threads)
    {
#pragma omp single
        {
            team = omp_get_num_threads();
            part = calloc((size_t)team * 8, sizeof *part);
            failed = !part;
        }
        if (!failed) {
            long here = 0;
#pragma omp for schedule(static) nowait
            for (long i = 0; i < n; i++)
                here += term(i);
            part[8 * omp_get_thread_num()] = here;
        }
    }
    if (failed) {
        errno = ENOMEM;
        return -1;
    }
    for (int t = 0; t < team; t++)
        total += part[8 * t];
    free(part);
    *sum = total;
    return 0;
}

int sum_locked(term_fn *term, long n, int threads, struct counted_lock *lock, long *sum)
{
    long total = 0;
    CHECK(term && n >= 0 && threads >= 1 && sum && lock);
#pragma omp parallel num_threads(threads) shared(total)
    {
        counted_lock_take(lock);
#pragma omp for schedule(static) nowait
        for (long i = 0; i < n; i++)
            total += term(i);
        counted_lock_drop(lock);
    }
    *sum = total;
    return 0;
}

int thread_map(task_fn *task, const long in[], long out[], size_t n, int workers)
{
    int *errors, first = 0;
    CHECK(map_args_ok(task, in, out, n, workers));
    if (n == 0)
        return 0;
    errors = calloc(n, sizeof *errors);
    if (!errors) {
        errno = ENOMEM;
        return -1;
    }
    size_t team = (size_t)workers < n ? (size_t)workers : n;
#pragma omp parallel num_threads((int)team)
#pragma omp single
#pragma omp taskloop grainsize(1)
    for (size_t i = 0; i < n; i++)
        errors[i] = task(in[i], &out[i]);
    for (size_t i = 0; i < n && !first; i++)
        first = errors[i];
    free(errors);
    if (first) {
        errno = first;
        return -1;
    }
    return 0;
}
