/* Right: The times of all rounds are kept in two arrays, which are sorted by qsort(3). By
 * somebody who saw no test. */
#include "08-serial/serial.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

int serial_map(task_fn *task, const long in[], long out[], size_t n, int workers)
{
    size_t i = 0;
    int result = 0;

    if (!map_args_ok(task, in, out, n, workers)) {
        errno = EINVAL;
        return -1;
    }
    while (i < n) {
        result = task(in[i], &out[i]);
        if (result != 0)
            break;
        ++i;
    }
    if (i < n) {
        errno = result;
        return -1;
    }
    return 0;
}

int serial_sum(term_fn *term, long n, long *sum)
{
    long i, total = 0;

    if (term == 0 || n < 0 || sum == 0) {
        errno = EINVAL;
        return -1;
    }
    if (n == 0) {
        *sum = 0;
        return 0;
    }
    total = term(0);
    for (i = 1; i <= n - 1; i++)
        total = total + term(i);
    *sum = total;
    return 0;
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
    int64_t *begin, *end, *took;
    int i;

    if (clock == NULL || work == NULL || timing == NULL || warmups < 0 || repeats < 1) {
        errno = EINVAL;
        return -1;
    }
    /* All memory first, so that nothing but work() stands between the readings. */
    begin = malloc(sizeof(int64_t) * (size_t)repeats);
    end = malloc(sizeof(int64_t) * (size_t)repeats);
    took = malloc(sizeof(int64_t) * (size_t)repeats);
    if (begin == NULL || end == NULL || took == NULL) {
        free(begin);
        free(end);
        free(took);
        errno = ENOMEM;
        return -1;
    }

    for (i = 1; i <= warmups; i++)
        work(argument);
    for (i = 0; i < repeats; i++) {
        begin[i] = clock();
        work(argument);
        end[i] = clock();
    }

    for (i = 0; i < repeats; i++)
        took[i] = end[i] - begin[i];
    qsort(took, (size_t)repeats, sizeof(int64_t), by_length);
    timing->min = took[0];
    /* both indexes are the same if repeats is odd */
    timing->median = took[(repeats - 1) / 2] + (took[repeats / 2] - took[(repeats - 1) / 2]) / 2;
    free(begin);
    free(end);
    free(took);
    return 0;
}

double speedup(double serial, double parallel)
{
    if (isnan(serial) || isnan(parallel) || serial <= 0 || parallel <= 0)
        return NAN;
    return serial / parallel;
}

double efficiency(double times_as_fast, int workers)
{
    if (isnan(times_as_fast) || times_as_fast <= 0 || workers <= 0)
        return NAN;
    return times_as_fast / workers;
}

double karp_flatt(double times_as_fast, int workers)
{
    double p = workers;

    if (isnan(times_as_fast) || times_as_fast <= 0 || workers <= 1)
        return NAN;
    return (1 / times_as_fast - 1 / p) / (1 - 1 / p);
}
