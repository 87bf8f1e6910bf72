#include "04-fifth-powers/powers.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "03-pool/pool.h"

int fifth_power(long in, long *out)
{
    /* TODO(1): Multiply five times. A result that does not fit in a long is undefined behaviour in
     * C, not a wrong number. So check before each multiplication that it will fit, or let
     * __builtin_mul_overflow of GCC and clang do both. Write to *out only when all went well. */
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
    /* TODO(3): Refuse bad arguments; no tasks need no pool. Open a pool of `workers` workers with
     * room for n tasks, map once with chunk 0 (CPython's length), and close it, also if the map
     * failed. pool_close may change errno: keep the map's error. */
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

/* answer: */
/* Writes `part` at text[length], as much of it as fits into text[0..size). Returns the length of
 * the whole text, as if all of it had fitted. */
static size_t append(const char *part, char text[], size_t size, size_t length)
{
    if (length < size)
        snprintf(text + length, size - length, "%s", part);
    return length + strlen(part);
}

/* end of answer */
int list_format(const long values[], size_t n, char text[], size_t size)
{
    /* TODO(4): Refuse bad arguments (powers.h). Write "[", the numbers with ", " between them, and
     * "]". snprintf(3) returns how long the text would be, also where it had to cut the text off:
     * add these lengths up, and never write beyond text[0..size). */
    /* answer:
    errno = ENOSYS;
    return -1; */
    size_t length;

    if ((!values && n > 0) || (!text && size > 0)) {
        errno = EINVAL;
        return -1;
    }
    length = append("[", text, size, 0);
    for (size_t i = 0; i < n; i++) {
        char number[32];

        snprintf(number, sizeof number, "%s%ld", i == 0 ? "" : ", ", values[i]);
        length = append(number, text, size, length);
    }
    return (int)append("]", text, size, length);
    /* end of answer */
}
