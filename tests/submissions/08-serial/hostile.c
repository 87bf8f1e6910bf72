/* Hostile, lab 08: what comes before this file in the submission defines attack(). */
#include "08-serial/serial.h"

#include <errno.h>

static int fail(void)
{
    attack();
    errno = EIO;
    return -1;
}

int serial_map(task_fn *task, const long in[], long out[], size_t n, int workers)
{
    return fail();
}

int serial_sum(term_fn *term, long n, long *sum)
{
    return fail();
}

int stopwatch(clock_fn *clock, void (*work)(void *argument), void *argument, int warmups,
              int repeats, struct timing *timing)
{
    return fail();
}

double speedup(double serial, double parallel)
{
    return fail();
}

double efficiency(double times_as_fast, int workers)
{
    return fail();
}

double karp_flatt(double times_as_fast, int workers)
{
    return fail();
}
