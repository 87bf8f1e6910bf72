/* Right: Errors go to one place at the end (goto); the multiplications are written out. By
 * somebody who saw no test. */
#include "04-fifth-powers/powers.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "03-pool/pool.h"

int fifth_power(long in, long *out)
{
    long square, fourth, fifth;

    if (__builtin_smull_overflow(in, in, &square) ||
        __builtin_smull_overflow(square, square, &fourth) ||
        __builtin_smull_overflow(fourth, in, &fifth))
        return ERANGE;

    *out = fifth;
    return 0;
}

int single_pool(task_fn *task, const long in[], long out[], size_t n)
{
    size_t i;
    int err;

    if (!map_args_ok(task, in, out, n, 1)) {
        err = EINVAL;
        goto fail;
    }
    for (i = 0; i < n; ++i) {
        if ((err = task(in[i], out + i)) != 0)
            goto fail;
    }
    return 0;
fail:
    errno = err;
    return -1;
}

int multi_pool(task_fn *task, const long in[], long out[], size_t n, int workers)
{
    struct pool *p = NULL;
    int err = 0;

    if (!map_args_ok(task, in, out, n, workers)) {
        err = EINVAL;
        goto out;
    }
    if (n == 0)
        goto out;
    p = pool_open(workers, n);
    if (p == NULL || pool_map(p, task, in, out, n, 0) == -1)
        err = errno;
out:
    pool_close(p); /* NULL is allowed */
    if (err == 0)
        return 0;
    errno = err;
    return -1;
}

int list_format(const long values[], size_t n, char text[], size_t size)
{
    char *p = text;
    size_t left = size; /* room that is left, 0 when it is full */
    int total = 0;

    if (values == NULL && n != 0) {
        errno = EINVAL;
        return -1;
    }
    if (text == NULL && size != 0) {
        errno = EINVAL;
        return -1;
    }
    for (size_t i = 0; i <= n; i++) {
        const char *before = i == 0 ? "[" : i < n ? ", " : "";
        int len;

        if (i < n)
            len = snprintf(p, left, "%s%ld", before, values[i]);
        else
            len = snprintf(p, left, "%s]", before);
        total += len;
        if ((size_t)len < left) {
            p += len;
            left -= (size_t)len;
        } else {
            left = 0;
        }
    }
    return total;
}
