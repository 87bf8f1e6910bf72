#include "tests/judge/files.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int files_write(const char *path, const char *text)
{
    int file = open(path, O_WRONLY | O_CLOEXEC);
    ssize_t written;

    if (file == -1)
        return -1;
    written = write(file, text, strlen(text));
    close(file);
    return written == (ssize_t)strlen(text) ? 0 : -1;
}

int files_make_folder(const char *path)
{
    char partial[PATH_MAX];

    snprintf(partial, sizeof partial, "%s", path);
    for (char *at = partial + 1; *at; at++) {
        if (*at != '/')
            continue;
        *at = '\0';
        if (mkdir(partial, 0755) && errno != EEXIST)
            return -1;
        *at = '/';
    }
    return mkdir(partial, 0755) && errno != EEXIST ? -1 : 0;
}

size_t files_read(const char *path, char *text, size_t size)
{
    FILE *file = fopen(path, "re");
    size_t length = 0;

    if (file) {
        length = fread(text, 1, size - 1, file);
        fclose(file);
    }
    text[length] = '\0';
    return length;
}

/* Of a process: its user's number, its threads, its parent, and whether it has ended. */
struct process {
    int pid, parent, threads;
    uid_t user;
    char state;
};

/* Reads /proc/PID/status. Returns 0, or -1 if the process is gone. */
static int read_process(int pid, struct process *process)
{
    char path[48], text[4096];
    const char *field;

    snprintf(path, sizeof path, "/proc/%d/status", pid);
    if (files_read(path, text, sizeof text) == 0)
        return -1;
    *process = (struct process){.pid = pid};
    if ((field = strstr(text, "\nState:\t")))
        process->state = field[8];
    if ((field = strstr(text, "\nPPid:\t")))
        process->parent = atoi(field + 7);
    if ((field = strstr(text, "\nUid:\t")))
        process->user = (uid_t)strtoul(field + 6, NULL, 10);
    if ((field = strstr(text, "\nThreads:\t")))
        process->threads = atoi(field + 10);
    return 0;
}

/* Reads all processes into an array that the caller frees. Returns how many. */
static size_t read_all(struct process **all)
{
    DIR *proc = opendir("/proc");
    struct dirent *entry;
    size_t count = 0, room = 0;

    *all = NULL;
    while (proc && (entry = readdir(proc))) {
        if (!isdigit((unsigned char)entry->d_name[0]))
            continue;
        if (count == room) {
            struct process *more = realloc(*all, (room = 2 * room + 256) * sizeof **all);

            if (!more)
                break;
            *all = more;
        }
        if (read_process(atoi(entry->d_name), &(*all)[count]) == 0)
            count++;
    }
    if (proc)
        closedir(proc);
    return count;
}

int files_count_tasks(uid_t user)
{
    struct process *all;
    size_t count = read_all(&all);
    int tasks = 0;

    for (size_t i = 0; i < count; i++)
        if (all[i].user == user)
            tasks += all[i].threads;
    free(all);
    return tasks;
}

static int descends(const struct process *all, size_t count, int pid, int ancestor)
{
    for (int steps = 0; pid > 1 && steps < 1000; steps++) {
        size_t i = 0;

        while (i < count && all[i].pid != pid)
            i++;
        if (i == count)
            return 0;
        pid = all[i].parent;
        if (pid == ancestor)
            return 1;
    }
    return 0;
}

int files_signal_descendants(pid_t ancestor, int signal)
{
    struct process *all;
    size_t count = read_all(&all);
    int alive = 0;

    for (size_t i = 0; i < count; i++) {
        if (all[i].state == 'Z' || !descends(all, count, all[i].pid, ancestor))
            continue;
        alive++;
        kill(all[i].pid, signal);
    }
    free(all);
    return alive;
}
