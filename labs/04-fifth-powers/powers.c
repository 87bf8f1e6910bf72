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
    return ENOSYS;
}

int single_pool(task_fn *task, const long in[], long out[], size_t n)
{
    /* TODO(2): Refuse bad arguments (map_args_ok, with 1 worker). One loop, in this process. */
    errno = ENOSYS;
    return -1;
}

int multi_pool(task_fn *task, const long in[], long out[], size_t n, int workers)
{
    /* TODO(3): Refuse bad arguments; no tasks need no pool. Open a pool of `workers` workers with
     * room for n tasks, map once with chunk 0 (CPython's length), and close it, also if the map
     * failed. pool_close may change errno: keep the map's error. */
    errno = ENOSYS;
    return -1;
}

int list_format(const long values[], size_t n, char text[], size_t size)
{
    /* TODO(4): Refuse bad arguments (powers.h). Write "[", the numbers with ", " between them, and
     * "]". snprintf(3) returns how long the text would be, also where it had to cut the text off:
     * add these lengths up, and never write beyond text[0..size). */
    errno = ENOSYS;
    return -1;
}
