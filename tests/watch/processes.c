#include "tests/watch/processes.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

/* What is read so far. */
struct reading {
    struct processes processes;
    size_t room;
    bool no_memory;
};

static void add(int pid, void *context)
{
    struct reading *reading = context;
    struct processes *processes = &reading->processes;

    if (processes->count == reading->room) {
        size_t room = 2 * reading->room + 256;
        struct proc_process *more = realloc(processes->all, room * sizeof *more);

        reading->no_memory |= !more;
        if (!more)
            return;
        processes->all = more;
        reading->room = room;
    }
    if (proc_read_process(pid, &processes->all[processes->count]) == 0)
        processes->count++;
    else if (errno != ESRCH)
        processes->unknown++;
}

int processes_read(struct processes *processes)
{
    const int before = errno;
    struct reading reading = {0};
    int error = proc_each_process(add, &reading) ? errno : 0;

    if (reading.no_memory)
        error = ENOMEM;
    *processes = reading.processes;
    if (error)
        processes_free(processes);
    errno = error ? error : before;
    return error ? -1 : 0;
}

void processes_free(struct processes *processes)
{
    free(processes->all);
    *processes = (struct processes){0};
}

/* 0 if the process is not there. */
static int parent_of(const struct processes *processes, int pid)
{
    for (size_t i = 0; i < processes->count; i++)
        if (processes->all[i].pid == pid)
            return processes->all[i].parent;
    return 0;
}

bool processes_descend(const struct processes *processes, int pid, int ancestor)
{
    /* Not all of them are read at the same moment: a number that is used again might close a
     * circle. */
    for (size_t steps = 0; pid > 0 && steps < processes->count; steps++) {
        pid = parent_of(processes, pid);
        if (pid == ancestor)
            return pid > 0;
    }
    return false;
}

int processes_count_tasks(uid_t user)
{
    struct processes processes;
    int tasks = 0;

    if (processes_read(&processes))
        return -1;
    for (size_t i = 0; i < processes.count; i++)
        if (processes.all[i].user == user)
            tasks += processes.all[i].threads;
    processes_free(&processes);
    return tasks;
}

int processes_signal_descendants(int ancestor, int signal)
{
    const bool outer = proc_self() != getpid();
    struct processes processes;
    bool all_known;
    int alive = 0;

    if (processes_read(&processes))
        return -1;
    for (size_t i = 0; i < processes.count; i++) {
        const struct proc_process *process = &processes.all[i];

        if (process->state == 'Z' || !processes_descend(&processes, process->pid, ancestor))
            continue;
        alive++;
        kill(outer ? process->inner : process->pid, signal);
    }
    all_known = processes.unknown == 0;
    processes_free(&processes);
    if (alive > 0 || all_known)
        return alive;
    errno = EACCES;
    return -1;
}
