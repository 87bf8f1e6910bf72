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
    /* TODO(1): As plain_retain, but with the installed lock in hand: interp_attach takes it. It
     * returns -1 if the calling thread has the lock already, which must then keep it. */
    /* answer:
    errno = ENOSYS; */
    bool taken = interp_attach() == 0;

    object->count++;
    if (taken)
        interp_detach();
    /* end of answer */
}

void locked_release(struct object *object)
{
    /* TODO(1): The same for plain_release, and for `destroy`. */
    /* answer:
    errno = ENOSYS; */
    bool taken = interp_attach() == 0;

    if (--object->count == 0)
        object->destroy(object);
    if (taken)
        interp_detach();
    /* end of answer */
}

void mutex_retain(struct object *object)
{
    /* TODO(2): Count with object->lock in hand (omp_set_lock, omp_unset_lock). */
    /* answer:
    errno = ENOSYS; */
    omp_set_lock(&object->lock);
    object->count++;
    omp_unset_lock(&object->lock);
    /* end of answer */
}

void mutex_release(struct object *object)
{
    /* TODO(2): Count with the lock in hand, and remember what is left. The lock is a part of the
     * object: it must be given back before `destroy` is called. */
    /* answer:
    errno = ENOSYS; */
    long left;

    omp_set_lock(&object->lock);
    left = --object->count;
    omp_unset_lock(&object->lock);
    if (left == 0)
        object->destroy(object);
    /* end of answer */
}

void atomic_retain(struct object *object)
{
    /* TODO(3): One atomic update. A relaxed one will do. Why? */
    /* answer:
    errno = ENOSYS; */
#pragma omp atomic update relaxed
    object->count++;
    /* end of answer */
}

void atomic_release(struct object *object)
{
    /* TODO(3): One atomic capture tells how many are left after this very release. Its order must
     * be acq_rel: what this thread has done to the object comes before its release, and what others
     * have done comes before `destroy`. */
    /* answer:
    errno = ENOSYS; */
    long left;

#pragma omp atomic capture acq_rel
    left = --object->count;
    if (left == 0)
        object->destroy(object);
    /* end of answer */
}

/* Given: is the calling thread the object's owner? */
static bool is_mine(struct object *object)
{
    return self && atomic_load_explicit(&object->owner, memory_order_relaxed) == self;
}

void biased_retain(struct object *object)
{
    /* TODO(4): Leave an immortal object alone. The owner loads `local` and stores one more, both
     * relaxed: nobody else writes there. All others add ONE to `shared` in one atomic step. */
    /* answer:
    errno = ENOSYS; */
    unsigned local = atomic_load_explicit(&object->local, memory_order_relaxed);

    if (local == IMMORTAL)
        return;
    if (is_mine(object))
        atomic_store_explicit(&object->local, local + 1, memory_order_relaxed);
    else
        atomic_fetch_add_explicit(&object->shared, ONE, memory_order_relaxed);
    /* end of answer */
}

/* Ends the bias: `local`, less what is dropped with it (0 or 1), is added to `shared`, and nobody
 * is the owner any more. For the owner; or for others, once the owner has left. */
static void merge(struct object *object, unsigned dropped)
{
    /* TODO(5): Others change `shared` meanwhile: compare and exchange, in a loop, acq_rel. As soon
     * as they see MERGED, they may drop the last reference: so `local` and `owner` must be set to 0
     * and NULL before that. Destroy the object if you have stored MERGED, with no reference. */
    /* answer:
    errno = ENOSYS; */
    long add = (long)atomic_load_explicit(&object->local, memory_order_relaxed) - (long)dropped;
    long old, new;

    atomic_store_explicit(&object->local, 0, memory_order_relaxed);
    atomic_store_explicit(&object->owner, NULL, memory_order_relaxed);
    old = atomic_load_explicit(&object->shared, memory_order_relaxed);
    do
        new = ((old & ~(long)STATE) + add * ONE) | MERGED;
    while (!atomic_compare_exchange_weak_explicit(&object->shared, &old, new, memory_order_acq_rel,
                                                  memory_order_relaxed));
    if (new == MERGED)
        object->destroy(object);
    /* end of answer */
}

static void release_queued(struct object *object);

/* Puts the object into its owner's queue, with the reference that is to be dropped. */
static void enqueue(struct object *object)
{
    /* TODO(6): Read object->owner once. Under the owner's lock: if it is not gone, link the object
     * into its queue. If it is gone, or nobody was the owner, release_queued, without the lock. */
    /* answer:
    errno = ENOSYS; */
    struct owner *owner = atomic_load_explicit(&object->owner, memory_order_relaxed);
    bool queued = false;

    if (owner) {
        omp_set_lock(&owner->lock);
        queued = !owner->gone;
        if (queued) {
            object->next = owner->queue;
            owner->queue = object;
        }
        omp_unset_lock(&owner->lock);
    }
    if (!queued)
        release_queued(object);
    /* end of answer */
}

/* Drops a reference that is counted in `shared`. */
static void release_shared(struct object *object)
{
    /* TODO(7): Compare and exchange in a loop, acq_rel. If `shared` is 0 (BIASED, no reference),
     * the reference is one of the owner's part: store QUEUED, subtract nothing, and enqueue the
     * object. Otherwise subtract ONE; if that leaves MERGED, with no reference, destroy it. */
    /* answer:
    errno = ENOSYS; */
    long old = atomic_load_explicit(&object->shared, memory_order_relaxed), new;

    do
        new = old == BIASED ? QUEUED : old - ONE;
    while (!atomic_compare_exchange_weak_explicit(&object->shared, &old, new, memory_order_acq_rel,
                                                  memory_order_relaxed));
    if (old == BIASED)
        enqueue(object);
    else if (new == MERGED)
        object->destroy(object);
    /* end of answer */
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
    /* TODO(8): Leave an immortal object alone. Not the owner: release_shared. The owner loads
     * `local`, stores one less, and if that is 0 loads `shared` (acquire). 0, too? Destroy the
     * object. Otherwise merge. */
    /* answer:
    errno = ENOSYS; */
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
    /* end of answer */
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
    /* TODO(9): Take one object after the other out of self->queue, and call release_queued for it,
     * without the lock. Look and take out in one piece, with the lock in hand. If none is left and
     * the owner is leaving, it must be gone in that same piece: nobody can come in between. */
    /* answer:
    errno = ENOSYS; */
    struct object *object;

    do {
        omp_set_lock(&self->lock);
        object = self->queue;
        if (object)
            self->queue = object->next;
        else if (leaving)
            self->gone = true;
        omp_unset_lock(&self->lock);
        if (object)
            release_queued(object);
    } while (object);
    /* end of answer */
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
