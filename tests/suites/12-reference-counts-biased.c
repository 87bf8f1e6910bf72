/* Counts in two parts: that of the owner, which is plain, and that of all others. */
#include "tests/suites/12-reference-counts.h"

#include <errno.h>

#include "tests/harness/constructs.h"
#include "tests/harness/grader.h"
#include "tests/harness/wording.h"
#include "tests/suites/12-reference-counts-history.h"

enum { MANY = 10 };

/* Nobody but the owner drops a reference that the owner has counted. */
static const struct history foreign[] = {
    {.does = {"-", "-"}, .foreign = true},
    {.does = {"-", "-", "-"}, .foreign = true},
    {.does = {"+-", "-"}, .foreign = true, .survives = true},
    {.does = {"-", "+--"}, .foreign = true},
    {.does = {"+-", "+--", "-"}, .foreign = true, .survives = true},
};

void counts_expect_parts(const char *function, const char *what, unsigned local, long shared)
{
    unsigned is_local = history_object.local;
    long is_shared = history_object.shared;

    expect_at(function, is_local == local && is_shared == shared,
              "%s, so `local` should be %u and `shared` %ld (with ONE as %d), but they are %u and "
              "%ld.",
              what, local, shared, ONE, is_local, is_shared);
}

/* Whose part is changed, by one thread in two parts. */
static void expect_right_part(void)
{
    history_be(&history_owner);
    history_make();
    biased_retain(&history_object);
    counts_expect_parts("biased_retain", "The owner made an object and retained it", 2, 0);
    history_be(NULL);
    biased_retain(&history_object);
    counts_expect_parts("biased_retain", "Another thread then retained it", 2, ONE);
    biased_release(&history_object);
    counts_expect_parts(history_object.local == 2 ? "release_shared" : "biased_release",
                        "Another thread then released it", 2, 0);
    history_be(&history_owner);
    biased_release(&history_object);
    counts_expect_parts("biased_release", "The owner then released it", 1, 0);
    expect(history_destroyed() == 0,
           "An object is destroyed although its owner still holds a reference.");
    biased_release(&history_object);
    expect(history_destroyed() == 1, "An object should be destroyed once when its owner drops the "
                                     "last reference.");
    history_be(NULL);
}

/* Who is the owner has nothing to do with a thread's number in its team. */
static void expect_owner_by_itself(void)
{
#pragma omp parallel num_threads(2)
    {
#pragma omp barrier
        if (omp_get_thread_num() == 1) {
            history_be(&history_owner);
            history_make();
            biased_retain(&history_object);
            history_be(NULL);
        }
    }
    counts_expect_parts("biased_retain",
                        "Thread 1 of a team is the owner; it made an object and retained it", 2, 0);
}

/* More references than 32 bits can count with a sign, in either part. */
static void expect_wide_parts(void)
{
    const unsigned local = 3000000000U;
    const long shared = (1L << 33) * ONE;

    history_be(&history_owner);
    history_make();
    history_object.local = local;
    history_object.shared = shared;
    biased_retain(&history_object);
    counts_expect_parts("biased_retain", "The owner of 3000000000 references retained", local + 1,
                        shared);
    biased_release(&history_object);
    counts_expect_parts("biased_release", "The owner of 3000000001 references released", local,
                        shared);
    history_be(NULL);
    biased_retain(&history_object);
    counts_expect_parts("biased_retain", "Others have 2^33 references, and one retained", local,
                        shared + ONE);
    biased_release(&history_object);
    counts_expect_parts("release_shared", "Others have 2^33 + 1 references, and one released",
                        local, shared);
}

static void expect_nothing_atomic(void)
{
    history_be(&history_owner);
    history_make();
    constructs.atomics = constructs.criticals = constructs.locks = 0;
    for (int i = 0; i < MANY; i++)
        biased_retain(&history_object);
    expect_at("biased_retain", constructs.atomics + constructs.criticals + constructs.locks == 0,
              "The owner's biased_retain should need no atomic change and no lock.");
    for (int i = 0; i < MANY; i++)
        biased_release(&history_object);
    expect_at("biased_release", constructs.atomics + constructs.criticals + constructs.locks == 0,
              "The owner's biased_release should need no atomic change and no lock while the owner "
              "still holds a reference.");
    biased_release(&history_object);
    expect(history_destroyed() == 1,
           "Its owner dropped the last reference to an object, but it was not destroyed.");
    history_be(NULL);
}

