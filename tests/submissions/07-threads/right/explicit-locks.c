/* Right: sections and explicit omp locks. Each thread of a map remembers its own first failure; the
 * lowest of these is found when all are done. */
#include "07-threads/thread_map.h"

#include <errno.h>

static bool sum_args_ok(term_fn *term, long n, int threads, const long *sum)
{
    if (term == NULL || sum == NULL || n < 0 || threads <= 0) {
        errno = EINVAL;
        return false;
    }
    return true;
}

int sum_racy(term_fn *term, long n, int threads, long *sum)
{
    long total = 0;

    if (!sum_args_ok(term, n, threads, sum))
        return -1;
#pragma omp parallel for num_threads(threads)
    for (long i = 0; i < n; i++)
        total += term(i);
    *sum = total;
    return 0;
}

int sum_critical(term_fn *term, long n, int threads, long *sum)
{
    if (!sum_args_ok(term, n, threads, sum))
        return -1;
    *sum = 0;
#pragma omp parallel for schedule(guided) num_threads(threads)
    for (long i = 0; i < n; i++) {
        long value = term(i);

#pragma omp critical
        {
            *sum += value;
        }
    }
    return 0;
}

int sum_atomic(term_fn *term, long n, int threads, long *sum)
{
    long total = 0, seen = 0;

    if (!sum_args_ok(term, n, threads, sum))
        return -1;
#pragma omp parallel for schedule(dynamic, 3) num_threads(threads) firstprivate(seen)
    for (long i = 0; i < n; i++) {
        long value = term(i);

#pragma omp atomic capture
        {
            total += value;
            seen = total;
        }
        (void)seen;
    }
    *sum = total;
    return 0;
}

/* The terms `first`, `first` + 8, `first` + 16, ... */
static long every_eighth(term_fn *term, long first, long n)
{
    long sum = 0;

    for (long i = first; i < n; i += 8)
        sum += term(i);
    return sum;
}

int sum_reduction(term_fn *term, long n, int threads, long *sum)
{
    long total = 0;

    if (!sum_args_ok(term, n, threads, sum))
        return -1;
#pragma omp parallel sections num_threads(threads) reduction(+ : total)
    {
#pragma omp section
        total += every_eighth(term, 0, n);
#pragma omp section
        total += every_eighth(term, 1, n);
#pragma omp section
        total += every_eighth(term, 2, n);
#pragma omp section
        total += every_eighth(term, 3, n);
#pragma omp section
        total += every_eighth(term, 4, n);
#pragma omp section
        total += every_eighth(term, 5, n);
#pragma omp section
        total += every_eighth(term, 6, n);
#pragma omp section
        total += every_eighth(term, 7, n);
    }
    *sum = total;
    return 0;
}

int sum_locked(term_fn *term, long n, int threads, struct counted_lock *lock, long *sum)
{
    if (!sum_args_ok(term, n, threads, sum))
        return -1;
    if (lock == NULL) {
        errno = EINVAL;
        return -1;
    }
    *sum = 0;
#pragma omp parallel num_threads(threads)
    {
        counted_lock_take(lock);
#pragma omp for schedule(static, 5) nowait
        for (long i = 0; i < n; i++)
            *sum += term(i);
        counted_lock_drop(lock);
    }
    return 0;
}

int thread_map(task_fn *task, const long in[], long out[], size_t n, int workers)
{
    size_t next = 0, first_bad = n; /* these and error are guarded by the lock */
    int error = 0;
    omp_lock_t lock;

    if (!map_args_ok(task, in, out, n, workers)) {
        errno = EINVAL;
        return -1;
    }
    if (n == 0)
        return 0;
    omp_init_lock(&lock);
#pragma omp parallel num_threads((size_t)workers < n ? workers : (int)n)
    {
        size_t mine = 0;
        int my_error = 0;

        /* What a thread would take after its failure lies behind it, and need not be run. */
        while (!my_error && mine < n) {
            omp_set_lock(&lock);
            mine = next < n ? next++ : n;
            omp_unset_lock(&lock);
            if (mine < n)
                my_error = task(in[mine], &out[mine]);
        }
        omp_set_lock(&lock);
        if (my_error && mine < first_bad) {
            first_bad = mine;
            error = my_error;
        }
        omp_unset_lock(&lock);
    }
    omp_destroy_lock(&lock);
    if (error == 0)
        return 0;
    errno = error;
    return -1;
}
