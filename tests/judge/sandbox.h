/* One program, run where it can do no harm: bounded, and where the kernel allows it to an ordinary
 * user, in namespaces of its own, of which nothing outlives it.
 *
 * All descriptors of the judge must be close-on-exec.
 *
 *   judge --- supervisor --- init (PID 1 of the namespace) --- the program
 *
 * Without namespaces the program is the supervisor's child, and the supervisor (a subreaper) kills
 * what is left of its descendants. */
#ifndef LOCKSTEP_JUDGE_SANDBOX_H
#define LOCKSTEP_JUDGE_SANDBOX_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct sandbox {
    const char *program; /* a path; opened before anything is given up */
    char *const *argv;
    char *const *envp;
    const char *output;    /* a file for standard output and error; made anew */
    int report;            /* a descriptor that the program finds as SANDBOX_REPORT; -1: none.
                              The process that becomes the program says PROTOCOL_HELLO on it. */
    bool isolate;          /* in namespaces; refused if there are none to be had */
    bool trusted;          /* it writes what it makes (a compiler): files are not write-protected,
                                the user is not changed, `isolate` is ignored */
    int cpu_s;             /* RLIMIT_CPU: whole seconds of CPU time for each process; 0: none */
    int64_t address_space; /* RLIMIT_AS in bytes for each process; 0: none */
    int64_t file_size;     /* RLIMIT_FSIZE in bytes */
    int processes;         /* RLIMIT_NPROC beyond those that others may have; 0: none */
};

enum { SANDBOX_REPORT = 200 };

/* What became of the program, read from the descriptor that sandbox_start stored. There is none if
 * the supervisor was killed; or could do no work, and exited with an errno as its status. */
struct sandbox_end {
    int status; /* as from waitpid; meaningless if `error` is set */
    int error;  /* the errno with which the program could not be started */
};

/* Starts the program. Returns the supervisor's PID, which the caller reaps; stores in *end the
 * descriptor to read one struct sandbox_end from. Returns -1 with errno if there is no process or no descriptor. To end everything: kill the supervisor. */
pid_t sandbox_start(const struct sandbox *sandbox, int *end);

/* True if an ordinary user (or root, become one) gets namespaces here. Tries it. */
bool sandbox_can_isolate(void);

/* Kills and reaps all descendants of the calling process, which must be a subreaper. */
void sandbox_sweep(void);

#endif
