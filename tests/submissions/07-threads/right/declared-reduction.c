/* Right: reductions of its own making. A map finds the lowest failure as a sum finds its total: each
 * thread remembers one, and they are combined at the end. No task is skipped. */
#include "07-threads/thread_map.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>

struct failure {
    size_t index;
    int error;
};

#pragma omp declare reduction(lower                                                                \
                              : struct failure                                                     \
                              : omp_out = omp_in.index < omp_out.index ? omp_in : omp_out)         \
    initializer(omp_priv = {SIZE_MAX, 0})

static bool is_good(term_fn *term, long n, int threads, const long *sum)
{
    if (term && sum && n >= 0 && threads >= 1)
        return true;
    errno = EINVAL;
    return false;
}

int sum_racy(term_fn *term, long n, int threads, long *sum)
{
    long total = 0;

    if (!is_good(term, n, threads, sum))
        return -1;
#pragma omp parallel for num_threads(threads)
    for (long i = 0; i < n; i++)
        total += term(i);
    *sum = total;
    return 0;
}

/* Enters the critical construct once for each ten terms, and once more for the rest. */
int sum_critical(term_fn *term, long n, int threads, long *sum)
{
    long total = 0;

    if (!is_good(term, n, threads, sum))
        return -1;
#pragma omp parallel num_threads(threads)
    {
        long part = 0;
        int in_part = 0;

#pragma omp for schedule(guided) nowait
        for (long i = 0; i < n; i++) {
            part += term(i);
            if (++in_part == 10) {
#pragma omp critical(total)
                total += part;
                part = in_part = 0;
            }
        }
#pragma omp critical(total)
        total += part;
    }
    *sum = total;
    return 0;
}

/* Counts down from n, so that the threads take the terms from behind, one by one. */
int sum_atomic(term_fn *term, long n, int threads, long *sum)
{
    long total = 0, left = n;

    if (!is_good(term, n, threads, sum))
        return -1;
#pragma omp parallel num_threads(threads)
    for (;;) {
        long mine, value;

#pragma omp atomic capture
        mine = --left;
        if (mine < 0)
            break;
        value = term(mine);
#pragma omp atomic
        total += value;
    }
    *sum = total;
    return 0;
}

int sum_reduction(term_fn *term, long n, int threads, long *sum)
{
    long less = 0;

    if (!is_good(term, n, threads, sum))
        return -1;
#pragma omp parallel num_threads(threads)
#pragma omp for reduction(- : less) schedule(dynamic, 2)
    for (long i = 0; i < n; i++)
        less -= term(i);
    *sum = -less;
    return 0;
}

int sum_locked(term_fn *term, long n, int threads, struct counted_lock *lock, long *sum)
{
    long total = 0;
    int come = 0; /* how many threads have had the lock */

    if (!lock || !is_good(term, n, threads, sum)) {
        errno = EINVAL;
        return -1;
    }
#pragma omp parallel num_threads(threads)
    {
        counted_lock_take(lock);
        for (long i = come++; i < n; i += omp_get_num_threads())
            total += term(i);
        counted_lock_drop(lock);
    }
    *sum = total;
    return 0;
}

int thread_map(task_fn *task, const long in[], long out[], size_t n, int workers)
{
    struct failure first = {SIZE_MAX, 0};
    int team = n < (size_t)workers ? (int)n : workers;

    if (!map_args_ok(task, in, out, n, workers)) {
        errno = EINVAL;
        return -1;
    }
    if (n == 0)
        return 0;
#pragma omp parallel for num_threads(team) schedule(dynamic, 1) reduction(lower : first)
    for (size_t i = 0; i < n; i++) {
        struct failure mine = {i, task(in[i], &out[i])};

        if (mine.error && i < first.index)
            first = mine;
    }
    if (first.error == 0)
        return 0;
    errno = first.error;
    return -1;
}
