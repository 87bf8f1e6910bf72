/* What one thread alone can see. */
#include <errno.h>
#include <stdatomic.h>

#include "tests/harness/grader.h"
#include "tests/harness/wording.h"
#include "tests/suites/12-reference-counts-history.h"

const struct way way_locked = {locked_retain, locked_release, "locked_retain", "locked_release"};
const struct way way_mutex = {mutex_retain, mutex_release, "mutex_retain", "mutex_release"};
const struct way way_atomic = {atomic_retain, atomic_release, "atomic_retain", "atomic_release"};
const struct way way_biased = {biased_retain, biased_release, "biased_retain", "biased_release"};

struct object history_object;
struct owner history_owner;

static atomic_int destroyed; /* threads may destroy it */

static void destroy_plainly(struct object *object)
{
    (void)object;
    atomic_fetch_add(&destroyed, 1);
}

void history_be(struct owner *owner)
{
    owner_enter(owner);
}

int history_destroyed(void)
{
    return atomic_load(&destroyed);
}

void history_make(void)
{
    atomic_store(&destroyed, 0);
    object_init(&history_object, destroy_plainly);
}

static void expect_unlocked(const char *name)
{
    expect_at(name, omp_test_lock(&history_object.lock), "%s keeps the object's lock.", name);
    omp_unset_lock(&history_object.lock);
}

enum { CHILDREN = 3 };

static struct object parent, children[CHILDREN], grandchild;
static const struct way *family;
static int ended; /* a digit for each: the parent's, the children's, the grandchild's */

static void destroy_grandchild(struct object *object)
{
    (void)object;
    ended += 1;
}

static void destroy_one_child(struct object *object)
{
    ended += 10;
    if (object == &children[0])
        family->release(&grandchild);
}

static void destroy_parent(struct object *object)
{
    (void)object;
    ended += 100;
    for (int i = 0; i < CHILDREN; i++)
        family->release(&children[i]);
}

void history_expect_family(const struct way *way)
{
    family = way;
    ended = 0;
    owner_init(&history_owner);
    owner_enter(&history_owner);
    object_init(&parent, destroy_parent);
    object_init(&grandchild, destroy_grandchild);
    for (int i = 0; i < CHILDREN; i++)
        object_init(&children[i], destroy_one_child);
    grader_doing(way->release_name,
                 "%s of an object whose destructor releases %d others, and one "
                 "of theirs releases another one",
                 way->release_name, CHILDREN);
    way->release(&parent);
    grader_did();
    owner_enter(NULL);
    expect_at(way->release_name, ended == 100 + 10 * CHILDREN + 1,
              "The destructor of an object released %d others, and that of one of them another "
              "one. Each of these 5 objects should have been destroyed once, but the first one was "
              "destroyed %d, the %d others in all %d, and the last one %d times.",
              CHILDREN, ended / 100, CHILDREN, ended / 10 % 10, ended % 10);
}

void history_begin(const struct way *begun)
{
    owner_init(&history_owner);
    owner_enter(&history_owner);
    history_make();
    expect_at("object_init", begun != &way_biased || history_object.owner == &history_owner,
              "object->owner should be the owner that has entered when the object is made.");
    errno = 0;
    grader_doing(begun->retain_name, "a plain call of %s", begun->retain_name);
    begun->retain(&history_object);
    grader_begun(begun->retain_name, errno != ENOSYS);
    expect_unlocked(begun->retain_name);
    errno = 0;
    grader_doing(begun->release_name, "a plain call of %s", begun->release_name);
    begun->release(&history_object);
    grader_begun(begun->release_name, errno != ENOSYS);
    expect_unlocked(begun->release_name);
    expect(history_destroyed() == 0,
           "An object with 2 references is destroyed when one of them is dropped.");
    begun->release(&history_object);
    expect_unlocked(begun->release_name);
    expect(history_destroyed() == 1,
           "An object was retained once and released twice, so its last reference is gone. Its "
           "destructor should have been called once, but it was called %s.",
           plural(history_destroyed(), "time"));
    owner_enter(NULL);
}
