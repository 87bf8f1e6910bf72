#include "common/counted_lock.h"

void counted_lock_init(struct counted_lock *counted)
{
    omp_init_lock(&counted->lock);
    counted->taken = 0;
}

void counted_lock_destroy(struct counted_lock *counted)
{
    omp_destroy_lock(&counted->lock);
}

void counted_lock_take(struct counted_lock *counted)
{
    omp_set_lock(&counted->lock);
    counted->taken++;
}

void counted_lock_drop(struct counted_lock *counted)
{
    omp_unset_lock(&counted->lock);
}
