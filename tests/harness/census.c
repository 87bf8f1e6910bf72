#include "tests/harness/census.h"

#include <ctype.h>
#include <dirent.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/harness/grader.h"
#include "tests/harness/wording.h"

static int count_entries(const char *path)
{
    DIR *folder = opendir(path);
    struct dirent *entry;
    int entries = 0;

    while (folder && (entry = readdir(folder)))
        entries += isdigit((unsigned char)entry->d_name[0]) != 0;
    if (folder)
        closedir(folder);
    return entries;
}

static int count_words(const char *path)
{
    FILE *file = fopen(path, "r");
    int words = 0, pid;

    while (file && fscanf(file, "%d", &pid) == 1)
        words++;
    if (file)
        fclose(file);
    return words;
}

/* A child hangs on the thread that forked it. */
static int count_children(void)
{
    DIR *tasks = opendir("/proc/self/task");
    struct dirent *entry;
    int children = 0;

    while (tasks && (entry = readdir(tasks))) {
        char path[64];

        snprintf(path, sizeof path, "/proc/self/task/%.16s/children", entry->d_name);
        children += count_words(path);
    }
    if (tasks)
        closedir(tasks);
    return children;
}

static int count_shared_mappings(void)
{
    FILE *maps = fopen("/proc/self/maps", "r");
    char line[512];
    int mappings = 0;

    while (maps && fgets(line, sizeof line, maps)) {
        const char *permissions = strchr(line, ' ');

        mappings += permissions && permissions[4] == 's';
    }
    if (maps)
        fclose(maps);
    return mappings;
}

struct census census_take(void)
{
    return (struct census){.children = count_children(),
                           .descriptors = count_entries("/proc/self/fd"),
                           .mappings = count_shared_mappings(),
                           .heap = mallinfo2().uordblks};
}

static void expect_no_more(int before, int after, const char *things, const char *what, int calls)
{
    expect(after <= before,
           "After %s of %s there should be no more %s than before (%d), but there are %d.",
           plural(calls, "call"), what, things, before, after);
}

void census_expect_same(struct census before, struct census after, const char *what, int calls)
{
    expect_no_more(before.children, after.children, "child processes (running or not yet reaped)",
                   what, calls);
    expect_no_more(before.descriptors, after.descriptors, "open file descriptors", what, calls);
    expect_no_more(before.mappings, after.mappings, "shared memory mappings", what, calls);
}

void census_expect_heap(struct census before, struct census after, const char *what, int calls)
{
    expect(after.heap < before.heap + 1000,
           "After %s of %s there are %zu more bytes of the heap in use. Is all that was allocated "
           "freed, on every path?",
           plural(calls, "call"), what, after.heap - before.heap);
}
