/* Right: asks files instead of functions: /proc/stat for what is online, /proc/self/status for what is
 * allowed. sscanf(3) reads the quotas, every thread of the team counts itself, and the quota is
 * rounded up without ceil(3). */
#include "05-cpus/cpus.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Counts a list such as "0-3,5,8-9". Returns -1 with errno if there is none. */
static int count_list(const char *list)
{
    int count = 0, used = 0;

    for (;;) {
        int first, last;

        if (sscanf(list, "%d%n", &first, &used) != 1) {
            errno = EIO;
            return -1;
        }
        list += used;
        last = first;
        if (sscanf(list, "-%d%n", &last, &used) == 1)
            list += used;
        count += last - first + 1;
        if (*list++ != ',')
            return count;
    }
}

/* Counts the list in the line of a file that begins so. */
static int count_in_file(const char *path, const char *begin)
{
    FILE *file = fopen(path, "re");
    char *line = NULL;
    size_t size = 0;
    int count = -1;

    if (!file)
        return -1;
    errno = EIO;
    while (count == -1 && getline(&line, &size, file) != -1)
        if (strncmp(line, begin, strlen(begin)) == 0)
            count = count_list(line + strlen(begin));
    free(line);
    fclose(file);
    return count;
}

int cpus_online(void)
{
    FILE *file = fopen("/proc/stat", "re");
    char line[4096];
    int count = 0;

    if (!file)
        return -1;
    while (fgets(line, sizeof line, file))
        count += strncmp(line, "cpu", 3) == 0 && isdigit((unsigned char)line[3]);
    fclose(file);
    return count;
}

int cpus_allowed(void)
{
    return count_in_file("/proc/self/status", "Cpus_allowed_list:");
}

static double quotient(long quota, long period)
{
    if (quota > 0 && period > 0)
        return (double)quota / (double)period;
    errno = EINVAL;
    return NAN;
}

/* Is this the end of the text, or the newline before it? */
static int ends(const char *text)
{
    return text[text[0] == '\n'] == '\0';
}

double quota_v2(const char *cpu_max)
{
    long quota = 0, period = 0;
    int used = 0;

    /* 18 digits always fit in a long; a 19th is something behind the number. */
    if (cpu_max && sscanf(cpu_max, "max%*1[ ]%18ld%n", &period, &used) == 1 && ends(cpu_max + used))
        return period > 0 ? INFINITY : quotient(0, 0);
    if (!cpu_max || sscanf(cpu_max, "%18ld%*1[ ]%18ld%n", &quota, &period, &used) != 2 ||
        !ends(cpu_max + used))
        return quotient(0, 0);
    return quotient(quota, period);
}

double quota_v1(const char *cfs_quota_us, const char *cfs_period_us)
{
    long quota, period;
    int quota_used = 0, period_used = 0;

    if (!cfs_quota_us || sscanf(cfs_quota_us, "%18ld%n", &quota, &quota_used) != 1 ||
        !cfs_period_us || sscanf(cfs_period_us, "%18ld%n", &period, &period_used) != 1 ||
        !ends(cfs_quota_us + quota_used) || !ends(cfs_period_us + period_used))
        return quotient(0, 0);
    return quota == -1 && period > 0 ? INFINITY : quotient(quota, period);
}

int cpus_team(void)
{
    int threads = 0;

#pragma omp parallel
#pragma omp critical
    threads++;
    return threads;
}

int cpus_to_use(int online, int allowed, double quota)
{
    int least = online, whole;

    if (online < 1 || allowed < 1 || !(quota > 0)) {
        errno = EINVAL;
        return -1;
    }
    if (allowed < least)
        least = allowed;
    if (quota >= least)
        return least;
    whole = (int)quota;
    return whole < quota ? whole + 1 : whole;
}
