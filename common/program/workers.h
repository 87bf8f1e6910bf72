/* Who left the events of a trace (common/trace.h). */
#ifndef LOCKSTEP_PROGRAM_WORKERS_H
#define LOCKSTEP_PROGRAM_WORKERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "common/trace.h"

/* A worker: a thread or a process. */
struct worker {
    pid_t pid, tid;
    int64_t begin, end; /* of its first event, of its last */
    size_t row;         /* its place in the list, or what workers_share_rows gave it */
    bool follows;       /* another worker had this row before */
};

struct workers {
    struct worker *all; /* all[0..count), in the order of their first events */
    size_t count;
};

/* Finds the workers of events[0..count), which must be sorted by begin. Returns 0, and must then be
 * freed with workers_free; or -1 with errno ENOMEM. */
int workers_find(struct workers *workers, const struct trace_event events[], size_t count);

void workers_free(struct workers *workers);

/* The worker that left this event, one of those that were given to workers_find. */
struct worker *workers_of(const struct workers *workers, const struct trace_event *event);

/* Gives each worker a row. Workers that overlap have different rows, and there are as few rows as
 * possible. Returns how many, or 0 with errno ENOMEM (or if there are no workers). */
size_t workers_share_rows(struct workers *workers);

#endif
