/* Right: pointers that move instead of indices. Each time is put in its place as soon as it is
 * known, so the times are always sorted. The sum has four parts. */
#include "08-serial/serial.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static int bad(void)
{
    errno = EINVAL;
    return -1;
}

int serial_map(task_fn *task, const long in[], long out[], size_t n, int workers)
{
    const long *end = in;
    int error = 0;

    if (!map_args_ok(task, in, out, n, workers))
        return bad();
    if (n > 0)
        end += n;
    while (in != end && !error)
        error = task(*in++, out++);
    if (!error)
        return 0;
    errno = error;
    return -1;
}

int serial_sum(term_fn *term, long n, long *sum)
{
    unsigned long parts[4] = {0}; /* may wrap on the way */

    if (!term || !sum || n < 0)
        return bad();
    for (long i = 0; i < n; i++)
        parts[i % 4] += (unsigned long)term(i);
    *sum = (long)(parts[0] + parts[1] + parts[2] + parts[3]);
    return 0;
}

/* Puts a time into its place among `count` sorted ones. */
static void insert(int64_t times[], size_t count, int64_t time)
{
    size_t low = 0, high = count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (times[middle] <= time)
            low = middle + 1;
        else
            high = middle;
    }
    memmove(&times[low + 1], &times[low], (count - low) * sizeof times[0]);
    times[low] = time;
}

int stopwatch(clock_fn *clock, void (*work)(void *argument), void *argument, int warmups,
              int repeats, struct timing *timing)
{
    int64_t *times;
    size_t middle;

    if (!clock || !work || !timing || warmups < 0 || repeats < 1)
        return bad();
    times = malloc((size_t)repeats * sizeof times[0]);
    if (!times)
        return -1;
    while (warmups-- > 0)
        work(argument);
    for (int done = 0; done < repeats; done++) {
        int64_t began = clock();
        int64_t ended = (work(argument), clock());

        insert(times, (size_t)done, ended - began);
    }
    timing->min = times[0];
    middle = (size_t)repeats / 2;
    timing->median = times[middle];
    if (repeats % 2 == 0)
        timing->median = times[middle - 1] + (times[middle] - times[middle - 1]) / 2;
    free(times);
    return 0;
}

double speedup(double serial, double parallel)
{
    if (!(serial > 0) || !(parallel > 0))
        return NAN;
    return serial / parallel;
}

double efficiency(double times_as_fast, int workers)
{
    if (!(times_as_fast > 0) || workers < 1)
        return NAN;
    return times_as_fast / (double)workers;
}

/* Both sides of the fraction multiplied by workers. */
double karp_flatt(double times_as_fast, int workers)
{
    if (!(times_as_fast > 0) || workers < 2)
        return NAN;
    return ((double)workers / times_as_fast - 1) / ((double)workers - 1);
}
