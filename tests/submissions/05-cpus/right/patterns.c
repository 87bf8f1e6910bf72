/* Right: regular expressions say what is in the form. What is online are the lines of /proc/stat; the
 * mask has room for a million CPUs from the start; the team adds itself up; and the number to use is
 * counted up until one of the three is reached. */
#include "05-cpus/cpus.h"

#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <regex.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int cpus_online(void)
{
    FILE *file = fopen("/proc/stat", "re");
    char *line = NULL;
    size_t size = 0;
    int count = 0;
    char digit[2];

    if (!file)
        return -1;
    while (getline(&line, &size, file) != -1)
        count += sscanf(line, "cpu%1[0-9]", digit) == 1;
    free(line);
    fclose(file);
    return count;
}

int cpus_allowed(void)
{
    enum { ROOM = 1 << 20 };
    cpu_set_t *mask = CPU_ALLOC(ROOM);
    int error, count;

    if (!mask)
        return -1;
    CPU_ZERO_S(CPU_ALLOC_SIZE(ROOM), mask);
    error = pthread_getaffinity_np(pthread_self(), CPU_ALLOC_SIZE(ROOM), mask);
    count = CPU_COUNT_S(CPU_ALLOC_SIZE(ROOM), mask);
    CPU_FREE(mask);
    if (!error)
        return count;
    errno = error;
    return -1;
}

/* Matches the text, and stores what stands in the first two brackets as numbers (0: not a number). */
static int match(const char *text, const char *pattern, double numbers[2])
{
    regmatch_t parts[3];
    regex_t compiled;
    int failed;

    if (!text || regcomp(&compiled, pattern, REG_EXTENDED))
        return 0;
    failed = regexec(&compiled, text, 3, parts, 0);
    for (size_t i = 1; !failed && i <= compiled.re_nsub && i < 3; i++)
        numbers[i - 1] = (double)atoll(text + parts[i].rm_so);
    regfree(&compiled);
    return !failed;
}

#define NUMBER "0*([1-9][0-9]{0,17})"

static double refuse(void)
{
    errno = EINVAL;
    return NAN;
}

double quota_v2(const char *cpu_max)
{
    double numbers[2];

    if (match(cpu_max, "^max " NUMBER "\n?$", numbers))
        return INFINITY;
    return match(cpu_max, "^" NUMBER " " NUMBER "\n?$", numbers) ? numbers[0] / numbers[1]
                                                                 : refuse();
}

double quota_v1(const char *cfs_quota_us, const char *cfs_period_us)
{
    double quota[2], period[2];

    if (!match(cfs_period_us, "^" NUMBER "\n?$", period))
        return refuse();
    if (match(cfs_quota_us, "^-1\n?$", quota))
        return INFINITY;
    return match(cfs_quota_us, "^" NUMBER "\n?$", quota) ? quota[0] / period[0] : refuse();
}

int cpus_team(void)
{
    int threads = 0;

#pragma omp parallel reduction(+ : threads)
    threads += 1;
    return threads;
}

int cpus_to_use(int online, int allowed, double quota)
{
    int use = 1;

    if (!(online >= 1 && allowed >= 1 && quota > 0)) {
        errno = EINVAL;
        return -1;
    }
    while (use < online && use < allowed && use < quota)
        use++;
    return use;
}
