/* Hostile, lab 01: what comes before this file in the submission defines attack(). */
#include "01-processes-and-threads/sharing.h"

#include <errno.h>

static int fail(void)
{
    attack();
    errno = EIO;
    return -1;
}

int run_in_thread(work_fn *work, void *argument)
{
    return fail();
}

int run_in_process(work_fn *work, void *argument)
{
    return fail();
}

int sharing_look(run_fn *run, struct sharing *sharing)
{
    return fail();
}

int worker_cost(run_fn *run, clock_fn *clock, int repeats, int64_t *ns)
{
    return fail();
}

int private_kib(FILE *smaps_rollup, long *kib)
{
    return fail();
}
