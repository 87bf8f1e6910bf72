/* Counts that all threads change alike: under the interpreter's lock, under the object's own, and
 * by atomic steps. */
#include "tests/suites/12-reference-counts.h"

#include "tests/harness/constructs.h"
#include "tests/harness/grader.h"
#include "tests/harness/meeting.h"
#include "tests/harness/wording.h"
#include "tests/suites/12-reference-counts-history.h"
#include "tests/suites/12-reference-counts-lock.h"

static const struct history all_ways[] = {
    {.does = {"-", "-"}},
    {.does = {"-", "-"}, .chain = true},
    {.does = {"-", "-", "-"}},
    {.does = {"+--"}},
    {.does = {"+", "-"}, .survives = true},
    {.does = {"+-", "-"}, .survives = true},
    {.does = {"+--", "+--"}},
    {.does = {"+-", "+--", "-"}, .survives = true},
};
enum { ALL_WAYS = sizeof all_ways / sizeof all_ways[0] };

/* ---- which lock it is ------------------------------------------------------------------------ */

static const struct way *guarded;
static void (*tried)(struct object *object);

static void prepare_guarded(void)
{
    owner_init(&history_owner);
    history_make();
    interleave_name(&history_object.count, sizeof history_object.count, "count");
}

/* Thread 0 changes the count itself, with the lock in hand. */
static void use_lock(int thread)
{
    const void *lock = guarded == &way_locked ? model_lock.self : &history_object.lock;

    model_lock_forget();
    if (thread > 0) {
        tried(&history_object);
    } else if (interleave_chosen()) {
        interleave_take(lock);
        interleave_touch(&history_object.count, true);
        interleave_drop(lock);
    }
}

static void expect_guarded(const struct way *way, const char *lock, bool retain)
{
    const char *name = retain ? way->retain_name : way->release_name;
    struct interleave_result result;

    guarded = way;
    tried = retain ? way->retain : way->release;
    grader_doing(name, "%s, while another thread has %s", name, lock);
    result = interleave_all(&(struct interleaving){
        .threads = 2, .prepare = prepare_guarded, .body = use_lock, .ordered = true});
    grader_did();
    expect(!result.wrong,
           "One thread has %s. Another one calls %s, and should wait for that lock before it uses "
           "the count.",
           lock, name);
}

/* More references than an int can count. */
static void expect_wide(const struct way *way)
{
    const long many = 1L << 32;

    history_make();
    history_object.count = many + 1;
    grader_doing(way->release_name, "%s of an object with %ld references", way->release_name,
                 many + 1);
    way->release(&history_object);
    grader_did();
    expect(
        history_destroyed() == 0 && history_object.count == many,
        "After %s of an object with %ld references there should be one less, but there are %ld%s.",
        way->release_name, many + 1, history_object.count,
        history_destroyed() ? ", and it is destroyed" : "");
}

/* The lock is the object's, until the destructor is called and in it. */
static void expect_lock_kept(void)
{
    history_make();
    atomic_store(&constructs.ended, 0);
    grader_doing("mutex_release", "mutex_release of the last reference");
    mutex_release(&history_object);
    grader_did();
    expect(constructs.ended == 0,
           "The lock is a part of the object, and its destructor should find it as it was made. "
           "But mutex_release has destroyed it (omp_destroy_lock).");
}

/* Two objects' destructors wait for each other. */
static struct meeting *destructors;

static void destroy_together(struct object *object)
{
    (void)object;
    meeting_join(destructors);
}

static void expect_apart(const struct way *way)
{
    struct object objects[2];
    int most;

    destructors = meeting_create(2);
    for (int i = 0; i < 2; i++)
        object_init(&objects[i], destroy_together);
    grader_doing(way->release_name, "%s by two threads, each of the last reference to its object",
                 way->release_name);
#pragma omp parallel for num_threads(2) schedule(static, 1) default(none) shared(way, objects)
    for (int i = 0; i < 2; i++)
        way->release(&objects[i]);
    grader_did();
    most = meeting_most(destructors);
    meeting_free(destructors);
    expect(most == 2,
           "Two threads call %s for the last references to two different objects. Both destructors "
           "should run at the same time, but the second one was not called before the first one "
           "had returned. Is a lock in hand while a destructor runs?",
           way->release_name);
}

/* ---- the tests ------------------------------------------------------------------------------- */

void test_counts_locked(void)
{
    static const struct history with_lock[] = {
        {.does = {"(+)--", "-"}},
        {.does = {"(-)", "-"}},
        {.does = {"(+-)-", "(-)"}, .chain = true},
    };

    history_begin(&way_locked);
    expect_wide(&way_locked);
    history_expect_family(&way_locked);
    history_try_all(&way_locked, all_ways, ALL_WAYS, false);
    history_try_all(&way_locked, with_lock, 3, false);
    history_try_all(&way_locked, all_ways, ALL_WAYS, true);
    interp_install(&model_lock);
    expect_guarded(&way_locked, "the interpreter's lock", true);
    expect_guarded(&way_locked, "the interpreter's lock", false);
    interp_uninstall(model_lock.self);
}

void test_counts_mutex(void)
{
    history_begin(&way_mutex);
    expect_wide(&way_mutex);
    expect_lock_kept();
    expect_apart(&way_mutex);
    history_expect_family(&way_mutex);
    history_try_all(&way_mutex, all_ways, ALL_WAYS, false);
    history_try_all(&way_mutex, all_ways, ALL_WAYS, true);
    expect_guarded(&way_mutex, "the object's lock", true);
    expect_guarded(&way_mutex, "the object's lock", false);
}

void test_counts_atomic(void)
{
    history_begin(&way_atomic);
    expect_wide(&way_atomic);
    expect_apart(&way_atomic);
    history_expect_family(&way_atomic);
    history_try_all(&way_atomic, all_ways, ALL_WAYS, false);
    history_make();
    constructs.atomics = constructs.criticals = constructs.locks = 0;
    atomic_retain(&history_object);
    expect_at("atomic_retain", !constructs.watched || constructs.atomics == 1,
              "atomic_retain should make one atomic change, but it made %ld.",
              (long)constructs.atomics);
    atomic_release(&history_object);
    expect_at("atomic_release", !constructs.watched || constructs.atomics == 2,
              "atomic_release should make one atomic change, but it made %ld.",
              (long)constructs.atomics - 1);
    expect_at("atomic_retain", constructs.criticals + constructs.locks == 0,
              "atomic_retain and atomic_release should need no lock, but %s taken.",
              constructs.criticals + constructs.locks == 1 ? "one was" : "some were");
}

void test_counts_atomic_order(void)
{
    history_begin(&way_atomic);
    history_try_all(&way_atomic, all_ways, ALL_WAYS, true);
}
