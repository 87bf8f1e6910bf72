/* Right: the owner's part goes over to `shared` in one step, and the state up in another. Captures
 * are sequentially consistent; who puts an object into the queue walks to its end, and the owner
 * takes it as a whole. */
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

static void under_the_lock(void step(struct object *), struct object *object)
{
    bool taken = interp_attach() != -1;

    step(object);
    if (taken)
        interp_detach();
}

void locked_retain(struct object *object)
{
    under_the_lock(plain_retain, object);
}

void locked_release(struct object *object)
{
    under_the_lock(plain_release, object);
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

    omp_set_lock(&object->lock);
    left = --object->count;
    omp_unset_lock(&object->lock);
    if (left == 0)
        object->destroy(object);
}

void atomic_retain(struct object *object)
{
    long now;
#pragma omp atomic capture seq_cst
    {
        now = object->count;
        object->count += 1;
    }
    (void)now;
}

void atomic_release(struct object *object)
{
    long was;
#pragma omp atomic capture seq_cst
    {
        was = object->count;
        object->count -= 1;
    }
    if (was > 1)
        return;
    object->destroy(object);
}

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

/* In two steps: the owner's part goes over, and then the state goes up. As long as it is not MERGED
 * nobody else may destroy the object. */
static void merge(struct object *object, unsigned dropped)
{
    long part = (long)atomic_load_explicit(&object->local, memory_order_relaxed) - (long)dropped;

    atomic_fetch_add_explicit(&object->shared, part * ONE, memory_order_acq_rel);
    atomic_store_explicit(&object->local, 0, memory_order_relaxed);
    atomic_store_explicit(&object->owner, NULL, memory_order_relaxed);
    if ((atomic_fetch_or_explicit(&object->shared, MERGED, memory_order_acq_rel) | MERGED) ==
        MERGED)
        object->destroy(object);
}

static void release_queued(struct object *object);

static void enqueue(struct object *object)
{
    struct owner *owner = atomic_load_explicit(&object->owner, memory_order_acquire);
    struct object **end;

    if (!owner)
        goto alone;
    omp_set_lock(&owner->lock);
    if (owner->gone) {
        omp_unset_lock(&owner->lock);
        goto alone;
    }
    for (end = &owner->queue; *end; end = &(*end)->next)
        ;
    object->next = NULL;
    *end = object;
    omp_unset_lock(&owner->lock);
    return;
alone:
    release_queued(object);
}

static void release_shared(struct object *object)
{
    long old = atomic_load_explicit(&object->shared, memory_order_relaxed), new;

    do
        new = old == BIASED ? QUEUED : old - ONE;
    while (!atomic_compare_exchange_weak_explicit(&object->shared, &old, new, memory_order_acq_rel,
                                                  memory_order_relaxed));
    if (old == BIASED)
        enqueue(object);
    else if (new == MERGED)
        object->destroy(object);
}

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
    local--;
    atomic_store_explicit(&object->local, local, memory_order_relaxed);
    if (local > 0)
        return;
    if (atomic_load_explicit(&object->shared, memory_order_acquire) == 0)
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

/* Takes the whole queue at once. */
static struct object *take_all(bool leaving)
{
    struct object *all;

    omp_set_lock(&self->lock);
    all = self->queue;
    self->queue = NULL;
    if (!all && leaving)
        self->gone = true;
    omp_unset_lock(&self->lock);
    return all;
}

static void merge_queue(bool leaving)
{
    struct object *object, *next;

    while ((object = take_all(leaving)))
        for (; object; object = next) {
            next = object->next; /* before it is gone */
            release_queued(object);
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
