#include "common/program/machine.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A fixed cpu_set_t ends at 1024 CPUs: grow until the kernel's mask fits. */
int machine_cpus(void)
{
    for (int limit = 1024; limit <= 1 << 20; limit *= 2) {
        cpu_set_t *set = CPU_ALLOC(limit);
        size_t size = CPU_ALLOC_SIZE(limit);
        int cpus = 0;

        if (!set)
            break;
        if (sched_getaffinity(0, size, set) == 0)
            cpus = CPU_COUNT_S(size, set);
        CPU_FREE(set);
        if (cpus > 0)
            return cpus;
    }
    return 1;
}

void machine_model(char *name, size_t size)
{
    FILE *file = fopen("/proc/cpuinfo", "r");
    char line[512];

    snprintf(name, size, "unknown processor");
    if (!file)
        return;
    while (fgets(line, sizeof line, file)) {
        char *colon = strchr(line, ':');

        if (strncmp(line, "model name", 10) == 0 && colon && colon[1] == ' ') {
            colon[strcspn(colon, "\n")] = '\0';
            snprintf(name, size, "%s", colon + 2);
            break;
        }
    }
    fclose(file);
}
