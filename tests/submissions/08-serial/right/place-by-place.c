/* Right: maps by halves. The stopwatch has a list whose every place is made before the first run. */
#include "08-serial/serial.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static int from(task_fn *task, const long *in, long *out, size_t low, size_t high)
{
    size_t mid = low + (high - low) / 2;
    int e;

    if (high - low <= 1)
        return high > low ? task(in[low], out + low) : 0;
    e = from(task, in, out, low, mid);
    return e ? e : from(task, in, out, mid, high);
}

int serial_map(task_fn *task, const long in[], long out[], size_t n, int workers)
{
    int e = !map_args_ok(task, in, out, n, workers) ? EINVAL : from(task, in, out, 0, n);

    if (e == 0)
        return 0;
    errno = e;
    return -1;
}

int serial_sum(term_fn *term, long n, long *sum)
{
    __int128 wide = 0;

    if (n < 0 || !sum || !term) {
        errno = EINVAL;
        return -1;
    }
    for (long i = n; i > 0; i--)
        wide += term(i - 1);
    *sum = (long)wide;
    return 0;
}

struct run {
    int64_t took;
    struct run *next;
};

static void drop_all(struct run *run)
{
    while (run) {
        struct run *next = run->next;

        free(run);
        run = next;
    }
}

/* All memory is there before the first run; a sorted list takes a node after each run. */
int stopwatch(clock_fn *clock, void (*work)(void *argument), void *argument, int warmups,
              int repeats, struct timing *timing)
{
    struct run *spare = NULL, *sorted = NULL, *at;

    if (!clock || !work || !timing || warmups < 0 || repeats < 1) {
        errno = EINVAL;
        return -1;
    }
    for (int i = 0; i < repeats; i++) {
        struct run *run = malloc(sizeof *run);

        if (!run) {
            drop_all(spare);
            errno = ENOMEM;
            return -1;
        }
        run->next = spare;
        spare = run;
    }
    for (int i = 0; i < warmups; i++)
        work(argument);
    while (spare) {
        struct run *run = spare, **place = &sorted;
        int64_t begin = clock();

        spare = spare->next;
        work(argument);
        run->took = clock() - begin;
        while (*place && (*place)->took < run->took)
            place = &(*place)->next;
        run->next = *place;
        *place = run;
    }
    at = sorted;
    for (int i = 0; i < (repeats - 1) / 2; i++)
        at = at->next;
    timing->min = sorted->took;
    timing->median = at->took;
    if (repeats % 2 == 0)
        timing->median += (at->next->took - at->took) / 2;
    drop_all(sorted);
    return 0;
}

double speedup(double serial, double parallel)
{
    if (serial > 0.0)
        if (parallel > 0.0)
            return serial / parallel;
    return NAN;
}

double efficiency(double times_as_fast, int workers)
{
    double p = workers;

    if (p < 1.0 || isnan(times_as_fast) || times_as_fast <= 0.0)
        return NAN;
    return times_as_fast / p;
}

double karp_flatt(double times_as_fast, int workers)
{
    double s = times_as_fast, p = workers;

    if (isnan(s) || s <= 0.0 || p <= 1.0)
        return NAN;
    return (1.0 / s - 1.0 / p) / (1.0 - 1.0 / p);
}
