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
    expect(history_destroyed() == 1,
           "An object was retained once and released twice, so its last reference is gone. Its "
           "destructor should have been called once, but it was called %s.",
           plural(history_destroyed(), "time"));
    owner_enter(NULL);
}
