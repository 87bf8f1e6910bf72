/* Is everybody asleep? Seen from /proc: the threads of the process under test and of all its
 * descendants. */
#ifndef LOCKSTEP_WATCH_QUIET_H
#define LOCKSTEP_WATCH_QUIET_H

#include <stdbool.h>
#include <stdint.h>

/* From now on the calling process and its descendants are "everybody". Children inherit this. */
void quiet_watch_this_process(void);

/* One look at some processes' threads. */
struct quiet_look {
    int threads; /* how many there are */
    int awake;   /* how many of them run, could run, or wait for a disk */
    uint64_t
        switches;   /* how often they have been switched and how long they have run, mixed with who
                          they are: two looks that agree had nobody run in between */
    int64_t cpu_ms; /* CPU time they and the children they have reaped used; no finer than the
                          kernel's clock tick */
    int processes;
    int64_t memory_kb; /* resident, all processes added up */
};

/* One look at everybody but the calling thread (whose processes and memory are counted, though). */
struct quiet_look quiet_look(void);

/* One look at a process, as /proc names it, and all its descendants. */
struct quiet_look quiet_look_at(int process);

/* Waits until everybody else is asleep, and nobody ran between looks. What has not happened by then
 * will not happen by itself, except for what a timer of more than some ms may bring. Gives up when
 * everybody else has used a second of CPU time (somebody spins). Ends early with `true` when *stop
 * becomes other than 0, unless `stop` is NULL. Returns false if it gave up. */
bool quiet_wait(const volatile _Atomic int *stop);

/* The same, but a timer of some ms may go unseen, and it gives up after a fifth of a second
 * (threads of libomp that wait at a barrier for tasks spin): for where nothing goes wrong then. */
bool quiet_wait_briefly(const volatile _Atomic int *stop);

/* Waits until everybody else has been asleep for a second and a half, but for short looks by a
 * timer, with next to no CPU time used: no timer that a sensible program uses is longer, and the
 * judge waits longer still, so that the test is the one to tell. The same end by *stop: returns
 * false then. */
bool quiet_wait_hopeless(const volatile _Atomic int *stop);

#endif
