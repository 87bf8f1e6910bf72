/* Right: Lines and fields are found by regular expressions (regcomp(3)). By somebody who saw no
 * test. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "05-cpus/cpus.h"

#include <errno.h>
#include <math.h>
#include <regex.h>
#include <sched.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <omp.h>

int cpus_online(void)
{
    long n = sysconf(_SC_NPROCESSORS_ONLN);

    if (n == -1)
        return -1;
    return (int)n;
}

int cpus_allowed(void)
{
    size_t size = sizeof(cpu_set_t);
    cpu_set_t *set = NULL;
    int count = -1;

    /* One buffer, made larger until the kernel is content. */
    for (int tries = 0; tries < 12; tries++, size *= 2) {
        cpu_set_t *larger = realloc(set, size);

        if (!larger)
            break;
        set = larger;
        memset(set, 0, size);
        if (sched_getaffinity(0, size, set) == 0) {
            count = CPU_COUNT_S(size, set);
            break;
        }
        if (errno != EINVAL)
            break;
    }
    {
        int error = errno;

        free(set);
        errno = error;
    }
    return count;
}

/* True if the whole text matches the pattern. */
static bool matches(const char *pattern, const char *text)
{
    regex_t regex;
    bool result;

    if (!text || regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB) != 0)
        return false;
    result = regexec(&regex, text, 0, NULL, 0) == 0;
    regfree(&regex);
    return result;
}

static double divide(const char *quota, const char *period)
{
    double q = strtod(quota, NULL), p = strtod(period, NULL);

    if (q > 0 && p > 0)
        return q / p;
    errno = EINVAL;
    return NAN;
}

double quota_v2(const char *cpu_max)
{
    if (!matches("^(max|[0-9]+) [0-9]*[1-9][0-9]*\n?$", cpu_max)) {
        errno = EINVAL;
        return NAN;
    }
    if (*cpu_max == 'm')
        return INFINITY;
    return divide(cpu_max, strchr(cpu_max, ' ') + 1);
}

double quota_v1(const char *cfs_quota_us, const char *cfs_period_us)
{
    if (!matches("^(-1|[0-9]+)\n?$", cfs_quota_us) ||
        !matches("^[0-9]*[1-9][0-9]*\n?$", cfs_period_us)) {
        errno = EINVAL;
        return NAN;
    }
    if (*cfs_quota_us == '-')
        return INFINITY;
    return divide(cfs_quota_us, cfs_period_us);
}

int cpus_team(void)
{
    int team = 0;

#pragma omp parallel
    {
#pragma omp master
        team = omp_get_num_threads();
    }
    return team;
}

int cpus_to_use(int online, int allowed, double quota)
{
    int least = allowed;

    if (online < 1 || allowed < 1 || isnan(quota) || quota <= 0.0) {
        errno = EINVAL;
        return -1;
    }
    if (online < least)
        least = online;
    if (isfinite(quota) && ceil(quota) < (double)least)
        least = (int)ceil(quota);
    return least;
}
