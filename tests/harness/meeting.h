/* Tasks that meet: how many are under way at once, proved by count and not by a stopwatch. Both
 * kinds live in shared memory and serve threads and processes alike: make them before the workers.
 * What a task learns here it stores there too, for the test to read afterwards. */
#ifndef LOCKSTEP_HARNESS_MEETING_H
#define LOCKSTEP_HARNESS_MEETING_H

#include <stdbool.h>

/* A rendezvous opens when `wanted` tasks are inside at once. */
struct meeting;

struct meeting *meeting_create(int wanted);
void meeting_free(struct meeting *meeting);

/* Goes in and waits, bracketed as blocking (common/interp.h), until the meeting is open. Later
 * comers pass. Returns 0; or ETIMEDOUT once everybody is asleep and it can never open. */
int meeting_join(struct meeting *meeting);

/* The most that were inside at once. */
int meeting_most(const struct meeting *meeting);

/* A hold keeps those who are inside until one too many has come in, or everybody else is asleep and
 * so nobody more can come. Not bracketed: who holds a lock keeps it. After it has opened, all
 * pass. */
struct hold;

struct hold *hold_create(int too_many);
void hold_free(struct hold *hold);
void hold_pass(struct hold *hold); /* goes in, is held, and comes out */

/* The most that were inside at once, also after it opened. */
int hold_most(const struct hold *hold);

/* True if somebody else used a second of CPU time while tasks were held: who has nothing to do did
 * not sleep. */
bool hold_spun(const struct hold *hold);

#endif
