/* Right: snprintf(3) writes each number behind those before it, or only counts its characters where
 * no room is left. By somebody who saw no test. */
#include "04-fifth-powers/powers.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "03-pool/pool.h"

int fifth_power(long in, long *out)
{
    long power = 1;

    for (int i = 0; i < 5; i++)
        if (__builtin_mul_overflow(power, in, &power))
            return ERANGE;
    *out = power;
    return 0;
}

int single_pool(task_fn *task, const long in[], long out[], size_t n)
{
    if (!map_args_ok(task, in, out, n, 1)) {
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
}

int multi_pool(task_fn *task, const long in[], long out[], size_t n, int workers)
{
    struct pool *pool;
    int error = 0;

    if (!map_args_ok(task, in, out, n, workers)) {
        errno = EINVAL;
        return -1;
    }
    if (n == 0)
        return 0;
    pool = pool_open(workers, n);
    if (!pool)
        return -1;
    if (pool_map(pool, task, in, out, n, 0) == -1)
        error = errno;
    pool_close(pool);
    if (error) {
        errno = error;
        return -1;
    }
    return 0;
}

/* Writes at text[length], if there is room; returns what snprintf returns. */
static int append(char text[], size_t size, size_t length, const char *separator, long value)
{
    if (length < size)
        return snprintf(text + length, size - length, "%s%ld", separator, value);
    return snprintf(NULL, 0, "%s%ld", separator, value);
}

int list_format(const long values[], size_t n, char text[], size_t size)
{
    size_t length;

    if ((!values && n > 0) || (!text && size > 0)) {
        errno = EINVAL;
        return -1;
    }
    length = (size_t)snprintf(text, size, "[");
    for (size_t i = 0; i < n; i++)
        length += (size_t)append(text, size, length, i > 0 ? ", " : "", values[i]);
    if (length < size)
        snprintf(text + length, size - length, "]");
    return (int)(length + 1);
}
