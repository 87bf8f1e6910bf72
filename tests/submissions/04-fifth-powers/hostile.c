/* Hostile, lab 04: what comes before this file in the submission defines attack(). */
#include "04-fifth-powers/powers.h"

#include <errno.h>

int fifth_power(long in, long *out)
{
    attack();
    return EIO;
}

int single_pool(task_fn *task, const long in[], long out[], size_t n)
{
    attack();
    errno = EIO;
    return -1;
}

int multi_pool(task_fn *task, const long in[], long out[], size_t n, int workers)
{
    attack();
    errno = EIO;
    return -1;
}

int list_format(const long values[], size_t n, char text[], size_t size)
{
    attack();
    errno = EIO;
    return -1;
}
