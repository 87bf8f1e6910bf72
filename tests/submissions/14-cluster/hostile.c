/* Hostile, lab 14: what comes before this file in the submission defines attack(). */
#include "14-cluster/cluster.h"

#include <errno.h>

static int attacked(void)
{
    attack();
    errno = EIO;
    return -1;
}

int cluster_start(void)
{
    return attacked();
}

int cluster_map(task_fn *task, const long in[], long out[], size_t n, int workers)
{
    return attacked();
}

int cluster_serve(int threads)
{
    return attacked();
}

void cluster_stop(void)
{
    attacked();
}

int cluster_sum_reduce(term_fn *term, long n, long *sum)
{
    return attacked();
}

int cluster_sum_scatter(const long numbers[], size_t n, long *sum)
{
    return attacked();
}
