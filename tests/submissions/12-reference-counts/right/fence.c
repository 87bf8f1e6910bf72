/* Right: an atomic release publishes, and whoever drops the last reference acquires by a fence; the
 * owner takes its whole queue at once. */
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

/* Given: is the calling thread the object's owner? */
static bool is_mine(struct object *object)
{
    return self && atomic_load_explicit(&object->owner, memory_order_relaxed) == self;
}

static void merge(struct object *object, unsigned dropped);
static void enqueue(struct object *object);
static void release_shared(struct object *object);

/* Given: drops the reference that an object had in a queue. Whoever calls it may merge. */
static void release_queued(struct object *object)
{
    if (atomic_load_explicit(&object->owner, memory_order_relaxed))
        merge(object, 1);
    else
        release_shared(object);
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

void locked_retain(struct object *object)
{
    int taken = interp_attach() == 0;

    plain_retain(object);
    if (taken)
        interp_detach();
}

void locked_release(struct object *object)
{
    int taken = interp_attach() == 0;

    plain_release(object);
    if (taken)
        interp_detach();
}

static long add_under(omp_lock_t *lock, long *count, long by)
{
    long result;

    omp_set_lock(lock);
    *count += by;
    result = *count;
    omp_unset_lock(lock);
    return result;
}

void mutex_retain(struct object *object)
{
    add_under(&object->lock, &object->count, +1);
}

void mutex_release(struct object *object)
{
    void (*destroy)(struct object *) = object->destroy;

    if (add_under(&object->lock, &object->count, -1) > 0)
        return;
    destroy(object);
}

void atomic_retain(struct object *object)
{
    __atomic_add_fetch(&object->count, 1, __ATOMIC_RELAXED);
}

void atomic_release(struct object *object)
{
    if (__atomic_fetch_sub(&object->count, 1, __ATOMIC_RELEASE) == 1) {
        atomic_thread_fence(memory_order_acquire);
        object->destroy(object);
    }
}

static bool immortal(struct object *object)
{
    return atomic_load_explicit(&object->local, memory_order_relaxed) == IMMORTAL;
}

void biased_retain(struct object *object)
{
    if (immortal(object))
        return;
    if (!is_mine(object)) {
        long old = atomic_load_explicit(&object->shared, memory_order_relaxed);

        while (!atomic_compare_exchange_weak_explicit(&object->shared, &old, old + ONE,
                                                      memory_order_relaxed, memory_order_relaxed))
            ;
        return;
    }
    atomic_store_explicit(&object->local,
                          atomic_load_explicit(&object->local, memory_order_relaxed) + 1,
                          memory_order_relaxed);
}

static void merge(struct object *object, unsigned dropped)
{
    long local = atomic_load_explicit(&object->local, memory_order_relaxed);
    long old = atomic_load_explicit(&object->shared, memory_order_relaxed), new;

    atomic_store_explicit(&object->local, 0, memory_order_relaxed);
    atomic_store_explicit(&object->owner, NULL, memory_order_relaxed);
    do {
        new = ((old & ~(long)STATE) + ONE * (local - (long)dropped)) | MERGED;
    } while (!atomic_compare_exchange_weak_explicit(&object->shared, &old, new,
                                                    memory_order_acq_rel, memory_order_relaxed));
    if (new == MERGED)
        object->destroy(object);
}

static void enqueue(struct object *object)
{
    struct owner *owner = atomic_load_explicit(&object->owner, memory_order_relaxed);
    bool gone = true;

    if (owner) {
        omp_set_lock(&owner->lock);
        gone = owner->gone;
        if (!gone) {
            object->next = owner->queue;
            owner->queue = object;
        }
        omp_unset_lock(&owner->lock);
    }
    if (gone)
        release_queued(object);
}

static void release_shared(struct object *object)
{
    long seen = atomic_load(&object->shared);

    while (true) {
        if (seen == 0) {
            if (atomic_compare_exchange_strong(&object->shared, &seen, QUEUED)) {
                enqueue(object);
                return;
            }
        } else if (atomic_compare_exchange_strong(&object->shared, &seen, seen - ONE)) {
            if (seen == (ONE | MERGED))
                object->destroy(object);
            return;
        }
    }
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
    if (atomic_load_explicit(&object->shared, memory_order_acquire) == 0)
        object->destroy(object);
    else
        merge(object, 0);
}

static struct object *take_all(struct owner *owner, bool leaving)
{
    struct object *all;

    omp_set_lock(&owner->lock);
    all = owner->queue;
    owner->queue = NULL;
    if (!all && leaving)
        owner->gone = true;
    omp_unset_lock(&owner->lock);
    return all;
}

static void merge_queue(bool leaving)
{
    struct object *all, *next;

    while ((all = take_all(self, leaving)))
        for (; all; all = next) {
            next = all->next;
            release_queued(all);
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
