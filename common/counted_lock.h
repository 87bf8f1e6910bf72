/* A lock that counts how often it was taken. */
#ifndef LOCKSTEP_COMMON_COUNTED_LOCK_H
#define LOCKSTEP_COMMON_COUNTED_LOCK_H

#include <omp.h>

struct counted_lock {
    omp_lock_t lock;
    unsigned long taken; /* guarded by `lock` */
};

/* Initialise the lock before any thread uses it, and destroy it after the last use. A thread that
 * holds it must not take it again. */
void counted_lock_init(struct counted_lock *counted);
void counted_lock_destroy(struct counted_lock *counted);
void counted_lock_take(struct counted_lock *counted);
void counted_lock_drop(struct counted_lock *counted);

#endif
