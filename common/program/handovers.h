/* Who had the installed lock, and when: read from the events of a trace (common/trace.h). */
#ifndef LOCKSTEP_PROGRAM_HANDOVERS_H
#define LOCKSTEP_PROGRAM_HANDOVERS_H

#include "common/program/workers.h"

/* The lock changes hands. Workers are counted from 1, in their list's order. */
struct handover {
    int64_t at;    /* when `to` had it; if nobody got it, when it was given up (clock_wall()) */
    size_t to;     /* who has it from now on; 0: nobody */
    size_t from;   /* whom it came from; 0 if that is nobody, the same worker, or not known */
    int64_t given; /* if `from` is set: when that worker last stopped computing */
};

/* Returns a list of `*changes` entries, sorted by `at`, to be freed with free(3); or NULL with
 * errno ENOMEM. Without waits for a lock in events[0..count) there are none. */
struct handover *handovers_find(const struct workers *workers, const struct trace_event events[],
                                size_t count, size_t *changes);

#endif
