/* Right: the mask is asked of the thread's own attributes, with room for 65536 CPUs on the heap. The
 * threads of the team tell the highest number under a lock, quotas are compared with what would
 * print the same text, and the number to use is found by bisection. */
#include "05-cpus/cpus.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <math.h>
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysinfo.h>

#include <omp.h>

int cpus_online(void)
{
    return get_nprocs();
}

int cpus_allowed(void)
{
    const size_t size = 65536 / CHAR_BIT;
    cpu_set_t *mask = calloc(1, size);
    int count = 0, error;

    if (!mask)
        return -1;
    error = pthread_getaffinity_np(pthread_self(), size, mask);
    for (size_t cpu = 0; !error && cpu < size * CHAR_BIT; cpu++)
        if (CPU_ISSET_S(cpu, size, mask))
            count++;
    free(mask);
    if (error)
        errno = error;
    return error ? -1 : count;
}

/* True if the text is this one, with or without a newline. */
static bool same(const char *text, const char *wanted)
{
    size_t length = strlen(wanted);

    return strncmp(text, wanted, length) == 0 &&
           (text[length] == '\0' || strcmp(text + length, "\n") == 0);
}

/* True if a text is this number and no other way to write it. */
static bool is_number(const char *text, intmax_t number)
{
    char wanted[32];

    snprintf(wanted, sizeof wanted, "%" PRIdMAX, number);
    return same(text, wanted);
}

static double or_refuse(bool good, double quota)
{
    if (good)
        return quota;
    errno = EINVAL;
    return NAN;
}

double quota_v2(const char *cpu_max)
{
    char wanted[80];
    intmax_t quota, period;

    if (!cpu_max)
        return or_refuse(false, 0);
    if (strncmp(cpu_max, "max ", 4) == 0) {
        period = strtoimax(cpu_max + 4, NULL, 10);
        return or_refuse(period > 0 && is_number(cpu_max + 4, period), INFINITY);
    }
    if (sscanf(cpu_max, "%jd %jd", &quota, &period) != 2 || quota < 1 || period < 1)
        return or_refuse(false, 0);
    snprintf(wanted, sizeof wanted, "%" PRIdMAX " %" PRIdMAX, quota, period);
    return or_refuse(same(cpu_max, wanted), (double)quota / (double)period);
}

double quota_v1(const char *cfs_quota_us, const char *cfs_period_us)
{
    intmax_t quota, period;

    if (!cfs_quota_us || !cfs_period_us)
        return or_refuse(false, 0);
    quota = strtoimax(cfs_quota_us, NULL, 10);
    period = strtoimax(cfs_period_us, NULL, 10);
    return or_refuse(is_number(cfs_quota_us, quota) && is_number(cfs_period_us, period) &&
                         (quota > 0 || quota == -1) && period > 0,
                     quota == -1 ? INFINITY : (double)quota / (double)period);
}

int cpus_team(void)
{
    omp_lock_t lock;
    int most = 0;

    omp_init_lock(&lock);
#pragma omp parallel
    {
        omp_set_lock(&lock);
        if (omp_get_thread_num() >= most)
            most = omp_get_thread_num() + 1;
        omp_unset_lock(&lock);
    }
    omp_destroy_lock(&lock);
    return most;
}

int cpus_to_use(int online, int allowed, double quota)
{
    int enough = online < allowed ? online : allowed, few = 0;

    if (enough < 1 || isnan(quota) || quota <= 0) {
        errno = EINVAL;
        return -1;
    }
    while (enough - few > 1) {
        int middle = few + (enough - few) / 2;

        if (middle >= quota)
            enough = middle;
        else
            few = middle;
    }
    return enough;
}
