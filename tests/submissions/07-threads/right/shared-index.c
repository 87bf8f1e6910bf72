/* Right: everything split by hand. Sums: a slice for each thread. Map: a shared index that each free
 * thread moves on, and an error kept for every task. */
#include "07-threads/thread_map.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>

static bool refused(bool bad)
{
    if (bad)
        errno = EINVAL;
    return bad;
}

/* The calling thread's share of a sum. */
static long my_share(term_fn *term, long n)
{
    long team = omp_get_num_threads(), me = omp_get_thread_num();
    long begin = n / team * me + (me < n % team ? me : n % team);
    long end = begin + n / team + (me < n % team);
    long sum = 0;

    for (long i = begin; i < end; i++)
        sum += term(i);
    return sum;
}

int sum_racy(term_fn *term, long n, int threads, long *sum)
{
    long total = 0;

    if (refused(!term || n < 0 || threads < 1 || !sum))
        return -1;
#pragma omp parallel for num_threads(threads)
    for (long i = 0; i < n; i++)
        total += term(i);
    *sum = total;
    return 0;
}

int sum_critical(term_fn *term, long n, int threads, long *sum)
{
    long total = 0;

    if (refused(!term || n < 0 || threads < 1 || !sum))
        return -1;
#pragma omp parallel num_threads(threads)
    {
        long part = my_share(term, n);

#pragma omp critical
        total += part;
    }
    *sum = total;
    return 0;
}

int sum_atomic(term_fn *term, long n, int threads, long *sum)
{
    long total = 0;

    if (refused(!term || n < 0 || threads < 1 || !sum))
        return -1;
#pragma omp parallel num_threads(threads)
    {
        long part = my_share(term, n);

#pragma omp atomic
        total += part;
    }
    *sum = total;
    return 0;
}

int sum_reduction(term_fn *term, long n, int threads, long *sum)
{
    long total = 0;

    if (refused(!term || n < 0 || threads < 1 || !sum))
        return -1;
#pragma omp parallel num_threads(threads) reduction(+ : total)
    total = my_share(term, n);
    *sum = total;
    return 0;
}

int sum_locked(term_fn *term, long n, int threads, struct counted_lock *lock, long *sum)
{
    long total = 0;

    if (refused(!term || n < 0 || threads < 1 || !lock || !sum))
        return -1;
#pragma omp parallel num_threads(threads) reduction(+ : total)
    {
        counted_lock_take(lock);
        total = my_share(term, n);
        counted_lock_drop(lock);
    }
    *sum = total;
    return 0;
}

int thread_map(task_fn *task, const long in[], long out[], size_t n, int workers)
{
    atomic_size_t next = 0, end = 0; /* no task from `end` on needs to be run */
    int *errors;
    int error = 0;

    if (refused(!map_args_ok(task, in, out, n, workers)))
        return -1;
    if (n == 0)
        return 0;
    errors = calloc(n, sizeof *errors); /* errors[i] is written by the thread that took task i */
    if (!errors)
        return -1;
    atomic_store(&end, n);
#pragma omp parallel num_threads(n < (size_t)workers ? (int)n : workers)
    for (;;) {
        size_t i = atomic_fetch_add(&next, 1), so_far = atomic_load(&end);

        if (i >= so_far)
            break; /* so are all that this thread could take later */
        errors[i] = task(in[i], &out[i]);
        while (errors[i] && i < so_far && !atomic_compare_exchange_weak(&end, &so_far, i))
            ;
    }
    for (size_t i = 0; i < n && !error; i++)
        error = errors[i];
    free(errors);
    if (error)
        errno = error;
    return error ? -1 : 0;
}
