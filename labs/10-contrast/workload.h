/* Lab 10, given: the two kinds of work that the engines are given. */
#ifndef LOCKSTEP_LABS_WORKLOAD_H
#define LOCKSTEP_LABS_WORKLOAD_H

#include <stdbool.h>

#include "10-contrast/engines.h"
#include "common/tasks.h"

struct workload {
    const char *name;
    const char *subject; /* how a sentence about it begins */
    char title[112];
    task_fn *task; /* leaves its events in an open trace */
    int workers;
    long *in;        /* in[0..n): one number for each task */
    size_t n;        /* tasks of a timed run */
    size_t traced_n; /* tasks of a traced run; n or fewer */
    long window_ms;  /* how much of a traced run is worth a look */

    /* What `task` adds up in a timed run and in a traced one; slices == 0 if it adds up nothing. */
    struct sum_plan timed, traced;

    struct contrast_row rows[ENGINES]; /* what contrast_run made of it */
};

/* The sum of 0 .. 99,999,999 (`quick`: 9,999,999), added up as often as one thread can here and now
 * in about half a second (`quick`: a tenth), in 16 tasks for each worker. Returns 0, and must then
 * be freed with workload_free; or -1 with errno ENOMEM. */
int workload_computing(struct workload *work, int workers, bool quick);

/* Twelve tasks on six workers, each of which blocks for 50 ms: until a server answers that it has
 * asked, or (`waits`) just so. Call it before any worker is made. If no server can be asked on this
 * machine, it says so on standard error, and the tasks just wait. Returns as above. */
int workload_waiting(struct workload *work, bool waits);

/* Also ends the server that its tasks ask. */
void workload_free(struct workload *work);

/* Sets what the tasks add up. Call it before timed runs, and again before traced runs. */
void workload_begin(const struct workload *work, bool traced);

#endif
