/* Right: threads take 64 terms at a time and add by an atomic capture; under the lock each has every
 * n-th term, and a reduction adds up what it found. */
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
    /* TODO(1): As sum_racy, but with the addition (and only the addition) in a critical construct:
     * one thread at a time adds. Call term outside it. */
    /* answer:
    errno = ENOSYS;
    return -1; */
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
    /* end of answer */
}

int sum_atomic(term_fn *term, long n, int threads, long *sum)
{
    long total = 0;

    if (bad_sum(term, n, threads, sum))
        return -1;
#pragma omp parallel num_threads(threads) default(none) shared(term, n, total)
#pragma omp for schedule(dynamic, 64)
    for (long i = 0; i < n; i++) {
        long value = term(i), now;

#pragma omp atomic capture
        now = total += value;
        (void)now;
    }
    *sum = total;
    return 0;
}

int sum_reduction(term_fn *term, long n, int threads, long *sum)
{
    /* TODO(3): The same with a reduction clause (total then leaves shared): each thread adds to a
     * variable of its own, and these are added up once, at the end. */
    /* answer:
    errno = ENOSYS;
    return -1; */
    long total = 0;

    if (bad_sum(term, n, threads, sum))
        return -1;
#pragma omp parallel for num_threads(threads) default(none) shared(term, n) reduction(+ : total)
    for (long i = 0; i < n; i++)
        total += term(i);
    *sum = total;
    return 0;
    /* end of answer */
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
#pragma omp parallel num_threads(threads) default(none) shared(term, n, lock) reduction(+ : total)
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

int thread_map(task_fn *task, const long in[], long out[], size_t n, int workers)
{
    /* TODO(5): Run the tasks in a parallel for with a dynamic schedule, on a team of min(n,
     * workers). The loop cannot be left early, so remember which failing task has the lowest index,
     * and its error (what protects these two?). A task after it need not be run; one before it must
     * be. */
    /* answer:
    errno = ENOSYS;
    return -1; */
    size_t first_bad = n; /* with `error`: written in the critical construct, read atomically */
    int error = 0;

    if (!map_args_ok(task, in, out, n, workers)) {
        errno = EINVAL;
        return -1;
    }
    if (n == 0)
        return 0;
    if (n < (size_t)workers)
        workers = (int)n;
#pragma omp parallel for num_threads(workers) schedule(dynamic) default(none)                      \
    shared(task, in, out, n, first_bad, error)
    for (size_t i = 0; i < n; i++) {
        size_t limit;
        int failed;

#pragma omp atomic read
        limit = first_bad;
        if (i > limit)
            continue;
        failed = task(in[i], &out[i]);
        if (failed) {
#pragma omp critical(first_bad)
            if (i < first_bad) {
#pragma omp atomic write
                first_bad = i;
                error = failed;
            }
        }
    }
    if (error)
        errno = error;
    return error ? -1 : 0;
    /* end of answer */
}
