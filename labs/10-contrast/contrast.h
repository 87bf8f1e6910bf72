/* Lab 10: the experiment. The same tasks run through several engines, and are timed fairly. */
#ifndef LOCKSTEP_LABS_CONTRAST_H
#define LOCKSTEP_LABS_CONTRAST_H

#include <stdbool.h>
#include <stdint.h>

#include "common/clock.h"
#include "common/map.h"

/* One engine that takes part. */
struct contrast_engine {
    const char *name;
    map_fn *map;
    /* Counts something of the caller's that only grows, such as switches of a lock. May be NULL. */
    unsigned long (*counter)(void);
};

/* What all engines are given, and how they are timed. */
struct contrast_plan {
    task_fn *task;
    const long *in; /* in[0..n) */
    size_t n;       /* 1 or more */
    int workers;    /* 1 or more */
    int rounds;     /* how often each engine runs; 1 or more */
    clock_fn *wall; /* times the engines, see common/clock.h */
    clock_fn *cpu;  /* says how much CPU time they used */

    /* Called before each run with `context`, the engine's place in the table, and the round; both
     * count from 0. Not timed. May be NULL. */
    void (*progress)(void *context, size_t engine, int round);
    void *context;
};

/* The figures of one engine. Times are in nanoseconds, and 0 if `error` is set. */
struct contrast_row {
    int error;     /* 0, or the errno with which a run failed; the engine is then left out of the
                      rounds that follow */
    int64_t best;  /* wall time of the quickest round */
    int64_t worst; /* wall time of the slowest round */
    int64_t cpu;   /* CPU time used in the quickest round */
    unsigned long counted; /* by how much the engine's counter grew in the quickest round */
    double speedup; /* the first engine's best / this one's best; NAN if either has an error */
    bool agrees;    /* in every round, every result was the same as the first engine's in its first
                       round */
};

/* Runs every engine of engines[0..count) once, in order, and does that `rounds` times. Something
 * that disturbs the machine for a while then hits all engines alike. The first engine (serial) is
 * what the others are compared with; if it fails, no engine agrees. A run is timed from just before
 * the engine's call to just after it; results are compared outside that time. Stores one row for
 * each engine.
 *
 * Returns 0, also if engines failed: their rows say so. Or returns -1 with errno EINVAL (plan,
 * engines, rows or a pointer of the plan is NULL, other than progress and context; n, workers,
 * rounds or count is less than 1) or ENOMEM. */
int contrast_run(const struct contrast_plan *plan, const struct contrast_engine engines[],
                 size_t count, struct contrast_row rows[]);

#endif
