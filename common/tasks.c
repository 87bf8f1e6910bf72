#include "common/tasks.h"

#include <errno.h>
#include <limits.h>

#include "common/clock.h"
#include "common/interp.h"

/* Written only by tasks_plan_sum, before workers are made; threads read it, children copy it. */
static struct sum_plan plan = {.n = 1, .slices = 1, .repeat = 1};

int task_wait(long in, long *out)
{
    if (in < 0 || in > LONG_MAX / NS_PER_MS)
        return EINVAL;
    interp_blocking_begin();
    clock_sleep(in * NS_PER_MS);
    interp_blocking_end();
    *out = in;
    return 0;
}

long term_identity(long i)
{
    interp_tick();
    return i;
}

int tasks_plan_sum(struct sum_plan wanted)
{
    if (wanted.n < 1 || wanted.slices < 1 || wanted.slices > wanted.n || wanted.repeat < 1) {
        errno = EINVAL;
        return -1;
    }
    plan = wanted;
    return 0;
}

/* Where slice `index` begins: the first n % slices slices are one longer than the others. */
static long slice_begin(long index)
{
    long extra = plan.n % plan.slices;

    return index * (plan.n / plan.slices) + (index < extra ? index : extra);
}

int task_sum_slice(long in, long *out)
{
    /* A pointer that the compiler must read each time: it cannot put the term in place of the
     * call. A number then costs a call, as in all sums of a term_fn, and run times compare. */
    static term_fn *volatile the_term = term_identity;
    term_fn *term = the_term;
    long sum = 0;

    if (in < 0 || in >= plan.slices)
        return EINVAL;
    for (long round = 0; round < plan.repeat; round++) {
        long end = slice_begin(in + 1);

        sum = 0;
        for (long i = slice_begin(in); i < end; i++) {
            if (__builtin_add_overflow(sum, term(i), &sum))
                return ERANGE;
        }
    }
    *out = sum;
    return 0;
}
