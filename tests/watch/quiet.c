#include "tests/watch/quiet.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"

enum { MOST_PROCESSES = 4096 };

/* The process under test as /proc names it, which in a PID namespace need not be getpid(). */
static int root;

void quiet_watch_this_process(void)
{
    char name[32] = "";

    if (readlink("/proc/self", name, sizeof name - 1) > 0)
        root = atoi(name);
}

/* Reads a whole small file of /proc. Returns its length, -1 if it is gone. */
static ssize_t slurp(const char *path, char *text, size_t size)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t length;

    if (file == -1)
        return -1;
    length = read(file, text, size - 1);
    close(file);
    if (length >= 0)
        text[length] = '\0';
    return length;
}

static uint64_t mix(uint64_t sum, uint64_t value)
{
    return (sum ^ value) * 0x100000001b3u + 1;
}

/* Adds one thread to the look. */
static void look_at_thread(struct quiet_look *look, const char *task)
{
    char path[96], text[4096];
    const char *field;
    char state;

    snprintf(path, sizeof path, "%s/status", task);
    if (slurp(path, text, sizeof text) <= 0 || !(field = strstr(text, "\nState:\t")))
        return;
    state = field[8];
    look->threads++;
    look->awake += strchr("SZXT", state) == NULL;
    look->switches = mix(look->switches, strtoul(strstr(text, "\nPid:\t") + 6, NULL, 10));
    for (field = text; (field = strstr(field, "ctxt_switches:")); field++)
        look->switches = mix(look->switches, strtoul(field + 14, NULL, 10));
    /* Who asks waitpid again and again (WNOHANG) is "asleep" for a good part of that call, and is not
     * switched while nobody else wants its CPU. But its time on a CPU grows. */
    snprintf(path, sizeof path, "%s/schedstat", task);
    if (slurp(path, text, sizeof text) > 0)
        look->switches = mix(look->switches, strtoull(text, NULL, 10));
}

/* Adds what is counted by the process: its CPU time, with that of the children it has reaped, and
 * its memory. */
static void look_at_process(struct quiet_look *look, int process)
{
    char path[48], text[4096];
    const char *field;

    snprintf(path, sizeof path, "/proc/%d/stat", process);
    if (slurp(path, text, sizeof text) > 0 && (field = strrchr(text, ')'))) {
        unsigned long times[4] = {0};
        long pages = 0;

        sscanf(field + 2,
               "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu %lu %lu %*d %*d %*d %*d %*u "
               "%*u %ld",
               &times[0], &times[1], &times[2], &times[3], &pages);
        look->processes++;
        look->cpu_ms +=
            (int64_t)(times[0] + times[1] + times[2] + times[3]) * 1000 / sysconf(_SC_CLK_TCK);
        look->memory_kb += pages * sysconf(_SC_PAGESIZE) / 1024;
    }
}

/* Adds the children of a thread to the processes still to be looked at. */
static size_t add_children(const char *task, int processes[], size_t count)
{
    char path[96], text[65536];
    char *at = text;

    snprintf(path, sizeof path, "%s/children", task);
    if (slurp(path, text, sizeof text) <= 0)
        return count;
    while (count < MOST_PROCESSES && isdigit((unsigned char)*at)) {
        processes[count++] = (int)strtol(at, &at, 10);
        while (*at == ' ')
            at++;
    }
    return count;
}

/* Looks at a process and its descendants, but for the thread that /proc calls `left_out`. */
static struct quiet_look look_around(int process, const char *left_out)
{
    static _Thread_local int processes[MOST_PROCESSES];
    struct quiet_look look = {0};
    size_t count = 1;

    processes[0] = process;
    for (size_t i = 0; i < count; i++) {
        char path[48];
        struct dirent *entry;
        DIR *tasks;

        snprintf(path, sizeof path, "/proc/%d/task", processes[i]);
        tasks = opendir(path);
        while (tasks && (entry = readdir(tasks))) {
            char task[80];

            if (!isdigit((unsigned char)entry->d_name[0]))
                continue;
            snprintf(task, sizeof task, "%s/%.16s", path, entry->d_name);
            if (strcmp(task + strlen("/proc/"), left_out) != 0)
                look_at_thread(&look, task);
            count = add_children(task, processes, count);
        }
        if (tasks)
            closedir(tasks);
        look_at_process(&look, processes[i]);
    }
    return look;
}

struct quiet_look quiet_look(void)
{
    char me[64] = "";
    struct quiet_look look;
    struct timespec own;

    if (readlink("/proc/thread-self", me, sizeof me - 1) < 0)
        me[0] = '\0';
    look = look_around(root, me);
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &own);
    look.cpu_ms -= (own.tv_sec * NS_PER_S + own.tv_nsec) / NS_PER_MS;
    return look;
}

struct quiet_look quiet_look_at(int process)
{
    return look_around(process, "");
}

static bool wait_asleep(const volatile _Atomic int *stop, int pause_ms, int cpu_allowed_ms)
{
    const int looks_wanted = 3;
    struct quiet_look first = quiet_look(), before = first;

    for (int alike = 0; alike < looks_wanted && !(stop && *stop);) {
        struct quiet_look now;

        clock_sleep(pause_ms * NS_PER_MS);
        now = quiet_look();
        alike = now.awake == 0 && now.switches == before.switches ? alike + 1 : 0;
        if (now.cpu_ms - first.cpu_ms > cpu_allowed_ms)
            return false;
        before = now;
    }
    return true;
}

bool quiet_wait(const volatile _Atomic int *stop)
{
    return wait_asleep(stop, 10, 1000);
}

bool quiet_wait_briefly(const volatile _Atomic int *stop)
{
    return wait_asleep(stop, 2, 200);
}

/* Who waits with a timer, as a parent that looks for dead children now and then, is seen awake at some
 * looks; on a busy machine at many, since it waits for a CPU each time. One such look takes back two
 * others, so up to a third of them may be. */
bool quiet_wait_hopeless(const volatile _Atomic int *stop)
{
    const int looks_wanted = 75, looks_taken_back = 2, pause_ms = 20, cpu_allowed_ms = 60;
    struct quiet_look first = quiet_look();

    for (int asleep = 0, looks = 1; asleep < looks_wanted; looks++) {
        struct quiet_look now;

        if (*stop)
            return false;
        clock_sleep(pause_ms * NS_PER_MS);
        now = quiet_look();
        if (now.awake == 0)
            asleep++;
        else
            asleep = asleep > looks_taken_back ? asleep - looks_taken_back : 0;
        if (now.cpu_ms - first.cpu_ms > cpu_allowed_ms)
            asleep = 0;
        if (asleep == 0 || looks % looks_wanted == 0)
            first = now;
    }
    return true;
}
