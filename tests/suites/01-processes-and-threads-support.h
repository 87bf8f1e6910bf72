/* What the tests of lab 01 share: work that notes who did it. */
#ifndef LOCKSTEP_SUITES_PROCESSES_AND_THREADS_SUPPORT_H
#define LOCKSTEP_SUITES_PROCESSES_AND_THREADS_SUPPORT_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/types.h>

#include "01-processes-and-threads/sharing.h"

/* Who did the work: in shared memory, written by the thread or the child that did it. */
struct who {
    pid_t pid;
    pthread_t thread;
    bool in_team; /* it was a thread of a parallel region */
    int team;     /* how many threads that region had */
    void *argument;
    atomic_int times;
};

extern struct who *who;
extern pid_t who_tester; /* the test's own process */
extern int who_copied;   /* 1 where the work was done, in memory that fork copies */

/* The first call of a test: makes `who`, and runs late work that must be done. `hint` is the end of
 * each message if the work is done, and a call fails all the same. */
void who_begin(const char *name, run_fn *run, const char *hint);

/* The work: notes who does it. The second does so only when everybody else is asleep: whoever does
 * not wait for the work has gone on by then. */
void who_note(void *argument);
void who_note_late(void *argument);

/* Runs the work and expects that it is done. `when` is empty, or says under which circumstances:
 * ", while signals arrive,". */
void who_expect_done(const char *name, const char *when, run_fn *run, work_fn *work);

/* How many threads a region of two has that is opened here. */
int who_threads_granted(void);

/* Another child of the caller's, which has ended; and expects that it is not reaped yet, and reaps
 * it. `when` is empty or ends in a comma. */
pid_t who_make_other_child(void);
void who_expect_other_child(pid_t other, const char *when);

#endif
