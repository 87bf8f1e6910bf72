/* What the calling process has: see proc.h. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/watch/proc.h"

/* Children, added up over threads. */
struct sum {
    int process, children, error;
};

static void add_children(int thread, void *context)
{
    struct sum *sum = context;
    ssize_t children = proc_read_children(sum->process, thread, NULL, 0);

    if (children >= 0)
        sum->children += (int)children;
    else if (errno != ESRCH) /* the children of a thread that ends go to another one */
        sum->error = errno;
}

int proc_count_children(void)
{
    struct sum sum = {.process = proc_self()};

    if (sum.process == -1 || proc_each_thread(sum.process, add_children, &sum))
        return -1;
    if (sum.error)
        errno = sum.error;
    return sum.error ? -1 : sum.children;
}

static void count(int number, void *context)
{
    (void)number;
    ++*(int *)context;
}

int proc_count_descriptors(void)
{
    int descriptors = 0;

    if (proc_each_number("/proc/self/fd", count, &descriptors))
        return -1;
    return descriptors - 1; /* the one that has just been used to look */
}

int proc_count_shared_mappings(void)
{
    FILE *maps = fopen("/proc/self/maps", "re");
    char *line = NULL;
    size_t size = 0;
    int mappings = 0, failed;

    if (!maps)
        return -1;
    while (getline(&line, &size, maps) != -1) {
        const char *permissions = strchr(line, ' '); /* " rw-s" */

        mappings += permissions && permissions[4] == 's';
    }
    failed = !feof(maps);
    free(line);
    fclose(maps);
    return failed ? -1 : mappings;
}
