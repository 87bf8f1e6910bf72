/* Hostile, lab 03: what comes before this file in the submission defines attack(). */
#include "03-pool/pool.h"

#include <errno.h>

static int fail(void)
{
    attack();
    errno = EIO;
    return -1;
}

size_t pool_chunk(size_t n, int workers)
{
    fail();
    return 0;
}

size_t pool_rounds(size_t n, size_t chunk, int workers)
{
    fail();
    return 0;
}

struct pool *pool_open(int workers, size_t capacity)
{
    fail();
    return NULL;
}

int pool_map(struct pool *pool, task_fn *task, const long in[], long out[], size_t n, size_t chunk)
{
    return fail();
}

int pool_close(struct pool *pool)
{
    return fail();
}

int pool_once(task_fn *task, const long in[], long out[], size_t n, int workers)
{
    return fail();
}
