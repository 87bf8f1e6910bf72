#include "common/program/machine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The value of a line "KEY: VALUE" in a file of /proc, to be freed; NULL if no line is like
 * that. */
static char *read_value(const char *path, const char *key)
{
    FILE *file = fopen(path, "r");
    size_t length = strlen(key), size = 0;
    char *line = NULL, *value = NULL;

    if (!file)
        return NULL;
    while (!value && getline(&line, &size, file) != -1) {
        char *colon;

        if (strncmp(line, key, length) != 0)
            continue;
        colon = line + length + strspn(line + length, "\t");
        if (*colon == ':')
            value = strdup(colon + 1 + strspn(colon + 1, " \t"));
    }
    if (value)
        value[strcspn(value, "\n")] = '\0';
    free(line);
    fclose(file);
    return value;
}

int machine_count_list(const char *list)
{
    int cpus = 0;

    while (*list) {
        char *end;
        long first = strtol(list, &end, 10), last = first;

        if (*end == '-')
            last = strtol(end + 1, &end, 10);
        cpus += (int)(last - first + 1);
        list = *end == ',' ? end + 1 : "";
    }
    return cpus;
}

/* Not omp_get_num_procs: it wakes OpenMP's runtime, and clang's then leaves a file in /dev/shm for
 * every child that is forked. */
int machine_cpus(void)
{
    char *list = read_value("/proc/self/status", "Cpus_allowed_list");
    int cpus = list ? machine_count_list(list) : 1;

    free(list);
    return cpus;
}

void machine_model(char *name, size_t size)
{
    char *model = read_value("/proc/cpuinfo", "model name");

    snprintf(name, size, "%s", model ? model : "unknown processor");
    free(model);
}
