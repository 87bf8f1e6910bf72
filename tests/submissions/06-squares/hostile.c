/* Hostile, lab 06: what comes before this file in the submission defines attack(). */
#include "06-squares/squares.h"

#include <errno.h>

static int fail(void)
{
    attack();
    errno = EIO;
    return -1;
}

int write_all(int file, const char *text, size_t length)
{
    return fail();
}

int read_all(int file, void *buffer, size_t size)
{
    return fail();
}

int squares_one_by_one(const long values[], long squares[], size_t n, int output, delay_fn *delay)
{
    return fail();
}

int squares_together(const long values[], long squares[], size_t n, int output, delay_fn *delay)
{
    return fail();
}
