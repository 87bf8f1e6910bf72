/* Lab 10, given: the engines that are held against each other. */
#ifndef LOCKSTEP_LABS_ENGINES_H
#define LOCKSTEP_LABS_ENGINES_H

#include "10-contrast/contrast.h"

/* Places in the table; the first is what the others are held against. */
enum {
    ENGINE_SERIAL,
    ENGINE_LOCKED, /* threads under a lock; its counter counts the lock's switches */
    ENGINE_THREADS,
    ENGINE_PROCESS,
    ENGINE_POOL,
    ENGINES,
};

extern const struct contrast_engine engines[ENGINES];

/* What an errno means when an engine failed with it. May be overwritten by the next call. */
const char *engine_error(int error);

/* What is wrong with row `i` of what contrast_run made of these engines, in a few words; NULL if
 * nothing is. May be overwritten by the next call. */
const char *engine_problem(const struct contrast_row rows[ENGINES], int i);

#endif
