/* One program, run where it can do no harm: it is bounded; and where the kernel allows it to an
 * ordinary user, it has namespaces of its own, of which nothing outlives it. Without namespaces a
 * supervisor kills what is left of its descendants. sandbox.c says how this works.
 *
 * All descriptors of the calling process must be close-on-exec. */
#ifndef LOCKSTEP_JUDGE_SANDBOX_H
#define LOCKSTEP_JUDGE_SANDBOX_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct sandbox {
    const char *program; /* a path; opened before any right is given up */
    char *const *argv;
    char *const *envp;
    const char *output;        /* a file for standard output and error, made anew; or NULL */
    int stream;                /* without `output`: the descriptor for both */
    int notes;                 /* a descriptor that the program finds as SANDBOX_NOTES; -1: none */
    int report;                /* a descriptor that the program finds as SANDBOX_REPORT; -1: none.
                              The process that becomes the program says PROTOCOL_HELLO on it. */
    const char *const *hidden; /* folders that it finds empty if it is isolated, NULL at the end;
                              or NULL */
    bool isolate;              /* in namespaces; refused where the system gives none */
    bool network;              /* the loopback address works in its namespace, too */
    bool trusted;          /* it makes files (a compiler does): nothing is write-protected, the user
                              stays the same, `isolate` is ignored */
    int cpu_s;             /* RLIMIT_CPU: whole seconds of CPU time for each process; 0: none */
    int64_t address_space; /* RLIMIT_AS in bytes for each process; 0: none */
    int64_t file_size;     /* RLIMIT_FSIZE in bytes */
    int processes;         /* RLIMIT_NPROC beyond what others may have; 0: none */
};

enum { SANDBOX_REPORT = 200, SANDBOX_NOTES = 201 };

/* What became of the program, read from the descriptor that sandbox_start stored. Nothing comes if
 * the supervisor was killed; or if it could not work, and then it exits with an errno. */
struct sandbox_end {
    int status;   /* as from waitpid; meaningless if `error` is set */
    int error;    /* the errno with which the program could not be started */
    bool orphans; /* it was killed, as it left orphans without end */
};

/* Starts the program. Returns its supervisor's PID, which the caller reaps, and stores in *end the
 * descriptor from which one struct sandbox_end is to be read. Returns -1 with errno if there is no
 * process or descriptor left. Killing the supervisor ends everything, if it is isolated. */
pid_t sandbox_start(const struct sandbox *sandbox, int *end);

/* Kills and reaps all descendants of the calling process, which must be a subreaper. */
void sandbox_sweep(void);

#endif
