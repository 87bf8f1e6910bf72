/* Hostile, lab 09: what comes before this file in the submission defines attack(). */
#include "09-gil/gil.h"

#include <errno.h>

static int fail(void)
{
    attack();
    errno = EIO;
    return -1;
}

struct gil *gil_create(long interval_us)
{
    fail();
    return NULL;
}

int gil_destroy(struct gil *gil)
{
    return fail();
}

int gil_set_interval(struct gil *gil, long interval_us)
{
    return fail();
}

int gil_acquire(struct gil *gil)
{
    return fail();
}

int gil_release(struct gil *gil)
{
    return fail();
}

bool gil_drop_requested(const struct gil *gil)
{
    fail();
    return true;
}

void gil_read_counts(struct gil *gil, struct gil_counts *counts)
{
    fail();
}

int gil_install(struct gil *gil)
{
    return fail();
}

int gil_uninstall(struct gil *gil)
{
    return fail();
}

int gil_map_with(struct gil *gil, task_fn *task, const long in[], long out[], size_t n, int workers)
{
    return fail();
}

int gil_map(task_fn *task, const long in[], long out[], size_t n, int workers)
{
    return fail();
}
