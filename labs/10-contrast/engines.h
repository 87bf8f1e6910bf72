/* Lab 10, given: the engines that are compared. */
#ifndef LOCKSTEP_LABS_ENGINES_H
#define LOCKSTEP_LABS_ENGINES_H

#include "10-contrast/contrast.h"

/* Places in the table; the others are compared with the first. */
enum {
    ENGINE_SERIAL,
    ENGINE_LOCKED, /* threads under a lock; its counter counts the lock's switches */
    ENGINE_THREADS,
    ENGINE_PROCESS,
    ENGINE_POOL,
    ENGINES,
};

extern const struct contrast_engine engines[ENGINES];

/* Says what the errno of an engine that failed means. The next call may overwrite the text. */
const char *engine_error(int error);

/* Says in a few words what is wrong with row `i` of contrast_run's rows for these engines; NULL if
 * nothing is. The next call may overwrite the text. */
const char *engine_problem(const struct contrast_row rows[ENGINES], int i);

#endif
