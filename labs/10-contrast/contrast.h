/* Lab 10: the experiment. The same tasks through several engines, fairly timed. */
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
    unsigned long (*counter)(void); /* counts something of the caller's that only grows, such as
                                       switches of a lock; may be NULL */
};

/* What all engines are given, and how they are timed. */
struct contrast_plan {
    task_fn *task;
    const long *in; /* in[0..n) */
    size_t n;       /* 1 or more */
    int workers;
    int rounds;     /* how often each engine runs; 1 or more */
    clock_fn *wall; /* what times the engines, see common/clock.h */
    clock_fn *cpu;  /* what says how much CPU they used */
    /* Called before each run with the engine's place in the table and the round, both from 0; may
     * be NULL. Not timed. */
    void (*progress)(size_t engine, int round);
};

/* What came of one engine. Times in nanoseconds; 0 if `error` is set. */
struct contrast_row {
    int error;     /* 0, or the errno with which a run failed; the engine is then left out of the
                       rounds that follow */
    int64_t best;  /* wall time of the quickest round */
    int64_t worst; /* wall time of the slowest */
    int64_t cpu;   /* CPU time used in the quickest round */
    unsigned long counted; /* by how much the engine's counter grew in the quickest round */
    double speedup; /* the first engine's best / this one's best; NAN if either has an error */
    bool agrees;    /* in every round, every result was the same as the first engine's in its first
                       round */
};

/* Runs every engine of engines[0..count) once, in order, and that `rounds` times over: a
 * disturbance that lasts a while then hits all engines alike. The first engine (serial) is what the
 * others are held against; if it fails, nobody agrees. A run is timed from just before to just after
 * the engine's call, and its results are looked at outside that time. Stores one row for each
 * engine.
 *
 * Returns 0 (also if engines failed: see the rows), or -1 with errno: EINVAL (plan, engines, rows or
 * one of the plan's pointers but `progress` is NULL; a 0 or less), ENOMEM. */
int contrast_run(const struct contrast_plan *plan, const struct contrast_engine engines[],
                 size_t count, struct contrast_row rows[]);

#endif
