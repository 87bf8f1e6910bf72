/* Right: the array of lengths grows, between the runs. */
#include "08-serial/serial.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

int serial_map(task_fn *task, const long in[], long out[], size_t n, int workers)
{
    const long *end;
    int code = EINVAL;

    if (!map_args_ok(task, in, out, n, workers))
        goto bad;
    if (n == 0)
        return 0;
    for (end = in + n; in != end; in++, out++)
        if ((code = task(*in, out)) != 0)
            goto bad;
    return 0;
bad:
    errno = code;
    return -1;
}

int serial_sum(term_fn *term, long n, long *sum)
{
    long i = 0, acc = 0;

    if (term == NULL || sum == NULL || n < 0)
        return errno = EINVAL, -1;
    while (i != n)
        acc += term(i++);
    return *sum = acc, 0;
}

static int cmp(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return x < y ? -1 : x > y;
}

/* The array grows between the runs, never within one. */
int stopwatch(clock_fn *clock, void (*work)(void *argument), void *argument, int warmups,
              int repeats, struct timing *timing)
{
    int64_t *t = NULL;
    int room = 0;

    if (!clock || !work || !timing || warmups < 0 || repeats < 1) {
        errno = EINVAL;
        return -1;
    }
    for (int i = 0; i < warmups; i++)
        work(argument);
    for (int i = 0; i < repeats; i++) {
        int64_t begin;

        if (i == room) {
            int64_t *more;

            room = room ? room + room / 2 : 2;
            more = reallocarray(t, (size_t)room, sizeof *t);
            if (!more) {
                free(t);
                errno = ENOMEM;
                return -1;
            }
            t = more;
        }
        begin = clock();
        work(argument);
        t[i] = clock() - begin;
    }
    qsort(t, (size_t)repeats, sizeof *t, cmp);
    timing->min = *t;
    timing->median = (t[(repeats - 1) / 2] + t[repeats / 2]) / 2;
    free(t);
    return 0;
}

double speedup(double serial, double parallel)
{
    return serial > 0 && parallel > 0 ? serial / parallel : NAN;
}

double efficiency(double times_as_fast, int workers)
{
    return times_as_fast > 0 && workers >= 1 ? times_as_fast / workers : NAN;
}

double karp_flatt(double times_as_fast, int workers)
{
    double share = 1.0 / workers;

    if (!(times_as_fast > 0) || workers < 2)
        return NAN;
    return (1 / times_as_fast - share) / (1 - share);
}
