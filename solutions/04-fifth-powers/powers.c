#include "04-fifth-powers/powers.h"

#include <errno.h>
#include <stdio.h>

#include "03-pool/pool.h"

int fifth_power(long in, long *out)
{
    /* TODO(1): Multiply five times. A result that does not fit in a long is undefined behaviour in C,
     * not a wrong number: see before each multiplication that it will fit (or let
     * __builtin_mul_overflow of GCC and clang do both). Write to *out only when all went well. */
    /* answer:
    return ENOSYS; */
    long power = 1;

    for (int i = 0; i < 5; i++)
        if (__builtin_mul_overflow(power, in, &power))
            return ERANGE;
    *out = power;
    return 0;
    /* end of answer */
}

int single_pool(task_fn *task, const long in[], long out[], size_t n)
{
    /* TODO(2): Refuse bad arguments (map_args_ok, with 1 worker). One loop, in this process. */
    /* answer:
    errno = ENOSYS;
    return -1; */
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
    /* end of answer */
}

int multi_pool(task_fn *task, const long in[], long out[], size_t n, int workers)
{
    /* TODO(3): Refuse bad arguments; no tasks need no pool. Open a pool of `workers` with room for n
     * tasks, map once with chunk 0 (CPython's length), close it. Close it also if the map failed, and
     * keep the map's error. */
    /* answer:
    errno = ENOSYS;
    return -1; */
    struct pool *pool;
    int failed, error;

    if (!map_args_ok(task, in, out, n, workers)) {
        errno = EINVAL;
        return -1;
    }
    if (n == 0)
        return 0;
    pool = pool_open(workers, n);
    if (!pool)
        return -1;
    failed = pool_map(pool, task, in, out, n, 0);
    error = errno;
    pool_close(pool);
    errno = error;
    return failed;
    /* end of answer */
}

int list_format(const long values[], size_t n, char text[], size_t size)
{
    /* TODO(4): Refuse bad arguments (powers.h). "[", the numbers with ", " between them, "]".
     * snprintf(3) returns how long the text would be, also where it had to cut it off: add these up,
     * and never write beyond text[size). */
    /* answer:
    errno = ENOSYS;
    return -1; */
    size_t length = 0;

    if ((!values && n > 0) || (!text && size > 0)) {
        errno = EINVAL;
        return -1;
    }
    for (size_t i = 0; i <= n; i++) {
        char part[32];
        int added = i < n ? snprintf(part, sizeof part, "%s%ld", i == 0 ? "[" : ", ", values[i])
                          : snprintf(part, sizeof part, n == 0 ? "[]" : "]");

        if (length < size)
            snprintf(text + length, size - length, "%s", part);
        length += (size_t)added;
    }
    return (int)length;
    /* end of answer */
}
