/* What the files of lab 09's suite share: 09-gil.c has the table, the tests of the lock's behaviour
 * towards one thread and those of the engine; 09-gil-threads.c those of threads that compete;
 * 09-gil-stops.c what these try with threads that are stopped at a bad moment. */
#ifndef LOCKSTEP_TESTS_GIL_H
#define LOCKSTEP_TESTS_GIL_H

#include "09-gil/gil.h"

/* An interval that never passes while a test runs: nobody wakes up by a timer. */
enum { HOUR_US = 2000000000 };

/* A lock that can be created, taken and given back; and its end, which must succeed. */
struct gil *begin(long interval_us);
void end(struct gil *gil);

void take(struct gil *gil); /* gil_acquire, which must succeed; from any thread */
void give(struct gil *gil); /* gil_release, likewise */

/* Fails the test if take or give failed in some thread since the test began. */
void expect_no_failures(void);

void test_exclusion(void);
void test_drop_request(void);
void test_forced(void);
void test_no_cpu(void);
void test_handovers(void);
void test_spurious(void);

/* Parts of tests. */
void try_stopped_handovers(void); /* no wake-up is lost */
void try_stopped_drops(void);     /* a drop is seen, even if the lock changes hands at once */
void try_stopped_takers(void);    /* two never have the lock */
void try_late_request(void);      /* no request if the lock has changed hands */

#endif
