/* Right: nothing is sorted. The runs are kept in a list; the median is the time that as many runs
 * are shorter than as are longer, found by counting. The sum runs from its end. */
#include "08-serial/serial.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

struct run {
    struct run *before;
    int64_t length;
};

int serial_map(task_fn *task, const long in[], long out[], size_t n, int workers)
{
    size_t left = n;

    errno = 0;
    if (!map_args_ok(task, in, out, n, workers))
        errno = EINVAL;
    while (left > 0 && errno == 0) {
        int error = task(*in++, out++);

        left--;
        errno = error; /* whatever the task did to it */
    }
    return errno ? -1 : 0;
}

int serial_sum(term_fn *term, long n, long *sum)
{
    long total = 0;

    if (!term || !sum || n < 0)
        return errno = EINVAL, -1;
    while (n > 0)
        total += term(--n);
    *sum = total;
    return 0;
}

/* The length with number `rank`, counted from 0, if all were put in order. */
static int64_t by_rank(const struct run *last, int rank)
{
    for (const struct run *candidate = last; candidate; candidate = candidate->before) {
        int shorter = 0, alike = 0;

        for (const struct run *run = last; run; run = run->before) {
            shorter += run->length < candidate->length;
            alike += run->length == candidate->length;
        }
        if (shorter <= rank && rank < shorter + alike)
            return candidate->length;
    }
    return -1; /* never: every rank has a run */
}

static void forget(struct run *last)
{
    while (last) {
        struct run *before = last->before;

        free(last);
        last = before;
    }
}

int stopwatch(clock_fn *clock, void (*work)(void *argument), void *argument, int warmups,
              int repeats, struct timing *timing)
{
    struct run *last = NULL;

    if (!clock || !work || !timing || warmups < 0 || repeats < 1)
        return errno = EINVAL, -1;
    for (int run = -warmups; run < repeats; run++) {
        struct run *next;

        if (run < 0) {
            work(argument);
            continue;
        }
        next = malloc(sizeof *next);
        if (!next) {
            forget(last);
            return errno = ENOMEM, -1;
        }
        next->before = last;
        next->length = -clock();
        work(argument);
        next->length += clock();
        last = next;
    }
    timing->min = by_rank(last, 0);
    timing->median = by_rank(last, repeats / 2);
    if (repeats % 2 == 0)
        timing->median = (timing->median + by_rank(last, repeats / 2 - 1)) / 2;
    forget(last);
    return 0;
}

double speedup(double serial, double parallel)
{
    return serial > 0 && parallel > 0 ? exp(log(serial) - log(parallel)) : NAN;
}

double efficiency(double times_as_fast, int workers)
{
    return workers < 1 ? NAN : speedup(times_as_fast, workers);
}

double karp_flatt(double times_as_fast, int workers)
{
    /* Amdahl's law, 1 / times_as_fast = e + (1 - e) / workers, solved for e. */
    double all_parallel = 1.0 / workers, measured = 1 / times_as_fast;

    if (workers < 2 || !(times_as_fast > 0))
        return NAN;
    return (measured - all_parallel) / (1 - all_parallel);
}
