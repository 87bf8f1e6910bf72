/* Right: Each change of shared is a function of its own. By somebody who saw no test. */
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
    if (interp_attach() == 0) {
        plain_retain(object);
        interp_detach();
    } else {
        plain_retain(object); /* we have it already */
    }
}

void locked_release(struct object *object)
{
    if (interp_attach() == 0) {
        plain_release(object);
        interp_detach();
    } else {
        plain_release(object);
    }
}

/* Changes the count under the object's lock. Returns the new count. */
static long add_locked(struct object *object, long change)
{
    long count;

    omp_set_lock(&object->lock);
    count = object->count += change;
    omp_unset_lock(&object->lock);
    return count;
}

void mutex_retain(struct object *object)
{
    add_locked(object, 1);
}

void mutex_release(struct object *object)
{
    if (add_locked(object, -1) == 0)
        object->destroy(object);
}

void atomic_retain(struct object *object)
{
    __atomic_add_fetch(&object->count, 1, __ATOMIC_RELAXED);
}

void atomic_release(struct object *object)
{
    if (__atomic_sub_fetch(&object->count, 1, __ATOMIC_ACQ_REL) == 0)
        object->destroy(object);
}

/* Given: is the calling thread the object's owner? */
static bool is_mine(struct object *object)
{
    return self && atomic_load_explicit(&object->owner, memory_order_relaxed) == self;
}

static unsigned get_local(struct object *object)
{
    return atomic_load_explicit(&object->local, memory_order_relaxed);
}

static bool is_immortal(struct object *object)
{
    return get_local(object) == IMMORTAL;
}

/* For the owner. Returns the new value. */
static unsigned add_local(struct object *object, int change)
{
    unsigned local = get_local(object) + (unsigned)change;

    atomic_store_explicit(&object->local, local, memory_order_relaxed);
    return local;
}

/* If `shared` is *old, stores new. Otherwise sets *old and returns false. */
static bool exchange(struct object *object, long *old, long new)
{
    return atomic_compare_exchange_weak_explicit(&object->shared, old, new, memory_order_acq_rel,
                                                 memory_order_acquire);
}

void biased_retain(struct object *object)
{
    if (is_immortal(object))
        return;
    if (is_mine(object))
        add_local(object, 1);
    else
        atomic_fetch_add_explicit(&object->shared, ONE, memory_order_relaxed);
}

/* Ends the bias: `local`, less what is dropped with it (0 or 1), is added to `shared`, and nobody
 * is the owner any more. For the owner; or for others, once the owner has left. */
static void merge(struct object *object, unsigned dropped)
{
    long add = ONE * ((long)get_local(object) - (long)dropped);
    long old, new;

    atomic_store_explicit(&object->local, 0, memory_order_relaxed);
    atomic_store_explicit(&object->owner, NULL, memory_order_release);
    old = atomic_load_explicit(&object->shared, memory_order_acquire);
    for (new = (old + add) | MERGED; !exchange(object, &old, new); new = (old + add) | MERGED)
        ;
    if (new == MERGED)
        object->destroy(object);
}

static void release_queued(struct object *object);

/* False if the owner has left. */
static bool push(struct owner *owner, struct object *object)
{
    bool there;

    omp_set_lock(&owner->lock);
    there = !owner->gone;
    if (there) {
        object->next = owner->queue;
        owner->queue = object;
    }
    omp_unset_lock(&owner->lock);
    return there;
}

/* Puts the object into its owner's queue, with the reference that is to be dropped. */
static void enqueue(struct object *object)
{
    struct owner *owner = atomic_load_explicit(&object->owner, memory_order_acquire);

    if (owner == NULL || !push(owner, object))
        release_queued(object);
}

/* Drops a reference that is counted in `shared`. */
static void release_shared(struct object *object)
{
    long old = atomic_load_explicit(&object->shared, memory_order_acquire), new;

    do {
        if (old == 0)
            new = QUEUED;
        else
            new = old - ONE;
    } while (!exchange(object, &old, new));

    if (old == 0)
        enqueue(object);
    if (new == MERGED)
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
    if (is_immortal(object))
        return;
    if (!is_mine(object))
        release_shared(object);
    else if (add_local(object, -1) == 0) {
        if (atomic_load_explicit(&object->shared, memory_order_acquire))
            merge(object, 0);
        else
            object->destroy(object);
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

/* Takes one object out of the queue. If there is none: NULL, and the owner is gone if it leaves. */
static struct object *pop(struct owner *owner, bool leaving)
{
    struct object *object;

    omp_set_lock(&owner->lock);
    object = owner->queue;
    if (object != NULL) {
        owner->queue = object->next;
        object->next = NULL;
    } else if (leaving) {
        owner->gone = true;
    }
    omp_unset_lock(&owner->lock);
    return object;
}

/* Merges what is in the calling thread's queue. An owner that leaves is gone after that. */
static void merge_queue(bool leaving)
{
    struct object *object;

    while ((object = pop(self, leaving)) != NULL)
        release_queued(object);
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
