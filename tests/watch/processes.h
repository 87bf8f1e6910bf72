/* All processes at once, and who descends from whom. Numbers and errors are those of
 * tests/watch/proc.h. */
#ifndef LOCKSTEP_WATCH_PROCESSES_H
#define LOCKSTEP_WATCH_PROCESSES_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "tests/watch/proc.h"

struct processes {
    struct proc_process *all;
    size_t count;
    size_t unknown; /* processes that exist, but could not be read */
};

/* Reads all processes; those that end meanwhile are left out. Returns 0; or -1 with errno, and then
 * there are none. processes_free frees what they hold. */
int processes_read(struct processes *processes);
void processes_free(struct processes *processes);

/* True if a process is a child of `ancestor`, a child of such a child, and so on. */
bool processes_descend(const struct processes *processes, int pid, int ancestor);

/* How many threads a user has on this machine, all processes together; -1 with errno. */
int processes_count_tasks(uid_t user);

/* Sends a signal (0: none) to every descendant of a process that has not ended; they are reached
 * also where /proc is that of an outer PID namespace, if all are in the caller's. Returns how many
 * there are; or -1 with errno if none was found, but not all processes could be read. */
int processes_signal_descendants(int ancestor, int signal);

#endif
