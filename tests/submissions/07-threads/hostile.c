/* Hostile, lab 07: what comes before this file in the submission defines attack(). */
#include "07-threads/thread_map.h"

#include <errno.h>

static int fail(void)
{
    attack();
    errno = EIO;
    return -1;
}

int thread_map(task_fn *task, const long in[], long out[], size_t n, int workers)
{
    return fail();
}

int sum_racy(term_fn *term, long n, int threads, long *sum)
{
    return fail();
}

int sum_critical(term_fn *term, long n, int threads, long *sum)
{
    return fail();
}

int sum_atomic(term_fn *term, long n, int threads, long *sum)
{
    return fail();
}

int sum_reduction(term_fn *term, long n, int threads, long *sum)
{
    return fail();
}

int sum_locked(term_fn *term, long n, int threads, struct counted_lock *lock, long *sum)
{
    return fail();
}
