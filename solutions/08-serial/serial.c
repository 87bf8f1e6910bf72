#include "08-serial/serial.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

int serial_map(task_fn *task, const long in[], long out[], size_t n, int workers)
{
    /* TODO(1): Refuse bad arguments (map_args_ok in common/map.h says which) with errno EINVAL and
     * -1. Then run the task on in[0], in[1], ... and let it store its result in out[0], out[1], ...
     * A task that fails returns an errno value: put it into errno, and return -1 at once. */
    /* answer:
    errno = ENOSYS;
    return -1; */
    if (!map_args_ok(task, in, out, n, workers)) {
        errno = EINVAL;
        return -1;
    }
    for (size_t i = 0; i < n; i++) {
        int error = task(in[i], &out[i]);

        if (error) {
            errno = error;
            return -1;
        }
    }
    return 0;
    /* end of answer */
}

int serial_sum(term_fn *term, long n, long *sum)
{
    /* TODO(2): Refuse bad arguments, then add up term(0) ... term(n - 1). */
    /* answer:
    errno = ENOSYS;
    return -1; */
    long total = 0;

    if (!term || !sum || n < 0) {
        errno = EINVAL;
        return -1;
    }
    for (long i = 0; i < n; i++)
        total += term(i);
    *sum = total;
    return 0;
    /* end of answer */
}

/* For qsort(3): says which of two times comes first. */
static int by_length(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a;
    int64_t right = *(const int64_t *)b;

    return (left > right) - (left < right);
}

int stopwatch(clock_fn *clock, void (*work)(void *argument), void *argument, int warmups,
              int repeats, struct timing *timing)
{
    /* TODO(3): Refuse bad arguments. Do the warm-ups. Then run the work `repeats` times, read the
     * clock just before and just after each run, and keep each run's length (malloc(3), free(3)).
     * Sort the lengths (qsort(3) with by_length above) and store the smallest and the median. */
    /* answer:
    errno = ENOSYS;
    return -1; */
    size_t runs = (size_t)repeats;
    int64_t *lengths;

    if (!clock || !work || !timing || warmups < 0 || repeats < 1) {
        errno = EINVAL;
        return -1;
    }
    lengths = calloc(runs, sizeof *lengths);
    if (!lengths)
        return -1;
    for (int i = 0; i < warmups; i++)
        work(argument);
    for (size_t i = 0; i < runs; i++) {
        int64_t begin = clock();

        work(argument);
        lengths[i] = clock() - begin;
    }
    qsort(lengths, runs, sizeof *lengths, by_length);
    timing->min = lengths[0];
    timing->median = (lengths[(runs - 1) / 2] + lengths[runs / 2]) / 2;
    free(lengths);
    return 0;
    /* end of answer */
}

double speedup(double serial, double parallel)
{
    /* TODO(4): How many times as fast? NAN (math.h) for times that are not above 0. */
    /* answer:
    errno = ENOSYS;
    return NAN; */
    return serial > 0 && parallel > 0 ? serial / parallel : NAN;
    /* end of answer */
}

double efficiency(double times_as_fast, int workers)
{
    /* TODO(5): Which share of the workers was put to use? */
    /* answer:
    errno = ENOSYS;
    return NAN; */
    return times_as_fast > 0 && workers >= 1 ? times_as_fast / workers : NAN;
    /* end of answer */
}

double karp_flatt(double times_as_fast, int workers)
{
    /* TODO(6): serial.h has the formula. */
    /* answer:
    errno = ENOSYS;
    return NAN; */
    double share = 1.0 / workers;

    return times_as_fast > 0 && workers >= 2 ? (1 / times_as_fast - share) / (1 - share) : NAN;
    /* end of answer */
}
