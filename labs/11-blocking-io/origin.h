/* Lab 11, given: a small server to ask, in a process of its own, on the loopback address. For each
 * line with a number it answers with a line that has that number's square. It has one thread, and
 * waits for all its visitors at once (epoll). */
#ifndef LOCKSTEP_LABS_ORIGIN_H
#define LOCKSTEP_LABS_ORIGIN_H

#include <stdatomic.h>
#include <sys/types.h>

struct origin_plan {
    long delay_ms; /* each answer goes out so long after its request came */
    int hold;      /* if more than 1: no answer goes out before so many requests wait for theirs;
                      or before nobody has come for ORIGIN_PATIENCE_MS */
};

enum { ORIGIN_PATIENCE_MS = 500 };

struct origin {
    int port;
    pid_t process;
    struct origin_counts {
        atomic_int waiting, most_waiting; /* requests without their answer: now, and at most */
    } * counts;                           /* in shared memory */
};

/* Starts it. The process ends with its caller, if not before. Returns 0, or -1 with errno. */
int origin_start(struct origin *origin, struct origin_plan plan);

/* Ends it, and frees what it held. */
void origin_stop(struct origin *origin);

#endif