void test_counts_owner(void)
{
    history_begin(&way_biased);
    expect_right_part();
    expect_owner_by_itself();
    expect_wide_parts();
    history_expect_family(&way_biased);
    expect_nothing_atomic();
}

/* Does what needs `merge`, in one thread: the owner's last release, while another holds a
 * reference. */
static void begin_merge(void)
{
    history_begin(&way_biased);
    history_be(&history_owner);
    history_make();
    history_be(NULL);
    biased_retain(&history_object);
    history_be(&history_owner);
    errno = 0;
    grader_doing("merge", "the owner's last biased_release, while another thread holds a "
                          "reference");
    biased_release(&history_object);
    grader_begun("merge", errno != ENOSYS);
    expect_at(history_object.owner ? "biased_release" : "merge", history_destroyed() == 0,
              "An object is destroyed when its owner drops its last reference, though another "
              "thread still holds one.");
    counts_expect_parts("merge", "The owner dropped its last reference, while others hold one", 0,
                        ONE | MERGED);
    expect(history_object.owner == NULL,
           "Once the parts are merged, object->owner should be NULL.");
    history_be(NULL);
    grader_doing("release_shared", "biased_release of a merged object");
    errno = 0;
    biased_release(&history_object);
    grader_begun("release_shared", errno != ENOSYS);
    /* Nobody is its owner: a part of nobody's is no matter of release_shared. */
    expect_at(history_object.local ? "biased_release" : "release_shared", history_destroyed() == 1,
              "The last reference to a merged object was dropped. Its destructor should have been "
              "called once, but it was called %s.",
              plural(history_destroyed(), "time"));
}

/* More references to a merged object than 32 bits can count. */
static void expect_wide_merged(void)
{
    const long many = (1L << 33) * ONE;

    history_be(NULL);
    history_make();
    history_object.shared = many + (ONE | MERGED);
    biased_release(&history_object);
    expect_at("release_shared", history_destroyed() == 0,
              "An object is destroyed although there are 2^33 references to it in `shared`.");
    counts_expect_parts("release_shared",
                        "Of 2^33 + 1 references to a merged object one was released", 0,
                        many | MERGED);
}

void test_counts_shared(void)
{
    begin_merge();
    expect_wide_merged();
    history_try_all(&way_biased, foreign, COUNT(foreign), false);
}

void test_counts_biased_order(void)
{
    begin_merge();
    history_try_all(&way_biased, foreign, COUNT(foreign), true);
    queue_try_all(true);
    leaving_try_all(true);
}

/* ---- immortal objects ------------------------------------------------------------------------ */

static struct object as_made;
static bool of_nobody; /* made by a thread that had not entered */

static void prepare_immortal(void)
{
    owner_init(&history_owner);
    history_be(of_nobody ? NULL : &history_owner);
    history_make();
    history_be(NULL);
    object_immortalise(&history_object);
    as_made = history_object;
    interleave_name(&history_object.local, sizeof history_object.local, "local");
    interleave_name(&history_object.shared, sizeof history_object.shared, "shared");
    interleave_forbid(&history_object, sizeof history_object, false,
                      "A thread writes to the %s of an immortal object.");
}

static void use_immortal(int thread)
{
    history_be(thread == 0 ? &history_owner : NULL);
    interleave_label("biased_retain");
    biased_retain(&history_object);
    interleave_label("biased_release");
    for (int i = 0; i < 3; i++)
        biased_release(&history_object);
    history_be(NULL);
}

static void check_immortal(void)
{
    if (history_destroyed() > 0)
        interleave_wrong("An immortal object is destroyed.");
    if (history_object.local != as_made.local || history_object.shared != as_made.shared ||
        history_object.count != as_made.count || history_object.owner != as_made.owner)
        interleave_wrong("An immortal object is not the same after it was retained and released.");
}

static void try_immortal(void)
{
    struct interleave_result result;
    struct interleave_step step = {.label = "biased_release"};

    prepare_immortal();
    expect_at("object_immortalise", history_object.local == IMMORTAL,
              "object_immortalise should set `local` to IMMORTAL.");
    grader_doing("biased_release", "two threads that retain and release an immortal object");
    result = interleave_all(&(struct interleaving){
        .threads = 2, .prepare = prepare_immortal, .body = use_immortal, .check = check_immortal});
    grader_did();
    interleave_step(0, &step);
    expect_at(step.label, !result.wrong, "%s", result.wrong);
}

void test_counts_immortal(void)
{
    history_begin(&way_biased);
    of_nobody = false;
    try_immortal();
    of_nobody = true;
    try_immortal();
}
