/* What every engine must do (common/map.h), whoever wrote it. Each function is the body of a
 * graded test, or a part of one. */
#ifndef LOCKSTEP_HARNESS_CONFORMANCE_H
#define LOCKSTEP_HARNESS_CONFORMANCE_H

#include "common/map.h"

/* What kind of engine it is, as far as a test must know. */
enum engine_kind {
    ENGINE_SERIAL,    /* one task at a time, whatever `workers` says */
    ENGINE_THREADS,   /* workers are threads of this process */
    ENGINE_PROCESSES, /* workers are children */
};

struct engine {
    const char *name; /* "process_map" */
    map_fn *map;
    enum engine_kind kind;
    size_t most, most_thorough; /* the largest n that is tried: a process for each task costs */
};

/* A task whose result no other input has and no buffer holds by chance. */
enum { CONFORM_FACTOR = 7919, CONFORM_OFFSET = 104729 };
int conform_task(long in, long *out);

/* Begins the test: one plain map. */
void conform_begin(const struct engine *engine);

/* Keeps the test on the CPU where it is. Under a hypervisor a fork costs three times as much if
 * parent and child run on different CPUs: so tests stay on one that need hundreds of processes, but
 * none at the same time as another. Not if the test is to be thorough. */
void conform_on_one_cpu(const struct engine *engine);

/* Every result at its index, and nothing beside: n of 0, 1, fewer than workers, not divisible,
 * many; workers of 1, 2, 7, 64. */
void conform_results(const struct engine *engine);

/* min(n, workers) tasks are under way together. */
void conform_together(const struct engine *engine);

/* Engines of threads: no more threads are made than min(n, workers), and none for n of 0. */
void conform_team(const struct engine *engine);

/* Engines of threads: tasks are handed out one by one, each to the next thread that is free. */
void conform_one_by_one(const struct engine *engine);

/* Never more than `workers` are. An engine of processes sleeps while they wait. */
void conform_at_most(const struct engine *engine);

/* EINVAL for bad arguments, and no task run. */
void conform_arguments(const struct engine *engine);

/* The error of the failing task with the lowest index, also if calls are interrupted; all tasks
 * before it run. */
void conform_errors(const struct engine *engine);

/* ENOMEM, and nothing left behind, whichever allocation of the engine's fails. */
void conform_no_memory(const struct engine *engine);

/* As much of everything after call 200 as after call 3, with errors in between; the caller's own
 * child is not touched. */
void conform_tidy(const struct engine *engine);

/* Works while signals arrive and blocking calls are interrupted, and still leaves nothing
 * behind. */
void conform_signals(const struct engine *engine);

/* Works in turn with all other engines in one process. */
void conform_alternating(const struct engine *engine);

#endif
