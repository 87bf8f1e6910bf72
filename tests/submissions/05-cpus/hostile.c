/* Hostile, lab 05: what comes before this file in the submission defines attack(). */
#include "05-cpus/cpus.h"

#include <errno.h>
#include <math.h>

int cpus_online(void)
{
    attack();
    errno = EIO;
    return -1;
}

int cpus_allowed(void)
{
    attack();
    errno = EIO;
    return -1;
}

double quota_v2(const char *cpu_max)
{
    attack();
    errno = EIO;
    return NAN;
}

double quota_v1(const char *cfs_quota_us, const char *cfs_period_us)
{
    attack();
    errno = EIO;
    return NAN;
}

int cpus_team(void)
{
    attack();
    errno = EIO;
    return -1;
}

int cpus_to_use(int online, int allowed, double quota)
{
    attack();
    errno = EIO;
    return -1;
}
