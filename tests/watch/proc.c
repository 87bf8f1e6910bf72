#include "tests/watch/proc.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PATH_SIZE = 64 };

/* Only for names that cannot be too long: /proc/PID/task/TID/schedstat. */
static void path_of_process(char path[PATH_SIZE], int process, const char *file)
{
    snprintf(path, PATH_SIZE, "/proc/%d/%s", process, file);
}

static void path_of_thread(char path[PATH_SIZE], int process, int thread, const char *file)
{
    snprintf(path, PATH_SIZE, "/proc/%d/task/%d/%s", process, thread, file);
}

/* After a failure to read a file of the process or thread that `folder` belongs to: ENOENT can mean
 * three things. Sets errno to ESRCH if nobody is there. Returns -1. */
static int why_not(const char *folder)
{
    int error = errno;

    if (error == ENOENT && access(folder, F_OK) == 0)
        error = ENOTSUP;
    else if (error == ENOENT && access("/proc/self", F_OK) == 0)
        error = ESRCH;
    errno = error;
    return -1;
}

/* Reads a file of less than `size` bytes, in one call: so all of it is of the same moment. Returns
 * its length, or -1 with errno (EIO: it is empty). */
static ssize_t read_once(const char *path, char *text, size_t size)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t length;

    if (file == -1)
        return -1;
    length = read(file, text, size - 1);
    close(file);
    if (length == 0)
        errno = EIO;
    if (length <= 0)
        return -1;
    text[length] = '\0';
    return length;
}

/* Finds "NAME:\t" in the text of a file `status`; NULL if it is not there. No process can put a
 * line of its own in there: in its name the kernel writes a newline as two characters. */
static const char *field(const char *status, const char *name)
{
    size_t length = strlen(name);

    for (const char *line = status; line; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (strncmp(line, name, length) == 0 && strncmp(line + length, ":\t", 2) == 0)
            return line + length + 2;
    }
    return NULL;
}

/* Calls `visit` for each entry of a folder that is a number. Returns 0, or -1 with errno. */
int proc_each_number(const char *path, void (*visit)(int number, void *context), void *context)
{
    const int before = errno;
    DIR *folder = opendir(path);
    struct dirent *entry;
    int error;

    if (!folder)
        return -1;
    while (errno = 0, (entry = readdir(folder)))
        if (isdigit((unsigned char)entry->d_name[0]))
            visit(atoi(entry->d_name), context);
    error = errno;
    closedir(folder);
    errno = error ? error : before;
    return error ? -1 : 0;
}

int proc_self(void)
{
    char name[PATH_SIZE] = "";

    return readlink("/proc/self", name, sizeof name - 1) > 0 ? atoi(name) : -1;
}

int proc_self_thread(void)
{
    char name[PATH_SIZE] = ""; /* PID/task/TID */

    if (readlink("/proc/thread-self", name, sizeof name - 1) <= 0)
        return -1;
    return atoi(strrchr(name, '/') + 1);
}

/* Linux without PID namespaces has no such line. */
static int inner_number(const char *status, int pid)
{
    const char *numbers = field(status, "NSpid"); /* a number for each namespace, from outside */
    int inner = pid;
    char *end;

    for (long number; numbers && (number = strtol(numbers, &end, 10)) > 0; numbers = end) {
        inner = (int)number;
        if (*end != '\t')
            break;
    }
    return inner;
}

int proc_read_process(int pid, struct proc_process *process)
{
    char path[PATH_SIZE], text[4096];
    const char *state, *parent, *user, *threads;

    path_of_process(path, pid, "status");
    if (read_once(path, text, sizeof text) == -1) {
        path_of_process(path, pid, "");
        return why_not(path);
    }
    state = field(text, "State");
    parent = field(text, "PPid");
    user = field(text, "Uid");
    threads = field(text, "Threads");
    if (!state || !parent || !user || !threads) {
        errno = EIO;
        return -1;
    }
    *process = (struct proc_process){.pid = pid,
                                     .inner = inner_number(text, pid),
                                     .parent = atoi(parent),
                                     .threads = atoi(threads),
                                     .user = (uid_t)strtoul(user, NULL, 10),
                                     .state = state[0]};
    return 0;
}

int proc_each_process(void (*visit)(int pid, void *context), void *context)
{
    return proc_each_number("/proc", visit, context);
}

