/* Lab 11, given: what all tasks of a run have in common, and what they do with an answer. */
#ifndef LOCKSTEP_LABS_PLAN_H
#define LOCKSTEP_LABS_PLAN_H

#include <stddef.h>

enum {
    FETCH_LONGEST_MS = 24 * 3600 * 1000, /* the longest limit: a day */
    FETCH_DIGITS = 30,                   /* more than a long ever needs */
};

struct fetch_plan {
    int port;      /* of the server, 1 .. 65535 */
    long limit_ms; /* how long one request may take, 1 .. FETCH_LONGEST_MS */
    long rounds;   /* how long a task computes with its answer; 0: not at all */
};

/* Sets the plan. Call it before any worker is made. */
void fetch_set_plan(struct fetch_plan plan);
struct fetch_plan fetch_get_plan(void);

/* Computes for so many rounds, a few nanoseconds each, with interp_tick() (common/interp.h) in each
 * of them. Returns `value` itself after 0 rounds, and another number after more. */
long fetch_compute(long value, long rounds);

/* What a task does with its answer, answer[0..length) and a '\0': stores in *out what
 * fetch_compute makes of that number in the plan's rounds. Returns 0, or EBADMSG if the answer is
 * anything but a number that fits in a long (decimal digits, with or without a minus). */
int fetch_use_answer(const char *answer, size_t length, long *out);

#endif
