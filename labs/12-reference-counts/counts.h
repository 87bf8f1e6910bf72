/* Lab 12: reference counts, kept in five ways. Why Python has a lock, and what takes its place.
 *
 * An object lives as long as somebody holds a reference to it. To *retain* an object is to take one
 * more reference to it, to *release* it is to drop one: CPython's Py_INCREF and Py_DECREF. When the
 * last reference is dropped the object's destructor runs, and after that nobody may touch it.
 *
 * The biased way is that of PEP 703, as CPython 3.13 and later have it without the lock
 * (Include/refcount.h, Objects/object.c, Python/brc.c), but for weak references. */
#ifndef LOCKSTEP_LABS_COUNTS_H
#define LOCKSTEP_LABS_COUNTS_H

#include <stdatomic.h>
#include <stdbool.h>

#include <omp.h>

/* A thread that makes objects; for the biased way only. It must live as long as the objects that
 * the thread has made. */
struct owner {
    omp_lock_t lock;
    struct object *queue; /* objects to merge, linked by `next`; guarded by `lock` */
    bool gone;            /* the thread has left; guarded by `lock` */
};

struct object {
    long count;                    /* all ways but the biased one: how many references there are */
    atomic_uint local;             /* biased: the owner's part of the count; only it writes here */
    omp_lock_t lock;               /* mutex_retain and mutex_release: guards `count` */
    _Atomic(struct owner *) owner; /* biased: NULL means that nobody is (any more) */
    void (*destroy)(struct object *object); /* fixed before the object is shared */
    atomic_long shared;  /* biased: the others' part of the count, times ONE, and a state */
    struct object *next; /* guarded by the lock of the owner in whose queue the object is */
};

/* The two lowest bits of `shared` are its state. States only go up. */
enum {
    BIASED = 0, /* the owner's part is in `local` */
    QUEUED = 2, /* so it is, and the object was put into its owner's queue, with one reference */
    MERGED = 3, /* the whole count is in `shared` */
    STATE = 3,  /* both bits */
    ONE = 4,    /* one reference */
};
#define IMMORTAL 0xffffffffU /* in `local`: the object is never counted, and never destroyed */

/* Given. Makes an object that has one reference, which is the caller's, and is owned by the calling
 * thread, if that has entered. */
void object_init(struct object *object, void (*destroy)(struct object *object));

/* Given. Makes the object immortal. Before it is shared. */
void object_immortalise(struct object *object);

/* Take one more reference, for a caller that has one, and drop one of the caller's. Any number of
 * threads may do so at the same time. The release that drops the last reference calls `destroy`,
 * once, in its own thread. `destroy` sees all that any thread has done to the object before it
 * released it. It may release other objects. After it has been called, nothing touches the object
 * any more.
 *
 * Each pair keeps the count in its own way: an object is retained and released by one pair only. */
void plain_retain(struct object *object); /* given: right as long as threads take turns */
void plain_release(struct object *object);

/* Under the lock that is installed behind the hooks of common/interp.h. Each takes the lock for its
 * work (interp_attach), unless the calling thread holds it already, and then leaves it so.
 * `destroy` runs under it, too. */
void locked_retain(struct object *object);
void locked_release(struct object *object);

/* Under the object's own lock: threads that use different objects do not wait for each other. The
 * lock is a part of the object: `destroy` finds it free, and not destroyed. */
void mutex_retain(struct object *object);
void mutex_release(struct object *object);

/* By one atomic change of the count each, without a lock. */
void atomic_retain(struct object *object);
void atomic_release(struct object *object);

/* Biased: the owner counts in `local`, without a lock and without an atomic change, all others in
 * `shared`. If a thread that is not the owner seems to drop the last reference, the owner gets the
 * object in its queue. Then `destroy` is called by whoever merges the two parts and finds that no
 * reference is left. An immortal object is not written to. */
void biased_retain(struct object *object);
void biased_release(struct object *object);

/* Given. Make and end an owner, from any thread; and let the calling thread be that owner from now
 * on, whose objects are those that it makes. */
void owner_init(struct owner *owner);
void owner_destroy(struct owner *owner);
void owner_enter(struct owner *owner);

/* Merges every object in the calling thread's queue: an owner calls it now and then, as CPython's
 * eval loop does. Does nothing for a thread that is no owner. */
void owner_merge(void);

/* The calling thread stops being an owner: merges what is in its queue, and leaves. Objects that it
 * has made may live on. What others would put into the queue later, they merge themselves. Does
 * nothing for a thread that is no owner. */
void owner_leave(void);

#endif
