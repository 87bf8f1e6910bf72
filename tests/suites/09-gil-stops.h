/* Parts of the tests of threads that compete (09-gil-threads.c): one of the threads is stopped at
 * the worst moment. */
#ifndef LOCKSTEP_SUITES_GIL_STOPS_H
#define LOCKSTEP_SUITES_GIL_STOPS_H

#include <stdbool.h>

struct gil;

/* From now on waits for the lock have no time limit. Those that have one still are over when it
 * returns. */
void gil_take_time_limits_away(struct gil *gil);

void gil_try_stopped_handovers(void);  /* no wake-up is lost */
void gil_try_stopped_drops(void);      /* a drop is seen, even if the lock changes hands at once */
void gil_try_second_request(void);     /* nor is one to the next holder taken back */
void gil_try_request_at_release(void); /* a request just before a release is not missed */
void gil_try_stopped_takers(void);     /* two threads never have the lock */

/* Nor if one wakes up when another has the lock; `same`: the one that had it before. Returns how
 * many requests there were. */
unsigned long gil_try_late_waiter(bool same);

void gil_try_late_request(void); /* no request if the lock has changed hands, */
void gil_try_return(void);       /* nor if it has come back to the one that had it */

void gil_try_barging(void); /* a forced drop is over when any thread has the lock */

/* A waiter asks when its interval is over, not later; `again`: also if the holder has given the
 * lock back and taken it again. And who takes the lock does not take back what it is asked then. */
void gil_try_prompt_request(bool again);
void gil_try_requests_to_taker(void);

/* 09-gil-requests.c: sets the interval, which must succeed. */
void gil_change_interval(struct gil *gil, long interval_us);

/* 09-gil-waits.c: a waiter that has to wait once more asks then; `same`: for the thread that had
 * the lock before. */
void gil_try_next_wait(bool same);

/* 09-gil-next.c: nor does a release that comes back late, also where pthread functions change
 * errno; nobody asks whoever has just taken the lock; a waiter that wakes up takes no request back;
 * and a release is heard by who is about to wait. */
void gil_try_late_releases(void);
void gil_try_late_askers(void);
void gil_try_other_waiter(void);

/* The test's own thread and new ones take the lock in turn, so often. */
void gil_make_switches(struct gil *gil, int switches);
void gil_try_lost_signals(void);

/* Nor does a waiter that has asked ask again before a further interval is over. */
void gil_try_early_end(void);

void gil_try_refusals_when_asked(void); /* a call that is refused takes no request back */

#endif
