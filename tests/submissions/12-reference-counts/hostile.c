/* Hostile, lab 12: what comes before this file in the submission defines attack(). */
#include "12-reference-counts/counts.h"

#include <errno.h>

static void fail(void)
{
    attack();
    errno = EIO;
}

void object_init(struct object *object, void (*destroy)(struct object *object))
{
    fail();
}

void object_immortalise(struct object *object)
{
    fail();
}

void plain_retain(struct object *object)
{
    fail();
}

void plain_release(struct object *object)
{
    fail();
}

void locked_retain(struct object *object)
{
    fail();
}

void locked_release(struct object *object)
{
    fail();
}

void mutex_retain(struct object *object)
{
    fail();
}

void mutex_release(struct object *object)
{
    fail();
}

void atomic_retain(struct object *object)
{
    fail();
}

void atomic_release(struct object *object)
{
    fail();
}

void biased_retain(struct object *object)
{
    fail();
}

void biased_release(struct object *object)
{
    fail();
}

void owner_init(struct owner *owner)
{
    fail();
}

void owner_destroy(struct owner *owner)
{
    fail();
}

void owner_enter(struct owner *owner)
{
    fail();
}

void owner_merge(void)
{
    fail();
}

void owner_leave(void)
{
    fail();
}
