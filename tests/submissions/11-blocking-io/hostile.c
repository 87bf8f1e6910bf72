/* Hostile, lab 11: what comes before this file in the submission defines attack(). */
#include "11-blocking-io/fetch.h"

#include <errno.h>

static int attacked(void)
{
    attack();
    errno = EIO;
    return -1;
}

int fetch(int port, const char *request, char answer[], size_t size, long limit_ms)
{
    return attacked();
}

int fetch_task(long in, long *out)
{
    return attacked();
}

int fetch_all_tasks(const long in[], long out[], size_t n, int most)
{
    return attacked();
}

int fetch_all_polled(const long in[], long out[], size_t n, int most)
{
    return attacked();
}
