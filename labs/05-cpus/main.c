/* How many CPUs are there? It depends on whom you ask.
 *
 *   make run LAB=05
 *   taskset -c 0 build/gcc/labs/05-cpus/cpus     may run on the first CPU only
 *   OMP_NUM_THREADS=3 make run LAB=05            the team is what you ask for, CPUs or not */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "05-cpus/cpus.h"
#include "common/program/lines.h"
#include "common/program/options.h"

/* Reads the first line of a file; "" if there is no such file. */
static void read_line(const char *path, char *line, int size)
{
    FILE *file = fopen(path, "r");

    if (!file || !fgets(line, size, file))
        line[0] = '\0';
    if (file)
        fclose(file);
}

/* The quota of this process's control group, if the usual places show it: the least of those
 * set there. */
static double look_for_quota(void)
{
    char line[128], period[128];
    double quota = INFINITY, found;

    read_line("/sys/fs/cgroup/cpu.max", line, sizeof line);
    found = quota_v2(line);
    if (found < quota)
        quota = found;
    read_line("/sys/fs/cgroup/cpu/cpu.cfs_quota_us", line, sizeof line);
    read_line("/sys/fs/cgroup/cpu/cpu.cfs_period_us", period, sizeof period);
    found = quota_v1(line, period);
    return found < quota ? found : quota;
}

int main(int argc, char **argv)
{
    int online, allowed, team, use;
    double quota;
    int failed;

    options_parse("Counts CPUs in four ways.", NULL, 0, argc, argv);
    online = cpus_online();
    allowed = cpus_allowed();
    team = cpus_team();
    if (online == -1 || allowed == -1 || team == -1) {
        perror("cpus");
        return EXIT_FAILURE;
    }
    quota = look_for_quota();
    use = cpus_to_use(online, allowed, quota);
    failed = line_print("online in this machine      : %d", online) ||
             line_print("allowed to this process     : %d", allowed) ||
             (isinf(quota) ? line_print("given by the control group  : no limit")
                           : line_print("given by the control group  : %.2f", quota)) ||
             line_print("in an OpenMP team           : %d", team) ||
             line_print("Number of Core : %d", use);
    if (failed)
        perror("write");
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
