/* Right: the pool of lab 03, with the least of it. The largest number whose fifth power fits is found
 * by looking for it. The list is printed into the caller's own text, by fmemopen, where that is large
 * enough, and counted where it is not. */
#include "04-fifth-powers/powers.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "03-pool/pool.h"

static long fourth(long root)
{
    return root * root * root * root;
}

/* The largest root whose fifth power is at most LONG_MAX. */
static long largest_root(void)
{
    long low = 1, high = 10000; /* the fourth power of each of them fits */

    while (high - low > 1) {
        long middle = low + (high - low) / 2;

        if (LONG_MAX / fourth(middle) >= middle)
            low = middle;
        else
            high = middle;
    }
    return low;
}

int fifth_power(long in, long *out)
{
    long root = largest_root();

    if (in < -root || root < in)
        return ERANGE;
    *out = fourth(in) * in;
    return 0;
}

int single_pool(task_fn *task, const long in[], long out[], size_t n)
{
    const long *const end = n > 0 ? in + n : in;

    if (!map_args_ok(task, in, out, n, 1))
        return errno = EINVAL, -1;
    for (const long *at = in; at != end; at++) {
        int error = task(*at, &out[at - in]);

        if (error)
            return errno = error, -1;
    }
    return 0;
}

int multi_pool(task_fn *task, const long in[], long out[], size_t n, int workers)
{
    struct pool *pool;
    int error = 0;

    if (!map_args_ok(task, in, out, n, workers))
        return errno = EINVAL, -1;
    if (n == 0)
        return 0;
    if (!(pool = pool_open(workers, n)))
        return -1;
    if (pool_map(pool, task, in, out, n, 0))
        error = errno;
    if (pool_close(pool) && !error)
        error = errno;
    return error ? (errno = error, -1) : 0;
}

/* How many characters a number has. */
static size_t width(long value)
{
    size_t digits = 1, sign = value < 0;

    while (value /= 10)
        digits++;
    return digits + sign;
}

int list_format(const long values[], size_t n, char text[], size_t size)
{
    size_t length = 2;
    FILE *stream;
    char *whole;

    if (n > 0 ? !values || (!text && size > 0) : !text && size > 0)
        return errno = EINVAL, -1;
    for (size_t i = 0; i < n; i++)
        length += width(values[i]) + (i > 0 ? 2 : 0);
    if (size == 0)
        return (int)length;
    whole = length < size ? text : malloc(length + 1);
    if (!whole)
        return -1;
    stream = fmemopen(whole, length + 1, "w");
    if (!stream) {
        if (whole != text)
            free(whole);
        return -1;
    }
    fputs("[", stream);
    for (size_t i = 0; i < n; i++)
        fprintf(stream, "%s%ld", i > 0 ? ", " : "", values[i]);
    fputs("]", stream);
    fclose(stream);
    if (whole != text) {
        memcpy(text, whole, size - 1);
        text[size - 1] = '\0';
        free(whole);
    }
    return (int)length;
}
