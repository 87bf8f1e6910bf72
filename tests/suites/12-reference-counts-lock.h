/* A lock to install behind the hooks of common/interp.h, for threads of an interleaving. */
#ifndef LOCKSTEP_SUITES_REFERENCE_COUNTS_LOCK_H
#define LOCKSTEP_SUITES_REFERENCE_COUNTS_LOCK_H

#include <stdbool.h>

#include "common/interp.h"

extern const struct interp_lock model_lock;

/* Whether the calling thread holds it; and that it does not, at the beginning of a run. */
bool model_lock_is_mine(void);
void model_lock_forget(void);

#endif
