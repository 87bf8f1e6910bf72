/* What the kernel says about processes and threads: the one place that reads /proc.
 *
 * Processes and threads bear the numbers that /proc gives them. In a PID namespace these need not
 * be the ones that getpid and fork return, unless a /proc of that namespace is mounted.
 *
 * "Nothing is there" and "nobody can say" are told apart. Where a function fails, errno is ESRCH
 * if the process or thread does not exist (any more), which is an answer; any other errno means
 * that the answer is unknown: there is no /proc, the kernel does not offer the file (ENOTSUP), it
 * may not be read, no descriptor or no memory is left. A count of 0 always means "none".
 * Processes that /proc hides from the caller (its mount option hidepid) seem not to exist: ESRCH is
 * no answer about a process that is known to be there.
 *
 * A function that succeeds leaves errno as it is. */
#ifndef LOCKSTEP_WATCH_PROC_H
#define LOCKSTEP_WATCH_PROC_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* The calling process, and the calling thread. Each returns a number, or -1 with errno. */
int proc_self(void);
int proc_self_thread(void);

struct proc_process {
    int pid, parent, threads;
    int inner;  /* what it calls itself: its number in the innermost PID namespace that it is in */
    uid_t user; /* the real one */
    char state; /* a letter, as in proc(5): R runs, S sleeps, Z has ended and is not reaped, ... */
};

/* Reads one process. Returns 0, or -1 with errno. */
int proc_read_process(int pid, struct proc_process *process);

/* Calls `visit` for each process that /proc shows. Returns 0, or -1 with errno. */
int proc_each_process(void (*visit)(int pid, void *context), void *context);

struct proc_thread {
    char state;
    uint64_t voluntary, involuntary; /* how often it gave up its CPU, and how often it had to */
    int64_t ran_ns;                  /* how long it has been on a CPU; -1: unknown */
};

/* Reads one thread of a process. Returns 0, or -1 with errno. */
int proc_read_thread(int process, int thread, struct proc_thread *result);

/* The number of the system call in which a thread sleeps. -1 if it sleeps in none; or with errno if
 * that is not known. */
long proc_read_call(int process, int thread);

/* Calls `visit` for each thread of a process. Returns 0, or -1 with errno. */
int proc_each_thread(int process, void (*visit)(int thread, void *context), void *context);

/* Reads the children that a thread of a process has forked or inherited: those that have not been
 * reaped. Stores as many as there is room for. Returns how many there are, or -1 with errno. A
 * kernel without CONFIG_PROC_CHILDREN tells of no thread's children: there the first thread of a
 * process has them all. */
ssize_t proc_read_children(int process, int thread, int children[], size_t room);

/* The same for all threads of a process, by a look at every process. So it also finds the children
 * of a process that is hidden. */
ssize_t proc_scan_children(int process, int children[], size_t room);

struct proc_usage {
    int64_t cpu_ms;    /* its own and that of the children it has reaped; in clock ticks */
    int64_t memory_kb; /* resident */
    uint64_t reaped;   /* grows with each child that it reaps: by the page faults of that child */
};

/* What a process has used and uses. Returns 0, or -1 with errno. */
int proc_read_usage(int process, struct proc_usage *usage);

/* Calls `visit` for each entry of a folder of /proc that is a number. Returns 0, or -1 with
 * errno. */
int proc_each_number(const char *path, void (*visit)(int number, void *context), void *context);

/* What the calling process has; -1 with errno. Children count until they are reaped. */
int proc_count_children(void);
int proc_count_descriptors(void);
int proc_count_shared_mappings(void);

#endif
