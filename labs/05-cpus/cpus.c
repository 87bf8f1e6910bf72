#include "05-cpus/cpus.h"

#include <errno.h>
#include <math.h>
#include <sched.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <omp.h>

int cpus_online(void)
{
    /* TODO(1): Ask sysconf(3). */
    errno = ENOSYS;
    return -1;
}

int cpus_allowed(void)
{
    /* TODO(2): Ask sched_getaffinity(2) for the mask and count its CPUs. A cpu_set_t has room for
     * 1024, and the call fails with EINVAL if the kernel's mask is larger: then try again with
     * twice the room (CPU_ALLOC(3), CPU_ALLOC_SIZE(3), CPU_COUNT_S(3), CPU_FREE(3)). */
    errno = ENOSYS;
    return -1;
}

/* Reads a whole number of microseconds at *text and moves *text past it. Returns 0, or -1 if there
 * is no number. */
static int read_us(const char **text, long *us)
{
    char *end;

    errno = 0;
    *us = strtol(*text, &end, 10);
    if (errno || end == *text)
        return -1;
    *text = end;
    return 0;
}

/* The answer to a text that does not have the form. */
static double refuse(void)
{
    errno = EINVAL;
    return NAN;
}

double quota_v2(const char *cpu_max)
{
    /* TODO(3): "max PERIOD" is no limit: INFINITY (math.h). Otherwise read the quota and the period
     * (read_us); both must be above 0, and nothing but a newline may follow. */
    errno = ENOSYS;
    return NAN;
}

double quota_v1(const char *cfs_quota_us, const char *cfs_period_us)
{
    /* TODO(4): The same from two texts; a quota of -1 is no limit. */
    errno = ENOSYS;
    return NAN;
}

int cpus_team(void)
{
    /* TODO(5): Open a parallel region without a num_threads clause, and let one thread of the team
     * say how many there are (omp_get_num_threads inside the region: what does it say outside?). */
    errno = ENOSYS;
    return -1;
}

int cpus_to_use(int online, int allowed, double quota)
{
    /* TODO(6): Refuse bad arguments. Then find the least of the three; round the quota up
     * (ceil(3)). Do not convert INFINITY to int: that is undefined. */
    errno = ENOSYS;
    return -1;
}
