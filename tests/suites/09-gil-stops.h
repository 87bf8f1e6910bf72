/* Parts of the tests of threads that compete (09-gil-threads.c): one of the threads is stopped at
 * the worst moment. */
#ifndef LOCKSTEP_SUITES_GIL_STOPS_H
#define LOCKSTEP_SUITES_GIL_STOPS_H

void gil_try_stopped_handovers(void); /* no wake-up is lost */
void gil_try_stopped_drops(void);     /* a drop is seen, even if the lock changes hands at once */
void gil_try_stopped_takers(void);    /* two threads never have the lock */
void gil_try_late_request(void);      /* no request if the lock has changed hands */

#endif
