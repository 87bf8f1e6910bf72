/* Right: long, and with copies of everything, for which there may be no memory. */
#include "08-serial/serial.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* first I look at everything, one after the other */
static int check_map(task_fn *task, const long in[], long out[], size_t n, int workers)
{
    if (task == NULL) {
        return EINVAL;
    }
    if (workers <= 0) {
        return EINVAL;
    }
    if (n != 0) {
        if (in == NULL) {
            return EINVAL;
        }
        if (out == NULL) {
            return EINVAL;
        }
    }
    return 0;
}

int serial_map(task_fn *task, const long in[], long out[], size_t n, int workers)
{
    size_t i;
    int check;
    long *copy = NULL;

    check = check_map(task, in, out, n, workers);
    if (check != 0) {
        errno = check;
        return -1;
    }
    if (n == 0) {
        return 0;
    }
    if (n > (size_t)-1 / sizeof(long)) {
        errno = ENOMEM;
        return -1;
    }
    copy = malloc(n * sizeof(long));
    if (copy == NULL) {
        errno = ENOMEM;
        return -1;
    }
    memcpy(copy, in, n * sizeof(long));
    for (i = 0; i < n; i = i + 1) {
        long number;
        long result;
        int error;

        number = copy[i];
        result = out[i];
        error = task(number, &result);
        if (error == 0) {
            out[i] = result;
        } else {
            free(copy);
            copy = NULL;
            errno = error;
            return -1;
        }
    }
    free(copy);
    copy = NULL;
    return 0;
}

int serial_sum(term_fn *term, long n, long *sum)
{
    long result = 0;
    long i = 0;

    if (term == NULL || sum == NULL) {
        errno = EINVAL;
        return -1;
    }
    if (n < 0) {
        errno = EINVAL;
        return -1;
    }
    if (n == 0) {
        *sum = 0;
        return 0;
    }
    do {
        result = result + term(i);
        i = i + 1;
    } while (i < n);
    *sum = result;
    return 0;
}

int stopwatch(clock_fn *clock, void (*work)(void *argument), void *argument, int warmups,
              int repeats, struct timing *timing)
{
    int64_t *begins = NULL, *ends = NULL, *lengths = NULL;
    int i, j, result = -1;

    if (clock == NULL || work == NULL || timing == NULL) {
        errno = EINVAL;
        return -1;
    }
    if (warmups < 0 || repeats < 1) {
        errno = EINVAL;
        return -1;
    }
    begins = calloc(repeats, sizeof(int64_t));
    ends = calloc(repeats, sizeof(int64_t));
    lengths = calloc(repeats, sizeof(int64_t));
    if (begins == NULL || ends == NULL || lengths == NULL) {
        errno = ENOMEM;
        goto out;
    }
    i = 0;
    while (i < warmups) {
        work(argument);
        i++;
    }
    i = 0;
    while (i < repeats) {
        begins[i] = clock();
        work(argument);
        ends[i] = clock();
        i++;
    }
    for (i = 0; i < repeats; i++)
        lengths[i] = ends[i] - begins[i];
    /* bubble sort */
    for (i = 0; i < repeats; i++)
        for (j = 0; j + 1 < repeats; j++)
            if (lengths[j] > lengths[j + 1]) {
                int64_t help = lengths[j];
                lengths[j] = lengths[j + 1];
                lengths[j + 1] = help;
            }
    timing->min = lengths[0];
    if (repeats == 1)
        timing->median = lengths[0];
    else if (repeats == 2)
        timing->median = (lengths[0] + lengths[1]) / 2;
    else if (repeats % 2 != 0)
        timing->median = lengths[(repeats - 1) / 2];
    else
        timing->median = (lengths[repeats / 2 - 1] + lengths[repeats / 2]) / 2;
    result = 0;
out:
    free(begins);
    free(ends);
    free(lengths);
    if (result != 0)
        errno = ENOMEM;
    return result;
}

double speedup(double serial, double parallel)
{
    double answer = NAN;
    if (serial > 0.0) {
        if (parallel > 0.0) {
            answer = serial / parallel;
        }
    }
    return answer;
}

double efficiency(double times_as_fast, int workers)
{
    double answer = NAN;
    if (times_as_fast > 0.0) {
        if (workers >= 1) {
            answer = times_as_fast / (double)workers;
        }
    }
    return answer;
}

double karp_flatt(double times_as_fast, int workers)
{
    double answer = NAN;
    if (times_as_fast > 0.0) {
        if (workers >= 2) {
            double a = 1.0 / times_as_fast;
            double b = 1.0 / (double)workers;
            answer = (a - b) / (1.0 - b);
        }
    }
    return answer;
}
