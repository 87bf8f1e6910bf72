/* Forced races: a thread of the graded code is stopped at a chosen point, and all others go on.
 * What the code does not keep apart then goes wrong every time, on one CPU as on many.
 *
 * Workers that are processes stop as threads do.
 *
 * In every lab a point is just before a critical construct or an OpenMP lock is entered, before a
 * semaphore is posted, before a mutex is locked, before a wait for a condition variable without a
 * time limit, and just after one is signalled (see entrances.c and faults_of_threads.c). Where the
 * lab's file is built for it, a point is also just before an access to memory that others may reach
 * (see access_hooks.c). */
#ifndef LOCKSTEP_HARNESS_FORCED_STOP_H
#define LOCKSTEP_HARNESS_FORCED_STOP_H

#include <stdbool.h>

/* The calling thread, of whatever process, stops once, at point number `point` in the graded code
 * from now on (1: the next), until everybody else is asleep. Only the thread that called this last
 * stops. */
void forced_stop_at(int point);

/* A second thread that stops, for what takes two: one that has looked whether a lock is free, and
 * one that has taken it meanwhile and is in the middle of its work. The calling thread stops once,
 * at point number `point` from now on, until everybody else is asleep. The first one, which
 * forced_stop_at has stopped before, goes on as soon as this one has stopped. */
void forced_stop_second_at(int point);

/* Whether the first, or the second, has stopped since the last reset. One that has not passed fewer
 * points than it was to stop at: so larger numbers need not be tried. */
bool forced_stop_happened(void);
bool forced_stop_second_happened(void);
/* The same for the first other thread of this process that comes to its own point number `point`:
 * for threads that run nothing but graded code, and cannot ask for it themselves. */
void forced_stop_other_at(int point);

/* No thread is to stop any more, and none has stopped so far. */
void forced_stop_reset(void);

/* Waits until the thread has stopped, or everybody else is asleep. Returns true if it has stopped
 * since it called forced_stop_at. */
bool forced_stop_wait(void);

/* Waits until the thread that has stopped goes on. */
void forced_stop_wait_for_end(void);

/* Whether it goes on already. */
bool forced_stop_has_ended(void);

/* Called from between the graded code and the system: the calling thread is at a point. */
void forced_stop_point(void);

#endif
