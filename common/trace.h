/* A record of who did what and when, collected across threads and processes.
 *
 * Between trace_open and trace_close, each worker that calls trace_begin, trace_enter and
 * trace_end leaves one event for every stretch of time in which it did one thing. Without an open
 * trace these calls do nothing and cost a load. */
#ifndef LOCKSTEP_COMMON_TRACE_H
#define LOCKSTEP_COMMON_TRACE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum trace_state {
    TRACE_IDLE, /* no task, waits for nothing that is recorded; leaves no event */
    TRACE_COMPUTING,
    TRACE_LOCK,    /* waits for the installed lock */
    TRACE_BLOCKED, /* in a blocking call */
};

struct trace_event {
    int64_t begin, end; /* clock_wall(), nanoseconds; end > 0 */
    pid_t pid, tid;
    enum trace_state state; /* never TRACE_IDLE */
};

/* Opens the one trace of this process, with room for `capacity` events, in shared memory. Call it
 * before any worker is made. Returns 0, or -1 with errno: EBUSY (one is open), EINVAL (capacity is
 * 0), ENOMEM. */
int trace_open(size_t capacity);

/* Closes the trace and frees its memory, its events too. Does nothing if no trace is open. */
void trace_close(void);

/* The calling worker begins, or ends, a task. */
void trace_begin(void);
void trace_end(void);

/* The calling worker is in `state` from now on. Returns the state that it was in until now. */
enum trace_state trace_enter(enum trace_state state);

/* The open trace's events, sorted by begin. They belong to the trace. Stores in *count how many
 * there are, and in *lost (may be NULL) how many found no room. Call it when no worker runs. If no
 * trace is open, it returns NULL and stores 0. */
const struct trace_event *trace_events(size_t *count, size_t *lost);

#endif
