/* Right: the owner takes its whole queue at once, first come, first served; who puts an object there
 * walks to its end. A failed exchange acquires. The destructor is looked up before the last count. */
#include "12-reference-counts/counts.h"

#include <errno.h>
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
    bool taken = interp_attach() == 0;

    object->count++;
    if (taken)
        interp_detach();
}

void locked_release(struct object *object)
{
    bool taken = interp_attach() == 0;

    if (--object->count == 0)
        object->destroy(object);
    if (taken)
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
    long left;

    void (*destroy)(struct object *) = object->destroy;

    omp_set_lock(&object->lock);
    left = object->count - 1;
    object->count = left;
    omp_unset_lock(&object->lock);
    if (left == 0)
        destroy(object);
}

void atomic_retain(struct object *object)
{
#pragma omp atomic update relaxed
    object->count++;
}

void atomic_release(struct object *object)
{
    long left;

#pragma omp atomic capture acq_rel
    left = --object->count;
    if (left == 0)
        object->destroy(object);
}

/* Given: is the calling thread the object's owner? */
static bool is_mine(struct object *object)
{
    return self && atomic_load_explicit(&object->owner, memory_order_relaxed) == self;
}

void biased_retain(struct object *object)
{
    unsigned local = atomic_load_explicit(&object->local, memory_order_relaxed);

    if (local == IMMORTAL)
        return;
    if (is_mine(object))
        atomic_store_explicit(&object->local, local + 1, memory_order_relaxed);
    else
        atomic_fetch_add_explicit(&object->shared, ONE, memory_order_relaxed);
}

/* Ends the bias: `local`, less what is dropped with it (0 or 1), is added to `shared`, and nobody
 * is the owner any more. For the owner; or for others, once the owner has left. */
static void merge(struct object *object, unsigned dropped)
{
    long add = (long)atomic_load_explicit(&object->local, memory_order_relaxed) - (long)dropped;
    long old, new;

    atomic_store_explicit(&object->owner, NULL, memory_order_relaxed);
    atomic_store_explicit(&object->local, 0, memory_order_relaxed);
    old = atomic_load_explicit(&object->shared, memory_order_relaxed);
    do
        new = ((old & ~(long)STATE) + add * ONE) | MERGED;
    while (!atomic_compare_exchange_weak_explicit(&object->shared, &old, new, memory_order_acq_rel,
                                                  memory_order_relaxed));
    if (new == MERGED)
        object->destroy(object);
}

static void release_queued(struct object *object);

/* Puts the object into its owner's queue, with the reference that is to be dropped. */
static void enqueue(struct object *object)
{
    struct owner *owner = atomic_load_explicit(&object->owner, memory_order_relaxed);
    bool queued = false;

    if (owner) {
        omp_set_lock(&owner->lock);
        queued = !owner->gone;
        if (queued) {
            struct object **end = &owner->queue;

            while (*end)
                end = &(*end)->next;
            object->next = NULL;
            *end = object;
        }
        omp_unset_lock(&owner->lock);
    }
    if (!queued)
        release_queued(object);
}

/* Drops a reference that is counted in `shared`. */
static void release_shared(struct object *object)
{
    long old = atomic_load_explicit(&object->shared, memory_order_relaxed), new;

    for (;;) {
        new = old == BIASED ? QUEUED : old - ONE;
        if (atomic_compare_exchange_strong_explicit(&object->shared, &old, new,
                                                    memory_order_acq_rel, memory_order_acquire))
            break;
    }
    if (old == BIASED) {
        enqueue(object);
        return;
    }
    if (old == (ONE | MERGED))
        object->destroy(object);
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
    if (!is_mine(object)) {
        release_shared(object);
        return;
    }
    atomic_store_explicit(&object->local, local - 1, memory_order_relaxed);
    if (local > 1)
        return;
    if (atomic_load_explicit(&object->shared, memory_order_acquire) == BIASED)
        object->destroy(object);
    else
        merge(object, 0);
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
    struct owner *me = self;
    struct object *all;

    do {
        omp_set_lock(&me->lock);
        all = me->queue;
        me->queue = NULL;
        me->gone |= leaving && !all;
        omp_unset_lock(&me->lock);
        for (struct object *rest; all; all = rest) {
            rest = all->next;
            release_queued(all);
            if (!rest) /* look again: destructors may have released others */
                break;
        }
    } while (all);
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
