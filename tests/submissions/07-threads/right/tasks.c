/* Right: OpenMP tasks instead of loops. */
#include "07-threads/thread_map.h"

#include <errno.h>

/* How many terms a task adds up. */
enum { SLICE = 16 };

static int check(term_fn *term, long n, int threads, const long *sum)
{
    if (term && sum && n >= 0 && threads > 0)
        return 0;
    errno = EINVAL;
    return -1;
}

static long add_up(term_fn *term, long begin, long end)
{
    long sum = 0;

    for (long i = begin; i < end; i++)
        sum += term(i);
    return sum;
}

static long slice_end(long begin, long n)
{
    return begin + SLICE < n ? begin + SLICE : n;
}

int sum_racy(term_fn *term, long n, int threads, long *sum)
{
    long total = 0;

    if (check(term, n, threads, sum))
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

    if (check(term, n, threads, sum))
        return -1;
#pragma omp parallel num_threads(threads) default(none) shared(term, n, total)
#pragma omp single
    for (long begin = 0; begin < n; begin += SLICE)
#pragma omp task default(none) firstprivate(begin) shared(term, n, total)
    {
        long part = add_up(term, begin, slice_end(begin, n));

#pragma omp critical
        total += part;
    }
    *sum = total;
    return 0;
}

int sum_atomic(term_fn *term, long n, int threads, long *sum)
{
    long total = 0;

    if (check(term, n, threads, sum))
        return -1;
#pragma omp parallel num_threads(threads) default(none) shared(term, n, total)
#pragma omp single
#pragma omp taskloop grainsize(1) default(none) shared(term, n, total)
    for (long begin = 0; begin < n; begin += SLICE) {
        long part = add_up(term, begin, slice_end(begin, n));

#pragma omp atomic
        total += part;
    }
    *sum = total;
    return 0;
}

int sum_reduction(term_fn *term, long n, int threads, long *sum)
{
    long total = 0;

    if (check(term, n, threads, sum))
        return -1;
#pragma omp parallel num_threads(threads) default(none) shared(term, n, total)
#pragma omp single
#pragma omp taskloop grainsize(1) default(none) shared(term, n) reduction(+ : total)
    for (long begin = 0; begin < n; begin += SLICE)
        total += add_up(term, begin, slice_end(begin, n));
    *sum = total;
    return 0;
}

/* No tasks here: the lock is to be taken once by each thread. */
int sum_locked(term_fn *term, long n, int threads, struct counted_lock *lock, long *sum)
{
    long total = 0;

    if (!lock) {
        errno = EINVAL;
        return -1;
    }
    if (check(term, n, threads, sum))
        return -1;
#pragma omp parallel num_threads(threads) default(none) shared(term, n, lock, total)
    {
        long team = omp_get_num_threads(), me = omp_get_thread_num();

        counted_lock_take(lock);
        for (long i = me; i < n; i += team)
            total += term(i);
        counted_lock_drop(lock);
    }
    *sum = total;
    return 0;
}

/* What the tasks of a map share. Guarded by the critical construct "verdict". */
struct verdict {
    size_t lowest;
    int error;
};

static bool is_behind_failure(const struct verdict *verdict, size_t i)
{
    size_t lowest;

#pragma omp critical(verdict)
    lowest = verdict->lowest;
    return i > lowest;
}

static void note_failure(struct verdict *verdict, size_t i, int error)
{
#pragma omp critical(verdict)
    if (i < verdict->lowest)
        *verdict = (struct verdict){i, error};
}

int thread_map(task_fn *task, const long in[], long out[], size_t n, int workers)
{
    struct verdict verdict = {n, 0};

    if (!map_args_ok(task, in, out, n, workers)) {
        errno = EINVAL;
        return -1;
    }
    if (n == 0)
        return 0;
    if ((size_t)workers > n)
        workers = (int)n;
#pragma omp parallel num_threads(workers) default(none) shared(task, in, out, n, verdict)
#pragma omp single
    for (size_t i = 0; i < n; i++)
#pragma omp task default(none) firstprivate(i) shared(task, in, out, verdict)
    {
        int error = is_behind_failure(&verdict, i) ? 0 : task(in[i], &out[i]);

        if (error)
            note_failure(&verdict, i, error);
    }
    if (!verdict.error)
        return 0;
    errno = verdict.error;
    return -1;
}
