/* A lock to install behind the hooks of common/interp.h, for threads of an interleaving. */
#ifndef LOCKSTEP_SUITES_REFERENCE_COUNTS_LOCK_H
#define LOCKSTEP_SUITES_REFERENCE_COUNTS_LOCK_H

#include <stdbool.h>

#include "common/interp.h"

extern const struct interp_lock model_lock;

/* Whether the calling thread holds it. */
bool model_lock_is_mine(void);

/* How often the calling thread has dropped it so far. */
long model_lock_drops(void);

/* At the beginning of a run: it does not. */
void model_lock_forget(void);

#endif
