/* The engines of all labs, as tests know them. labs/table says the same in its columns lab, engine
 * and kind; tests/unit/engines.c compares the two, so that they cannot drift apart. */
#ifndef LOCKSTEP_HARNESS_ENGINES_H
#define LOCKSTEP_HARNESS_ENGINES_H

#include "common/map.h"

/* What a worker of an engine is; labs/table has the same words. */
enum worker_kind {
    WORKER_CALLER,  /* the thread that called the engine runs all tasks, one at a time */
    WORKER_PROCESS, /* a child process */
    WORKER_THREAD,  /* a thread of the calling process */
};

struct engine {
    const char *name; /* "process_map" */
    map_fn *map;
    enum worker_kind kind;
    const char *lab; /* "02-process" */

    /* How many tasks the largest map of a test has, and of a thorough one: an engine that makes a
     * process for each task takes its time. */
    size_t most, most_thorough;
};

enum { ENGINE_COUNT = 5 };
extern const struct engine engine_table[ENGINE_COUNT];

/* Returns the engine of this name. There must be one: otherwise it ends the program. */
const struct engine *engine_find(const char *name);

/* "caller", "process" or "thread". */
const char *worker_kind_name(enum worker_kind kind);

#endif
