/* Right: GCC's built-in atomics instead of OpenMP's; a release that only publishes, and an acquiring
 * load before the destructor; strong exchanges; one lock for all queues, which are emptied at one
 * stroke. */
#include "12-reference-counts/counts.h"

#include <pthread.h>
#include <stddef.h>

#include "common/interp.h"

static _Thread_local struct owner *self;
static pthread_mutex_t queues = PTHREAD_MUTEX_INITIALIZER; /* guards all queues */

void object_init(struct object *object, void (*destroy)(struct object *object))
{
    *object = (struct object){.count = 1, .destroy = destroy, .owner = self, .local = self != NULL};
    atomic_store(&object->shared, self ? BIASED : ONE | MERGED);
    omp_init_lock(&object->lock);
}

void object_immortalise(struct object *object)
{
    atomic_store(&object->local, IMMORTAL);
}

void plain_retain(struct object *object)
{
    object->count += 1;
}

void plain_release(struct object *object)
{
    object->count -= 1;
    if (object->count == 0)
        object->destroy(object);
}

void locked_retain(struct object *object)
{
    if (interp_attach()) {
        plain_retain(object);
        return;
    }
    plain_retain(object);
    interp_detach();
}

void locked_release(struct object *object)
{
    if (interp_attach()) {
        plain_release(object);
        return;
    }
    plain_release(object);
    interp_detach();
}

void mutex_retain(struct object *object)
{
    while (!omp_test_lock(&object->lock))
        ;
    object->count++;
    omp_unset_lock(&object->lock);
}

void mutex_release(struct object *object)
{
    bool last;

    omp_set_lock(&object->lock);
    last = object->count == 1;
    if (!last)
        object->count--;
    omp_unset_lock(&object->lock);
    if (last)
        object->destroy(object);
}

void atomic_retain(struct object *object)
{
    __atomic_fetch_add(&object->count, 1, __ATOMIC_RELAXED);
}

void atomic_release(struct object *object)
{
    if (__atomic_fetch_sub(&object->count, 1, __ATOMIC_RELEASE) != 1)
        return;
    (void)__atomic_load_n(&object->count, __ATOMIC_ACQUIRE);
    object->destroy(object);
}

static bool owned(struct object *object)
{
    return self != NULL && atomic_load(&object->owner) == self;
}

void biased_retain(struct object *object)
{
    if (atomic_load(&object->local) == IMMORTAL)
        return;
    if (owned(object))
        atomic_store(&object->local, atomic_load(&object->local) + 1);
    else
        atomic_fetch_add(&object->shared, ONE);
}

static void unbias(struct object *object, unsigned less)
{
    long mine = (long)atomic_load(&object->local) - less, seen, merged;

    atomic_store(&object->owner, NULL);
    atomic_store(&object->local, 0);
    do {
        seen = atomic_load(&object->shared);
        merged = seen - (seen & STATE) + MERGED + mine * ONE;
    } while (!atomic_compare_exchange_strong(&object->shared, &seen, merged));
    if (merged == MERGED)
        object->destroy(object);
}

/* Returns false if nobody is there any more to take the object. */
static bool hand_over(struct object *object)
{
    struct owner *owner = atomic_load(&object->owner);
    bool there;

    if (owner == NULL)
        return false;
    pthread_mutex_lock(&queues);
    there = !owner->gone;
    if (there) {
        object->next = owner->queue;
        owner->queue = object;
    }
    pthread_mutex_unlock(&queues);
    return there;
}

static void drop_shared(struct object *object)
{
    for (;;) {
        long seen = atomic_load(&object->shared);

        if (seen != 0) {
            if (!atomic_compare_exchange_strong(&object->shared, &seen, seen - ONE))
                continue;
            if (seen == (ONE | MERGED))
                object->destroy(object);
            return;
        }
        if (!atomic_compare_exchange_strong(&object->shared, &seen, QUEUED))
            continue;
        if (hand_over(object))
            return;
        if (atomic_load(&object->owner) != NULL) {
            unbias(object, 1);
            return;
        }
    }
}

void biased_release(struct object *object)
{
    unsigned local = atomic_load(&object->local);

    if (local == IMMORTAL)
        return;
    if (!owned(object)) {
        drop_shared(object);
    } else {
        atomic_store(&object->local, local - 1);
        if (local == 1)
            unbias(object, 0);
    }
}

void owner_init(struct owner *owner)
{
    *owner = (struct owner){.queue = NULL};
    omp_init_lock(&owner->lock);
}

void owner_destroy(struct owner *owner)
{
    omp_destroy_lock(&owner->lock);
}

void owner_enter(struct owner *owner)
{
    self = owner;
}

/* Returns whether there was anything. */
static bool empty_queue(bool last)
{
    struct object *object, *next;

    pthread_mutex_lock(&queues);
    object = self->queue;
    self->queue = NULL;
    self->gone = last && !object;
    pthread_mutex_unlock(&queues);
    if (!object)
        return false;
    for (; object; object = next) {
        next = object->next;
        if (atomic_load(&object->owner))
            unbias(object, 1);
        else
            drop_shared(object);
    }
    return true;
}

void owner_merge(void)
{
    while (self && empty_queue(false))
        ;
}

void owner_leave(void)
{
    while (self && empty_queue(true))
        ;
    self = NULL;
}
