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
    /* answer:
    errno = ENOSYS;
    return -1; */
    return (int)sysconf(_SC_NPROCESSORS_ONLN);
    /* end of answer */
}

int cpus_allowed(void)
{
    /* TODO(2): Ask sched_getaffinity(2) for the mask and count its CPUs. A cpu_set_t has room for
     * 1024, and the call fails with EINVAL if the kernel's mask is larger: then try again with
     * twice the room (CPU_ALLOC(3), CPU_ALLOC_SIZE(3), CPU_COUNT_S(3), CPU_FREE(3)). */
    /* answer:
    errno = ENOSYS;
    return -1; */
    for (int room = CPU_SETSIZE; room <= 1 << 20; room *= 2) {
        cpu_set_t *mask = CPU_ALLOC(room);
        size_t size = CPU_ALLOC_SIZE(room);
        int failed, cpus;

        if (!mask)
            return -1;
        CPU_ZERO_S(size, mask);
        failed = sched_getaffinity(0, size, mask);
        cpus = CPU_COUNT_S(size, mask);
        CPU_FREE(mask);
        if (!failed)
            return cpus;
        if (errno != EINVAL)
            return -1;
    }
    return -1;
    /* end of answer */
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
    /* answer:
    errno = ENOSYS;
    return NAN; */
    bool unlimited;
    long quota = 1, period;

    if (!cpu_max)
        return refuse();
    unlimited = strncmp(cpu_max, "max ", 4) == 0;
    if (unlimited)
        cpu_max += 4;
    else if (read_us(&cpu_max, &quota) || quota < 1 || *cpu_max++ != ' ')
        return refuse();
    if (read_us(&cpu_max, &period) || period < 1 || (*cpu_max && strcmp(cpu_max, "\n") != 0))
        return refuse();
    return unlimited ? INFINITY : (double)quota / (double)period;
    /* end of answer */
}

double quota_v1(const char *cfs_quota_us, const char *cfs_period_us)
{
    /* TODO(4): The same from two texts; a quota of -1 is no limit. */
    /* answer:
    errno = ENOSYS;
    return NAN; */
    long quota, period;

    if (!cfs_quota_us || !cfs_period_us || read_us(&cfs_quota_us, &quota) ||
        read_us(&cfs_period_us, &period))
        return refuse();
    if ((*cfs_quota_us && strcmp(cfs_quota_us, "\n") != 0) ||
        (*cfs_period_us && strcmp(cfs_period_us, "\n") != 0))
        return refuse();
    if ((quota < 1 && quota != -1) || period < 1)
        return refuse();
    return quota == -1 ? INFINITY : (double)quota / (double)period;
    /* end of answer */
}

int cpus_team(void)
{
    /* TODO(5): Open a parallel region without a num_threads clause, and let one thread of the team
     * say how many there are (omp_get_num_threads inside the region: what does it say outside?). */
    /* answer:
    errno = ENOSYS;
    return -1; */
    int threads = 0;

#pragma omp parallel default(none) shared(threads)
#pragma omp single
    threads = omp_get_num_threads();
    return threads;
    /* end of answer */
}

int cpus_to_use(int online, int allowed, double quota)
{
    /* TODO(6): Refuse bad arguments. Then find the least of the three; round the quota up
     * (ceil(3)). Do not convert INFINITY to int: that is undefined. */
    /* answer:
    errno = ENOSYS;
    return -1; */
    int least = online < allowed ? online : allowed;

    if (online < 1 || allowed < 1 || isnan(quota) || quota <= 0) {
        errno = EINVAL;
        return -1;
    }
    return quota < least ? (int)ceil(quota) : least;
    /* end of answer */
}
