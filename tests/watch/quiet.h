/* Is everybody asleep? As /proc shows it, of the process under test and of all its descendants: of
 * each of their threads. */
#ifndef LOCKSTEP_WATCH_QUIET_H
#define LOCKSTEP_WATCH_QUIET_H

#include <stdbool.h>
#include <stdint.h>

/* From now on "everybody" means the calling process and its descendants. Children inherit this. */
void quiet_watch_this_process(void);

/* The calling thread only watches: no look of this process counts it any more. For one thread. */
void quiet_leave_out_this_thread(void);

/* One look at some processes. */
struct quiet_look {
    int threads; /* how many there are */
    int awake;   /* how many of them run, could run, or wait for a disk */
    /* How many processes and threads are there, but hidden or unreadable. What they do nobody can
     * say, so while there are any it is not known that all are asleep. */
    int unknown;
    uint64_t who;    /* a sum over who the threads are */
    uint64_t reaped; /* changes with each child that one of them has reaped */
    /* A sum over who the threads are, how often each was switched, and how long each has run. If
     * two looks agree in it, nobody ran between them. */
    uint64_t switches;
    uint64_t sleeps; /* how often they have fallen asleep, all together */
    int64_t cpu_ms;  /* CPU time of them and of the children they have reaped; in clock ticks */
    int processes;
    int64_t memory_kb; /* resident, of all processes together */
};

/* One look at everybody except the calling thread. (The process it belongs to counts, with its
 * memory.) */
struct quiet_look quiet_look(void);

/* One look at a process, by its number in /proc, and at all its descendants. The process must not
 * have been reaped: if /proc does not show it, it is hidden. Then it does not count itself, as long
 * as any child of it can be seen. */
struct quiet_look quiet_look_at(int process);

/* True if a look saw that all are asleep; not if there was anybody of whom nothing is known. */
static inline bool quiet_all_asleep(const struct quiet_look *look)
{
    return look->awake == 0 && look->unknown == 0;
}

/* True if threads or children have begun or ended between two looks. Whoever naps, and makes or
 * reaps a child now and then, goes on: where nobody does, a nap looks like a hang. */
static inline bool quiet_has_gone_on(const struct quiet_look *before, const struct quiet_look *now)
{
    return before->who != now->who || before->reaped != now->reaped;
}

/* Waits until everybody else is asleep and nobody has run from one look to the next. What has not
 * happened by then does not happen by itself, unless a timer of more than some milliseconds brings
 * it. Returns true then, and also as soon as *stop is not 0; `stop` may be NULL. Returns false if
 * everybody else together has used a second of CPU time: somebody spins. */
bool quiet_wait(const volatile _Atomic int *stop);

/* The same, but returns true also if that second was used by somebody who looks again and again and
 * naps in between: who fell asleep at least once for each millisecond. For processes. (Threads that
 * spin may fall asleep as often, as they wait for each other's mutex.) */
bool quiet_wait_or_nap(const volatile _Atomic int *stop);

/* The same, but faster and less sure: a timer of some milliseconds may go unseen, and whoever does
 * not fall asleep has had its chance, and counts as asleep, once it has run for 10 ms or has slept
 * and woken up 20 times. So it ends also if somebody looks again and again (libomp's threads do
 * while they wait at a barrier or for a lock), and not before everybody has run. For places where
 * this does no harm. */
void quiet_wait_briefly(const volatile _Atomic int *stop);

/* Waits until nothing can be expected any more: everybody else has been asleep for a second and a
 * half, and no child or thread has begun or ended. They may wake up by a timer for a moment, but
 * use next to no CPU time. No sensible program has a timer that is longer. The judge waits longer
 * than this, so that the test can say first what is wrong. Returns true then, and false as soon as
 * *stop is not 0; `stop` may be NULL. */
bool quiet_wait_hopeless(const volatile _Atomic int *stop);

/* The same, but returns false as soon as there is something to read from `file`, a descriptor that
 * poll(2) takes. */
bool quiet_wait_hopeless_unless(int file);

/* The same after twice as long, for a thread that only watches the test, whatever it waits for: the
 * test itself can say first what is wrong. */
bool quiet_wait_hung(const volatile _Atomic int *stop);

#endif
