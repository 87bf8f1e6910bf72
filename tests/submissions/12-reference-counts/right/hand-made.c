/* Right: an atomic release that compares and exchanges; the owner's last release merges always; the
 * owner's part is subtracted in place of being set; queues under one critical construct. */
#include "12-reference-counts/counts.h"

#include <stddef.h>

#include "common/interp.h"

static struct owner *self;
#pragma omp threadprivate(self)

void object_init(struct object *object, void (*destroy)(struct object *object))
{
    object->count = 1;
    object->destroy = destroy;
    object->next = NULL;
    omp_init_lock(&object->lock);
    atomic_init(&object->owner, self);
    atomic_init(&object->local, self ? 1 : 0);
    atomic_init(&object->shared, self ? 0 : ONE + MERGED);
}

void object_immortalise(struct object *object)
{
    atomic_store_explicit(&object->local, IMMORTAL, memory_order_relaxed);
}

void plain_retain(struct object *object)
{
    object->count++;
}

void plain_release(struct object *object)
{
    if (--object->count == 0)
        object->destroy(object);
}

/* Changes the count under the interpreter's lock. */
static void change(struct object *object, long by)
{
    int had_it = interp_attach();

    object->count += by;
    if (object->count == 0)
        object->destroy(object);
    if (!had_it)
        interp_detach();
}

void locked_retain(struct object *object)
{
    change(object, 1);
}

void locked_release(struct object *object)
{
    change(object, -1);
}

static long change_under_mutex(struct object *object, long by)
{
    long now;

    omp_set_lock(&object->lock);
    now = object->count += by;
    omp_unset_lock(&object->lock);
    return now;
}

void mutex_retain(struct object *object)
{
    change_under_mutex(object, 1);
}

void mutex_release(struct object *object)
{
    if (change_under_mutex(object, -1) == 0)
        object->destroy(object);
}

void atomic_retain(struct object *object)
{
    long seen = __atomic_load_n(&object->count, __ATOMIC_RELAXED);

    while (!__atomic_compare_exchange_n(&object->count, &seen, seen + 1, true, __ATOMIC_RELAXED,
                                        __ATOMIC_RELAXED))
        ;
}

void atomic_release(struct object *object)
{
    long seen = __atomic_load_n(&object->count, __ATOMIC_RELAXED);

    while (!__atomic_compare_exchange_n(&object->count, &seen, seen - 1, true, __ATOMIC_ACQ_REL,
                                        __ATOMIC_RELAXED))
        ;
    if (seen == 1)
        object->destroy(object);
}

static bool mine(struct object *object)
{
    struct owner *owner = atomic_load_explicit(&object->owner, memory_order_relaxed);

    return owner && owner == self;
}

void biased_retain(struct object *object)
{
    unsigned local = atomic_load_explicit(&object->local, memory_order_relaxed);

    if (local != IMMORTAL && mine(object))
        atomic_store_explicit(&object->local, local + 1, memory_order_relaxed);
    else if (local != IMMORTAL)
        atomic_fetch_add_explicit(&object->shared, ONE, memory_order_relaxed);
}

static void join_parts(struct object *object, long add)
{
    long seen, sum;

    atomic_store_explicit(&object->local, 0, memory_order_relaxed);
    atomic_store_explicit(&object->owner, NULL, memory_order_relaxed);
    seen = atomic_load_explicit(&object->shared, memory_order_relaxed);
    do
        sum = (seen | MERGED) + add * ONE;
    while (!atomic_compare_exchange_strong_explicit(&object->shared, &seen, sum,
                                                    memory_order_acq_rel, memory_order_relaxed));
    if (sum == MERGED)
        object->destroy(object);
}

static void give_back(struct object *object);

static void pass_on(struct object *object)
{
    struct owner *owner = atomic_load_explicit(&object->owner, memory_order_relaxed);
    bool taken = false;

#pragma omp critical(queues)
    if (owner && !owner->gone) {
        taken = true;
        object->next = owner->queue;
        owner->queue = object;
    }
    if (taken)
        return;
    if (atomic_load_explicit(&object->owner, memory_order_relaxed))
        join_parts(object, (long)atomic_load_explicit(&object->local, memory_order_relaxed) - 1);
    else
        give_back(object);
}

static void give_back(struct object *object)
{
    long seen = atomic_load_explicit(&object->shared, memory_order_relaxed);

    while (!atomic_compare_exchange_strong_explicit(&object->shared, &seen,
                                                    seen ? seen - ONE : QUEUED,
                                                    memory_order_acq_rel, memory_order_relaxed))
        ;
    if (seen == 0)
        pass_on(object);
    else if (seen == ONE + MERGED)
        object->destroy(object);
}

void biased_release(struct object *object)
{
    unsigned local = atomic_load_explicit(&object->local, memory_order_relaxed);

    if (local == IMMORTAL)
        return;
    if (!mine(object))
        give_back(object);
    else if (local > 1)
        atomic_store_explicit(&object->local, local - 1, memory_order_relaxed);
    else if (atomic_load_explicit(&object->shared, memory_order_acquire) != 0)
        join_parts(object, 0);
    else
        object->destroy(object);
}

void owner_init(struct owner *owner)
{
    omp_init_lock(&owner->lock);
    owner->queue = NULL;
    owner->gone = false;
}

void owner_destroy(struct owner *owner)
{
    omp_destroy_lock(&owner->lock);
}

void owner_enter(struct owner *owner)
{
    self = owner;
}

static bool merge_one(bool leaving)
{
    struct object *object;

#pragma omp critical(queues)
    {
        object = self->queue;
        if (object)
            self->queue = object->next;
        self->gone = leaving && !object;
    }
    if (!object)
        return false;
    if (mine(object))
        join_parts(object, (long)atomic_load_explicit(&object->local, memory_order_relaxed) - 1);
    else
        give_back(object);
    return true;
}

void owner_merge(void)
{
    while (self && merge_one(false))
        ;
}

void owner_leave(void)
{
    while (self && merge_one(true))
        ;
    self = NULL;
}
