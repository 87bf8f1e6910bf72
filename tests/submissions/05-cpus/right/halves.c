/* Right: sysfs is asked for what is online, and the bits of a mask that grows by halves are counted
 * for what is allowed. Digits are read by hand into double; threads count themselves with an atomic
 * capture, and the whole part of the quota comes from modf(3). */
#include "05-cpus/cpus.h"

#include <errno.h>
#include <math.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int cpus_online(void)
{
    FILE *file = fopen("/sys/devices/system/cpu/online", "re");
    int first, last, count = 0;

    if (!file)
        return (int)sysconf(_SC_NPROCESSORS_ONLN);
    while (fscanf(file, "%d", &first) == 1) {
        last = first;
        if (fscanf(file, "-%d", &last) != 1)
            last = first;
        count += last - first + 1;
        if (getc(file) != ',')
            break;
    }
    fclose(file);
    return count ? count : (int)sysconf(_SC_NPROCESSORS_ONLN);
}

int cpus_allowed(void)
{
    size_t size = sizeof(unsigned long), count = 0;

    while (size <= 1 << 16) {
        unsigned char *mask = calloc(1, size);
        int failed;

        if (!mask)
            return -1;
        failed = sched_getaffinity(0, size, (cpu_set_t *)mask);
        for (size_t i = 0; !failed && i < size; i++)
            count += (size_t)__builtin_popcount(mask[i]);
        free(mask);
        if (!failed)
            return (int)count;
        if (errno != EINVAL)
            return -1;
        size += (size / 2 + 7) / 8 * 8;
    }
    return -1;
}

/* Reads decimal digits of a number above 0. Returns what is behind them, or NULL. */
static const char *digits(const char *at, double *number)
{
    const char *begin = at;

    *number = 0;
    while (*at >= '0' && *at <= '9')
        *number = *number * 10 + (*at++ - '0');
    return at > begin && *number > 0 ? at : NULL;
}

/* True if this is the end of a line, or of a text. NULL is none. */
static int is_end(const char *at)
{
    return at && (at[0] == '\0' || (at[0] == '\n' && at[1] == '\0'));
}

static double not_in_form(void)
{
    errno = EINVAL;
    return nan("");
}

double quota_v2(const char *cpu_max)
{
    double quota = INFINITY, period;
    const char *at = cpu_max;

    if (!at)
        return not_in_form();
    if (at[0] == 'm' && at[1] == 'a' && at[2] == 'x')
        at += 3;
    else
        at = digits(at, &quota);
    if (!at || *at++ != ' ' || !is_end(digits(at, &period)))
        return not_in_form();
    return quota / period;
}

double quota_v1(const char *cfs_quota_us, const char *cfs_period_us)
{
    double quota = INFINITY, period;

    if (!cfs_quota_us || !cfs_period_us || !is_end(digits(cfs_period_us, &period)))
        return not_in_form();
    if (cfs_quota_us[0] == '-' && cfs_quota_us[1] == '1' && is_end(cfs_quota_us + 2))
        return INFINITY;
    return is_end(digits(cfs_quota_us, &quota)) ? quota / period : not_in_form();
}

int cpus_team(void)
{
    int threads = 0, most = 0;

#pragma omp parallel shared(threads, most)
    {
        int mine;

#pragma omp atomic capture
        mine = ++threads;
#pragma omp critical
        most = mine > most ? mine : most;
    }
    return most;
}

int cpus_to_use(int online, int allowed, double quota)
{
    double whole;

    if (online < 1 || allowed < 1 || !(quota > 0)) {
        errno = EINVAL;
        return -1;
    }
    if (quota > online)
        quota = online;
    if (quota > allowed)
        quota = allowed;
    return modf(quota, &whole) > 0 ? (int)whole + 1 : (int)whole;
}
