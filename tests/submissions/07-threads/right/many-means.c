/* Right: a pthread mutex for the map, whose free threads take tasks from an index under the same
 * mutex; sums with partial sums on lines of their own, with exchanges that are tried again, and with a
 * helper that enters the critical construct. */
#include "07-threads/thread_map.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

static bool invalid(bool bad)
{
    if (bad)
        errno = EINVAL;
    return bad;
}

static bool bad_sum(term_fn *term, long n, int threads, const long *sum)
{
    return invalid(!term || !sum || n < 0 || threads <= 0);
}

int sum_racy(term_fn *term, long n, int threads, long *sum)
{
    long total = 0;

    if (bad_sum(term, n, threads, sum))
        return -1;
#pragma omp parallel for num_threads(threads)
    for (long i = 0; i < n; i++)
        total += term(i);
    *sum = total;
    return 0;
}

static void add_alone(long *total, long value)
{
#pragma omp critical(add_alone)
    {
        long before = *total;

        *total = before + value;
    }
}

int sum_critical(term_fn *term, long n, int threads, long *sum)
{
    long total = 0;

    if (bad_sum(term, n, threads, sum))
        return -1;
#pragma omp parallel num_threads(threads)
#pragma omp for schedule(static, 1)
    for (long i = 0; i < n; i++)
        add_alone(&total, term(i));
    *sum = total;
    return 0;
}

/* Adds only if nobody has added meanwhile, and tries again if somebody has. */
static void add_in_one_step(long *total, long value)
{
    long before = __atomic_load_n(total, __ATOMIC_RELAXED);

    while (!__atomic_compare_exchange_n(total, &before, before + value, true, __ATOMIC_RELAXED,
                                        __ATOMIC_RELAXED))
        ;
}

int sum_atomic(term_fn *term, long n, int threads, long *sum)
{
    long total = 0;

    if (bad_sum(term, n, threads, sum))
        return -1;
#pragma omp parallel for num_threads(threads) schedule(dynamic)
    for (long i = 0; i < n; i++)
        add_in_one_step(&total, term(i));
    *sum = total;
    return 0;
}

/* What a reduction clause does, by hand: a total for each thread, on a cache line of its own. */
struct part {
    long total;
    char rest[64 - sizeof(long)];
};

int sum_reduction(term_fn *term, long n, int threads, long *sum)
{
    struct part *parts;
    long total = 0;

    if (bad_sum(term, n, threads, sum))
        return -1;
    parts = calloc((size_t)threads, sizeof *parts);
    if (!parts)
        return -1;
#pragma omp parallel for num_threads(threads)
    for (long i = 0; i < n; i++)
        parts[omp_get_thread_num()].total += term(i);
    for (int i = 0; i < threads; i++)
        total += parts[i].total;
    free(parts);
    *sum = total;
    return 0;
}

int sum_locked(term_fn *term, long n, int threads, struct counted_lock *lock, long *sum)
{
    long total = 0;

    if (bad_sum(term, n, threads, sum) || invalid(!lock))
        return -1;
#pragma omp parallel num_threads(threads)
    {
        counted_lock_take(lock);
#pragma omp for schedule(dynamic, 10) nowait
        for (long i = 0; i < n; i++)
            total += term(i);
        counted_lock_drop(lock);
    }
    *sum = total;
    return 0;
}

/* What the threads of a map share, under the mutex. */
struct work {
    pthread_mutex_t mutex;
    size_t next, first_bad;
    int error;
};

static bool fetch(struct work *work, size_t n, size_t *mine)
{
    bool there;

    pthread_mutex_lock(&work->mutex);
    there = work->next < n && work->next < work->first_bad;
    *mine = there ? work->next++ : n;
    pthread_mutex_unlock(&work->mutex);
    return there;
}

static void note(struct work *work, size_t index, int error)
{
    pthread_mutex_lock(&work->mutex);
    if (index < work->first_bad) {
        work->first_bad = index;
        work->error = error;
    }
    pthread_mutex_unlock(&work->mutex);
}

int thread_map(task_fn *task, const long in[], long out[], size_t n, int workers)
{
    struct work work = {PTHREAD_MUTEX_INITIALIZER, 0, n, 0};

    if (invalid(!map_args_ok(task, in, out, n, workers)))
        return -1;
    if (n < (size_t)workers)
        workers = (int)n;
    if (workers == 0)
        return 0;
#pragma omp parallel num_threads(workers)
    for (size_t i; fetch(&work, n, &i);) {
        int error = task(in[i], &out[i]);

        if (error)
            note(&work, i, error);
    }
    pthread_mutex_destroy(&work.mutex);
    if (work.error)
        errno = work.error;
    return work.error ? -1 : 0;
}
