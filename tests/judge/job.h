/* A program in the sandbox, watched while it runs. It has no time limit that a slow machine could
 * make it miss: it is ended when it sleeps and nothing can wake it, or when it has used more CPU
 * time, memory or processes than it may. */
#ifndef LOCKSTEP_JUDGE_JOB_H
#define LOCKSTEP_JUDGE_JOB_H

#include <stdint.h>

#include "tests/judge/sandbox.h"

/* How a job ended. */
enum job_end {
    JOB_RUNNING,
    JOB_EXITED,    /* by itself: see `status` */
    JOB_ASLEEP,    /* ended by the judge: everything was asleep, for good */
    JOB_CPU,       /* the same: it used too much CPU time */
    JOB_MEMORY,    /* the same: too much memory */
    JOB_PROCESSES, /* the same: too many processes */
    JOB_HIDDEN,    /* the same: it could not be seen any more, for minutes */
    JOB_UNSEEN,    /* ended by the judge, which has never seen all of it */
    JOB_LOST,      /* its supervisor was killed, and not by the judge */
    JOB_NO_START,  /* the judge could not start it: see `status`, an errno */
    JOB_NO_EXEC,   /* it is not a program that can run: see `status`, an errno */
};

struct job {
    enum job_end end;
    int status;     /* JOB_EXITED: as from waitpid; JOB_NO_START: an errno */
    int64_t cpu_ms; /* the most that was seen */

    char sleepers[512]; /* JOB_ASLEEP: who slept in what, as sentences that begin with a blank */

    /* Private. */
    pid_t supervisor; /* 0: reaped */
    bool isolated;
    int ending;         /* where struct sandbox_end comes from */
    enum job_end why;   /* what the judge killed it for */
    int64_t seen_ms[2]; /* CPU time at the last look, and the larger of the last two looks */
    int64_t lost_ms;    /* CPU time of children that nobody waited for */
    int64_t sleep_mark; /* cpu_ms when the present sleep was first seen */
    int asleep;         /* looks in a row that saw nobody awake */
    int64_t idle_mark;  /* cpu_ms when it last grew */
    int idle;           /* looks in a row that saw no CPU time used */
    int looks, awake;   /* of the present window */
    int64_t window_ms;  /* cpu_ms when the present window began */
    int drowsy;         /* windows in which hardly anybody was awake */
    int64_t awake_ms;   /* CPU time it may have used at most, seen or unseen */
    uint64_t who;       /* the threads of the last look, */
    uint64_t reaped;    /* and what it saw of the children that were reaped */
    bool went_on;       /* in the present window children or threads began or ended */
    bool seen;          /* there was a look that saw all of it */
    int unseen;         /* looks in a row that did not */
    int64_t cpu_limit_ms;
};

/* How often job_look is to be called. */
enum { JOB_LOOK_MS = 100 };

/* What all processes of a job together may use. CPU time: this often the limit of each process. */
enum { JOB_CPU_FACTOR = 3, JOB_MEMORY_KB = 2 << 20, JOB_PROCESSES_MOST = 100 };

/* Starts it. On failure the job has ended with JOB_NO_START. */
void job_start(struct job *job, const struct sandbox *sandbox);

/* Looks at what it does, and ends it if necessary. To be called every JOB_LOOK_MS while it runs. */
void job_look(struct job *job);

/* The descriptor `ending` is readable: the job has ended. Reaps the supervisor. */
void job_finish(struct job *job);

/* Ends it now. job_finish must still be called. */
void job_kill(struct job *job);

#endif
