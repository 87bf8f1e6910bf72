/* What the tests of lab 09 share. */
#ifndef LOCKSTEP_SUITES_GIL_SUPPORT_H
#define LOCKSTEP_SUITES_GIL_SUPPORT_H

#include <semaphore.h>

#include "09-gil/gil.h"

/* An interval that never passes while a test runs: nobody wakes up by a timer. */
enum { HOUR_US = 2000000000 };

/* In the test's own thread: makes a lock that can be taken and given back; and destroys it, which
 * must succeed. Between the two a thread watches all others: if they sleep for good, and no call
 * above comes back, the test fails at once, and the judge need not find out. */
struct gil *gil_begin(long interval_us);
void gil_end(struct gil *gil);

/* After gil_end, where open files are counted: until that thread has closed its own. */
void gil_wait_for_watcher(void);

/* In any thread: gil_acquire and gil_release where they must succeed. A failure is noted, for
 * gil_expect_no_failures, and what is under way is noted, for the report of a hang. Keep errno as
 * these functions leave it. */
void gil_must_acquire(struct gil *gil);
void gil_must_release(struct gil *gil);

/* The same, but signals that faults keep back (late_signals) stay where they are. */
void gil_must_acquire_unheard(struct gil *gil);
void gil_must_release_unheard(struct gil *gil);

/* In a thread that holds the lock: waits until it is asked to drop it. Returns at once if one of
 * the functions above has failed somewhere, or two threads hold the lock: then it may never be
 * asked. */
void gil_wait_for_request(struct gil *gil);

/* 09-gil-waits.c. In any thread: sleeps until it is posted; signals do no harm. */
void gil_sleep_until(sem_t *posted);

/* The most threads that held the lock at the same time since gil_begin. */
int gil_most_holders(void);

/* In any thread: from now on failures lead to this function if nothing better is known. gil_begin
 * sets it to gil_acquire. */
void gil_suspect(const char *function);

/* In the test's own thread, when no other uses the lock: fails the test if one of these failed in
 * some thread since gil_begin, and says how, and whether two threads held the lock at the same
 * time. `doing` says what the threads did with the lock: "2 threads took the lock 20 times
 * each". */
void gil_expect_no_failures(const char *doing);

/* There, too: fails the test if one of them succeeded since gil_begin, and changed errno. */
void gil_expect_errno_kept(void);

/* 09-gil-turns.c: parts of the tests of the engine. A lock that goes wrong only at bad moments
 * would let maps go well or badly by luck: so these moments are tried first. gil_map's own lock has
 * an interval of milliseconds. No region gets a team. */
void gil_expect_sound_lock(void);
void gil_try_own_interval(void);
void gil_try_fewer_threads(void);

/* 09-gil-held.c: each task has the lock, also one that is alone. */
void gil_expect_held(void);

/* 09-gil-lowest.c: tasks before the one that fails are run. */
void gil_try_last_fails(void);

/* 09-gil-limits.c: gil_map's own lock has no shorter interval than it should. */
void gil_try_short_interval(void);

#endif