int proc_read_thread(int process, int thread, struct proc_thread *result)
{
    const int before = errno;
    char path[PATH_SIZE], text[4096];
    const char *state, *voluntary, *involuntary;

    path_of_thread(path, process, thread, "status");
    if (read_once(path, text, sizeof text) == -1) {
        path_of_thread(path, process, thread, "");
        return why_not(path);
    }
    state = field(text, "State");
    voluntary = field(text, "voluntary_ctxt_switches");
    involuntary = field(text, "nonvoluntary_ctxt_switches");
    if (!state || !voluntary || !involuntary) {
        errno = EIO;
        return -1;
    }
    *result = (struct proc_thread){.state = state[0],
                                   .voluntary = strtoul(voluntary, NULL, 10),
                                   .involuntary = strtoul(involuntary, NULL, 10),
                                   .ran_ns = -1};
    path_of_thread(path, process, thread, "schedstat");
    if (read_once(path, text, sizeof text) > 0)
        result->ran_ns = (int64_t)strtoull(text, NULL, 10);
    errno = before;
    return 0;
}

long proc_read_call(int process, int thread)
{
    const int before = errno;
    char path[PATH_SIZE], text[256];

    path_of_thread(path, process, thread, "syscall");
    if (read_once(path, text, sizeof text) == -1) {
        path_of_thread(path, process, thread, "");
        return why_not(path);
    }
    errno = before;
    return isdigit((unsigned char)text[0]) ? strtol(text, NULL, 10) : -1; /* or "running" */
}

int proc_each_thread(int process, void (*visit)(int thread, void *context), void *context)
{
    char path[PATH_SIZE];

    path_of_process(path, process, "task");
    if (proc_each_number(path, visit, context) == 0)
        return 0;
    path_of_process(path, process, "");
    return why_not(path);
}

/* A search for a process' children. */
struct scan {
    int parent, *children;
    size_t room;
    ssize_t count;
};

static void visit_in_scan(int pid, void *context)
{
    struct scan *scan = context;
    struct proc_process process = {0};

    if (proc_read_process(pid, &process) || process.parent != scan->parent)
        return;
    if ((size_t)scan->count < scan->room)
        scan->children[scan->count] = pid;
    scan->count++;
}

ssize_t proc_scan_children(int process, int children[], size_t room)
{
    const int before = errno;
    struct scan scan = {.parent = process, .children = children, .room = room};

    if (proc_each_process(visit_in_scan, &scan))
        return -1;
    errno = before;
    return scan.count;
}

ssize_t proc_read_children(int process, int thread, int children[], size_t room)
{
    char path[PATH_SIZE], text[4096];
    ssize_t length, count = 0;
    int file, number = 0;

    path_of_thread(path, process, thread, "children");
    file = open(path, O_RDONLY | O_CLOEXEC);
    if (file == -1) {
        path_of_thread(path, process, thread, "");
        why_not(path);
        if (errno != ENOTSUP)
            return -1;
        return thread == process ? proc_scan_children(process, children, room) : 0;
    }
    /* "17 18 19 ", no more than a page of it at a time. */
    while ((length = read(file, text, sizeof text)) > 0)
        for (ssize_t i = 0; i < length; i++) {
            if (isdigit((unsigned char)text[i])) {
                number = 10 * number + (text[i] - '0');
                continue;
            }
            if ((size_t)count < room)
                children[count] = number;
            count++;
            number = 0;
        }
    close(file);
    return length == 0 ? count : -1;
}

int proc_read_usage(int process, struct proc_usage *usage)
{
    char path[PATH_SIZE], text[4096];
    unsigned long times[4], faults;
    long pages;
    const char *end_of_name; /* which may hold blanks and brackets */

    path_of_process(path, process, "stat");
    if (read_once(path, text, sizeof text) == -1) {
        path_of_process(path, process, "");
        return why_not(path);
    }
    end_of_name = strrchr(text, ')');
    if (!end_of_name ||
        sscanf(end_of_name + 2,
               "%*c %*d %*d %*d %*d %*d %*u %*u %lu %*u %*u %lu %lu %lu %lu %*d %*d %*d %*d %*u "
               "%*u %ld",
               &faults, &times[0], &times[1], &times[2], &times[3], &pages) != 6) {
        errno = EIO;
        return -1;
    }
    usage->cpu_ms =
        (int64_t)(times[0] + times[1] + times[2] + times[3]) * 1000 / sysconf(_SC_CLK_TCK);
    usage->reaped = faults;
    usage->memory_kb = pages * sysconf(_SC_PAGESIZE) / 1024;
    return 0;
}
