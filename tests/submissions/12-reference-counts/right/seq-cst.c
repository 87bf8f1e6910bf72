/* Right: All atomic operations are sequentially consistent. By somebody who saw no test. */
#include "12-reference-counts/counts.h"

#include <stddef.h>

#include "common/interp.h"

/* Which owner the calling thread is; NULL: it is none. */
static struct owner *self;
#pragma omp threadprivate(self)

void object_init(struct object *object, void (*destroy)(struct object *object))
{
    object->count = 1;
    omp_init_lock(&object->lock);
    object->destroy = destroy;
    object->next = NULL;
    atomic_init(&object->owner, self);
    atomic_init(&object->local, self ? 1 : 0);
    atomic_init(&object->shared, self ? BIASED : ONE | MERGED);
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

void locked_retain(struct object *object)
{
    int failed = interp_attach();

    object->count += 1;
    if (!failed)
        interp_detach();
}

void locked_release(struct object *object)
{
    int failed = interp_attach();

    object->count -= 1;
    if (object->count == 0)
        object->destroy(object);
    if (!failed)
        interp_detach();
}

void mutex_retain(struct object *object)
{
    omp_set_lock(&object->lock);
    object->count++;
    omp_unset_lock(&object->lock);
}

void mutex_release(struct object *object)
{
    bool last = false;

    omp_set_lock(&object->lock);
    object->count -= 1;
    if (object->count == 0)
        last = true;
    omp_unset_lock(&object->lock);
    if (last)
        object->destroy(object);
}

void atomic_retain(struct object *object)
{
#pragma omp atomic
    object->count += 1;
}

void atomic_release(struct object *object)
{
    long before;

#pragma omp atomic capture seq_cst
    {
        before = object->count;
        object->count -= 1;
    }
    if (before == 1)
        object->destroy(object);
}

/* Given: is the calling thread the object's owner? */
static bool is_mine(struct object *object)
{
    return self && atomic_load_explicit(&object->owner, memory_order_relaxed) == self;
}

void biased_retain(struct object *object)
{
    const unsigned local = atomic_load_explicit(&object->local, memory_order_relaxed);

    if (local != IMMORTAL) {
        if (is_mine(object))
            atomic_store_explicit(&object->local, local + 1, memory_order_relaxed);
        else
            atomic_fetch_add(&object->shared, ONE);
    }
}

/* Ends the bias: `local`, less what is dropped with it (0 or 1), is added to `shared`, and nobody
 * is the owner any more. For the owner; or for others, once the owner has left. */
static void merge(struct object *object, unsigned dropped)
{
    const long rest = (long)atomic_load_explicit(&object->local, memory_order_relaxed) - dropped;
    bool last;

    atomic_store_explicit(&object->local, 0, memory_order_relaxed);
    atomic_store(&object->owner, NULL);
    for (long old = atomic_load(&object->shared);;) {
        long count = old - (old & STATE); /* STATE are the low bits, also of a negative one */
        long new = count + rest *ONE + MERGED;

        if (atomic_compare_exchange_strong(&object->shared, &old, new)) {
            last = new == MERGED;
            break;
        }
    }
    if (last)
        object->destroy(object);
}

static void release_queued(struct object *object);

/* Puts the object into its owner's queue, with the reference that is to be dropped. */
static void enqueue(struct object *object)
{
    struct owner *owner = atomic_load(&object->owner);

    if (owner == NULL) {
        release_queued(object);
        return;
    }
    omp_set_lock(&owner->lock);
    if (owner->gone) {
        omp_unset_lock(&owner->lock);
        release_queued(object);
        return;
    }
    object->next = owner->queue;
    owner->queue = object;
    omp_unset_lock(&owner->lock);
}

/* Drops a reference that is counted in `shared`. */
static void release_shared(struct object *object)
{
    long old = atomic_load(&object->shared);

    for (;;) {
        if (old == BIASED) {
            if (atomic_compare_exchange_strong(&object->shared, &old, QUEUED)) {
                enqueue(object);
                return;
            }
        } else {
            long new = old - ONE;

            if (atomic_compare_exchange_strong(&object->shared, &old, new)) {
                if (new == MERGED)
                    object->destroy(object);
                return;
            }
        }
    }
}

/* Given: drops the reference that an object had in a queue. Whoever calls it may merge. */
static void release_queued(struct object *object)
{
    if (atomic_load_explicit(&object->owner, memory_order_relaxed))
        merge(object, 1);
    else
        release_shared(object);
}

void biased_release(struct object *object)
{
    unsigned local = atomic_load_explicit(&object->local, memory_order_relaxed);

    if (local == IMMORTAL)
        return;
    if (is_mine(object)) {
        local--;
        atomic_store_explicit(&object->local, local, memory_order_relaxed);
        if (local == 0) {
            if (atomic_load(&object->shared) != 0)
                merge(object, 0);
            else
                object->destroy(object);
        }
    } else {
        release_shared(object);
    }
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

/* Merges what is in the calling thread's queue. An owner that leaves is gone after that. */
static void merge_queue(bool leaving)
{
    for (;;) {
        omp_set_lock(&self->lock);
        struct object *first = self->queue;
        if (first == NULL) {
            if (leaving)
                self->gone = true;
            omp_unset_lock(&self->lock);
            return;
        }
        self->queue = first->next;
        omp_unset_lock(&self->lock);
        release_queued(first);
    }
}

void owner_merge(void)
{
    if (self)
        merge_queue(false);
}

void owner_leave(void)
{
    if (self)
        merge_queue(true);
    self = NULL;
}
