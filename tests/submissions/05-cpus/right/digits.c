/* Right: reads digits by hand, asks the kernel for the mask without the C library and counts its
 * bits, lets the team's master say how many they are, and does the rest in double. */
#include "05-cpus/cpus.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <unistd.h>

#include <omp.h>

int cpus_online(void)
{
    return get_nprocs();
}

int cpus_allowed(void)
{
    static unsigned long mask[(1 << 18) / (8 * sizeof(unsigned long))]; /* 262144 CPUs */
    long bytes = syscall(SYS_sched_getaffinity, 0, sizeof mask, mask);
    int count = 0;

    if (bytes == -1)
        return -1;
    for (long i = 0; i < bytes / (long)sizeof mask[0]; i++)
        for (unsigned long word = mask[i]; word; word &= word - 1)
            count++;
    return count;
}

/* Eats these characters if they are next. */
static bool eat(const char **at, const char *word)
{
    const char *next = *at;

    while (*word)
        if (*next++ != *word++)
            return false;
    *at = next;
    return true;
}

/* Eats a number. Returns it; 0 if there is none, and if it is 0: neither will do. */
static double eat_number(const char **at)
{
    double number = 0;

    for (; **at >= '0' && **at <= '9'; (*at)++)
        number = number * 10 + (**at - '0');
    return number;
}

static bool at_end(const char *at)
{
    eat(&at, "\n");
    return *at == '\0';
}

static double share(double quota, double period)
{
    if (quota > 0 && period > 0)
        return quota / period;
    errno = EINVAL;
    return NAN;
}

double quota_v2(const char *cpu_max)
{
    double quota, period;

    if (!cpu_max)
        return share(0, 0);
    quota = eat(&cpu_max, "max") ? INFINITY : eat_number(&cpu_max);
    if (!eat(&cpu_max, " "))
        return share(0, 0);
    period = eat_number(&cpu_max);
    return at_end(cpu_max) ? share(quota, period) : share(0, 0);
}

double quota_v1(const char *cfs_quota_us, const char *cfs_period_us)
{
    double quota, period;

    if (!cfs_quota_us || !cfs_period_us)
        return share(0, 0);
    quota = eat(&cfs_quota_us, "-1") ? INFINITY : eat_number(&cfs_quota_us);
    period = eat_number(&cfs_period_us);
    return at_end(cfs_quota_us) && at_end(cfs_period_us) ? share(quota, period) : share(0, 0);
}

int cpus_team(void)
{
    int threads = -1;

#pragma omp parallel shared(threads)
    {
#pragma omp master
        threads = omp_get_num_threads();
    }
    return threads;
}

int cpus_to_use(int online, int allowed, double quota)
{
    if (online < 1 || allowed < 1 || isnan(quota) || quota <= 0) {
        errno = EINVAL;
        return -1;
    }
    return (int)ceil(fmin(quota, fmin(online, allowed)));
}
