#include "08-serial/serial.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

int serial_map(task_fn *task, const long in[], long out[], size_t n, int workers)
{
    /* TODO(1): Refuse bad arguments (map_args_ok in common/map.h says which) with errno EINVAL and
     * -1. Then run the task on in[0], in[1], ... and let it store its result in out[0], out[1], ...
     * A task that fails returns an errno value: put it into errno, and return -1 at once. */
    errno = ENOSYS;
    return -1;
}

int serial_sum(term_fn *term, long n, long *sum)
{
    /* TODO(2): Refuse bad arguments, then add up term(0) ... term(n - 1). */
    errno = ENOSYS;
    return -1;
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
    errno = ENOSYS;
    return -1;
}

double speedup(double serial, double parallel)
{
    /* TODO(4): How many times as fast? NAN (math.h) for times that are not above 0. */
    errno = ENOSYS;
    return NAN;
}

double efficiency(double times_as_fast, int workers)
{
    /* TODO(5): Which share of the workers was put to use? */
    errno = ENOSYS;
    return NAN;
}

double karp_flatt(double times_as_fast, int workers)
{
    /* TODO(6): serial.h has the formula. */
    errno = ENOSYS;
    return NAN;
}
