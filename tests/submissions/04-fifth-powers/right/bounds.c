/* Right: the pool of lab 03, with its chunk worked out here and one way out for all errors. Which
 * numbers have a fifth power is looked up: the largest is known. The list is formatted from its end,
 * by a function that calls itself. */
#include "04-fifth-powers/powers.h"

#include <errno.h>
#include <stdio.h>

#include "03-pool/pool.h"

/* 6208 to the fifth power is less than 2 to the 63rd, and that of 6209 is more. */
enum { LARGEST = 6208 };

int fifth_power(long in, long *out)
{
    long square;

    if (in > LARGEST || in < -LARGEST)
        return ERANGE;
    square = in * in;
    *out = square * square * in;
    return 0;
}

int single_pool(task_fn *task, const long in[], long out[], size_t n)
{
    int error = EINVAL;
    size_t i = 0;

    if (!map_args_ok(task, in, out, n, 1))
        goto failed;
again:
    if (i == n)
        return 0;
    error = task(in[i], &out[i]);
    i++;
    if (!error)
        goto again;
failed:
    errno = error;
    return -1;
}

int multi_pool(task_fn *task, const long in[], long out[], size_t n, int workers)
{
    struct pool *pool = NULL;
    int error = 0;

    if (!map_args_ok(task, in, out, n, workers))
        error = EINVAL;
    else if (n > 0 && !(pool = pool_open(workers, n)))
        error = errno;
    else if (pool && pool_map(pool, task, in, out, n, pool_chunk(n, workers)))
        error = errno;
    pool_close(pool); /* NULL is allowed */
    if (!error)
        return 0;
    errno = error;
    return -1;
}

/* How long the numbers are with what stands between them. */
static size_t measure(const long values[], size_t n)
{
    size_t length = n > 0 ? 2 * (n - 1) : 0;

    for (size_t i = 0; i < n; i++)
        length += (size_t)snprintf(NULL, 0, "%ld", values[i]);
    return length;
}

/* Writes what of the string fits, from text[at] on. */
static void place(const char *string, size_t at, char text[], size_t size)
{
    for (; *string; string++, at++)
        if (at + 1 < size)
            text[at] = *string;
}

/* Writes the first n numbers; they end before text[end]. */
static void write_numbers(const long values[], size_t n, size_t end, char text[], size_t size)
{
    char number[24];
    size_t digits;

    if (n == 0)
        return;
    digits = (size_t)snprintf(number, sizeof number, "%ld", values[n - 1]);
    place(number, end - digits, text, size);
    if (n == 1)
        return;
    place(", ", end - digits - 2, text, size);
    write_numbers(values, n - 1, end - digits - 2, text, size);
}

int list_format(const long values[], size_t n, char text[], size_t size)
{
    size_t length;

    if ((!values && n) || (!text && size)) {
        errno = EINVAL;
        return -1;
    }
    length = measure(values, n) + 2;
    place("[", 0, text, size);
    write_numbers(values, n, length - 1, text, size);
    place("]", length - 1, text, size);
    if (size > 0)
        text[length < size ? length : size - 1] = '\0';
    return (int)length;
}
