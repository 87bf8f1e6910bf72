/* Tasks that meet: how many are under way at once, proved by count and not by a stopwatch.
 *
 * The test makes a meeting or a hold before the call under test, and so before any worker; tasks go
 * in, each in its worker (a thread, or another process); and once the call has returned the test
 * asks how many were inside. Both kinds are in shared memory, so they serve threads and processes
 * alike. */
#ifndef LOCKSTEP_HARNESS_MEETING_H
#define LOCKSTEP_HARNESS_MEETING_H

#include <stdbool.h>

/* A meeting opens when `wanted` tasks are inside at once. */
struct meeting;

/* In the test's own process. */
struct meeting *meeting_create(int wanted);
void meeting_free(struct meeting *meeting);
int meeting_most(const struct meeting *meeting); /* the most that were inside at once */

/* In a task: goes in and waits, bracketed as blocking (common/interp.h), until the meeting is open.
 * Once it is open, tasks that come later pass. Returns 0; or ETIMEDOUT if everybody is asleep and
 * it can never open. */
int meeting_join(struct meeting *meeting);

/* A hold keeps the tasks that are inside until `too_many` of them are, or until everybody else is
 * asleep, so that nobody more can come. After it has opened, all pass. */
struct hold;

/* In the test's own process. */
struct hold *hold_create(int too_many);
void hold_free(struct hold *hold);
int hold_most(const struct hold *hold); /* the most inside at once, also after it opened */

/* True if somebody else used a second of CPU time while tasks were held, and hardly slept: a worker
 * or a parent that had nothing to do spun. */
bool hold_spun(const struct hold *hold);

/* In a task: goes in, is held, and comes out. Not bracketed: a thread that holds a lock keeps
 * it. */
void hold_pass(struct hold *hold);

#endif
