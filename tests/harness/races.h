/* Forced races: a thread of the graded code is stopped where it is about to touch memory, or to call
 * a function that threads meet in, and all others go on. What it does not keep apart from theirs then
 * goes wrong, every time, on one CPU as on many. */
#ifndef LOCKSTEP_HARNESS_RACES_H
#define LOCKSTEP_HARNESS_RACES_H

#include <stdbool.h>

/* The calling thread stops once, at point number `point` in the graded code from now on (1: the next),
 * until everybody else is asleep. 0: it does not. Only the thread that called this last does.
 * A point is just before an access to memory that other threads may reach (only in lab 07, whose
 * topic.c is built for it: see tsan.c), and before a mutex is locked and just after a condition
 * variable is signalled (everywhere: see faults.c). */
void races_stop_me(int point);

/* Waits until the thread has stopped, or everybody else is asleep. Returns true if it has stopped
 * since it called races_stop_me. */
bool races_wait_for_stop(void);

/* Waits until the thread that has stopped goes on. */
void races_wait_for_end_of_stop(void);

/* The graded code is at a point. */
void races_point(void);

#endif
