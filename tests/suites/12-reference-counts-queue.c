/* Objects that go through their owner's queue. */
#include "tests/suites/12-reference-counts.h"

#include <errno.h>
#include <sys/resource.h>

#include "tests/harness/grader.h"
#include "tests/harness/wording.h"
#include "tests/suites/12-reference-counts-history.h"

enum { MANY = 10 };

static const struct history queue[] = {
    {.does = {"-jm", "-"}},
    {.does = {"jm-", "-"}},
    {.does = {"--m"}, .queued = true},
    {.does = {"m", "-"}, .survives = true},
    {.does = {"m-jm", "-"}},
    {.does = {"-jm", "+--"}},
    {.does = {"--jm", "-"}, .queued = true},
    {.does = {"m-jm", "-"}, .chain = true},
    {.does = {"+--jm", "-"}, .foreign = true, .chain = true},
    {.does = {"-jm", "-", "-"}},
    {.does = {"m-jm", "-", "-"}},
    {.does = {"n+o--jm", "-"}},
    {.does = {"jm", "-", "+--"}, .survives = true},
};

static const struct history leaving[] = {
    {.does = {"-L", "-"}},
    {.does = {"L-", "-"}},
    {.does = {"L", "-"}, .survives = true},
    {.does = {"-L", "-"}, .chain = true},
    {.does = {"-L", "+--"}},
    {.does = {"-L", "-", "-"}},
    {.does = {"L-", "-", "-"}},
};

void queue_try_all(bool ordered)
{
    history_try_all(&way_biased, queue, COUNT(queue), ordered);
}

void leaving_try_all(bool ordered)
{
    /* The last one takes as long as all others together. */
    history_try_all(&way_biased, leaving, COUNT(leaving) - (ordered && !grader_thorough), ordered);
}

/* ---- one thread ------------------------------------------------------------------------------ */

/* Does what needs a queue, in one thread. `leaves`: the owner leaves, and does not merge. */
static void begin_queue(bool leaves)
{
    const char *name = leaves ? "owner_leave" : "owner_merge";

    history_begin(&way_biased);
    history_be(&history_owner);
    history_make();
    history_be(NULL);
    errno = 0;
    grader_doing("enqueue", "biased_release by a thread that is not the owner");
    biased_release(&history_object);
    grader_begun("enqueue", errno != ENOSYS);
    expect(history_destroyed() == 0, "A thread that is not the owner dropped the last reference. "
                                     "The object should stay in the owner's queue.");
    expect(history_owner.queue == &history_object && history_object.shared == QUEUED,
           "A thread that is not the owner dropped a reference that the owner had counted. The "
           "object should then be in the owner's queue, and `shared` should be QUEUED.");
    history_be(&history_owner);
    errno = 0;
    grader_doing("merge_queue", "%s, with an object in the queue", name);
    if (leaves)
        owner_leave();
    else
        owner_merge();
    /* An untouched merge sets errno as well, once there was somebody to call it. */
    grader_begun(history_owner.queue ? "merge_queue" : "merge", errno != ENOSYS);
    expect_at(
        history_object.owner ? "merge_queue" : "merge", history_destroyed() == 1,
        "The last reference to an object was in its owner's queue. %s should have destroyed it "
        "once, but did so %s.",
        name, plural(history_destroyed(), "time"));
    history_be(NULL);
}

static atomic_int others_destroyed;

static void destroy_other(struct object *object)
{
    (void)object;
    others_destroyed++;
}

static void expect_whole_queue(const char *name, void merge_all(void))
{
    struct object others[MANY];

    owner_init(&history_owner);
    history_be(&history_owner);
    others_destroyed = 0;
    for (int i = 0; i < MANY; i++)
        object_init(&others[i], destroy_other);
    history_be(NULL);
    for (int i = 0; i < MANY; i++)
        biased_release(&others[i]);
    history_be(&history_owner);
    grader_doing("merge_queue", "%s, with %d objects in the queue", name, MANY);
    merge_all();
    grader_did();
    history_be(NULL);
    expect(others_destroyed == MANY,
           "%d objects were in the queue, each with its last reference. %s should have destroyed "
           "all of them, but it destroyed %d.",
           MANY, name, others_destroyed);
}

/* Far more than an owner finds in one look, on a small stack: a call for each has no room there.
 * The queue is made by hand, as whoever puts an object at its end would walk for long. */
static void expect_long_queue(const char *name, void merge_all(void))
{
    enum { OBJECTS = 20000 };
    static struct object objects[OBJECTS];
    struct rlimit before, small;

    owner_init(&history_owner);
    history_be(&history_owner);
    others_destroyed = 0;
    for (int i = 0; i < OBJECTS; i++) {
        object_init(&objects[i], destroy_other);
        objects[i].shared = QUEUED;
        objects[i].next = history_owner.queue;
        history_owner.queue = &objects[i];
    }
    getrlimit(RLIMIT_STACK, &before);
    small = (struct rlimit){128 << 10, before.rlim_max};
    if (!GRADER_SANITIZED)
        setrlimit(RLIMIT_STACK, &small);
    grader_doing("merge_queue", "%s, with %d objects in the queue, on a stack of 128 KiB", name,
                 OBJECTS);
    merge_all();
    grader_did();
    setrlimit(RLIMIT_STACK, &before);
    history_be(NULL);
    expect(others_destroyed == OBJECTS,
           "%d objects were in the queue, each with its last reference. %s should have destroyed "
           "all of them, but it destroyed %d.",
           OBJECTS, name, others_destroyed);
}

/* The calling thread does nothing meanwhile, and so does not enter again. */
static void release_in_other_thread(void)
{
#pragma omp parallel num_threads(2)
    if (omp_get_thread_num() == 1)
        biased_release(&history_object);
}

/* A merged object that lives on has its whole count in `shared`, whoever retains it. */
static void expect_merged(void)
{
    history_be(&history_owner);
    history_make();
    biased_retain(&history_object);
    biased_retain(&history_object);
    release_in_other_thread();
    grader_doing("merge", "owner_merge, with an object in the queue to which there are more "
                          "references");
    owner_merge();
    counts_expect_parts("merge", "The owner held 2 references to an object in its queue and merged",
                        0, 2 * ONE | MERGED);
    biased_retain(&history_object);
    counts_expect_parts("biased_retain",
                        "The one that had been its owner then retained the merged object", 0,
                        3 * ONE | MERGED);
    biased_release(&history_object);
    biased_release(&history_object);
    biased_release(&history_object);
    history_be(NULL);
    grader_did();
    expect(history_destroyed() == 1,
           "The last reference to a merged object was dropped, but it was "
           "not destroyed.");
}

/* More references than an int can count are merged. */
static void expect_wide(void)
{
    const unsigned many = 3000000000U;

    history_be(&history_owner);
    history_make();
    history_object.local = many;
    history_be(NULL);
    biased_release(&history_object);
    history_be(&history_owner);
    grader_doing("merge", "owner_merge, with an object in the queue whose owner has %u references",
                 many);
    owner_merge();
    grader_did();
    counts_expect_parts("merge", "The owner of an object in its queue had 3000000000 references", 0,
                        (many - 1L) * ONE | MERGED);
    history_be(NULL);
}

void test_counts_queue(void)
{
    begin_queue(false);
    expect_merged();
    expect_wide();
    expect_whole_queue("owner_merge", owner_merge);
    expect_long_queue("owner_merge", owner_merge);
    grader_doing("owner_merge", "owner_merge by a thread that is no owner");
    owner_merge();
    grader_did();
    queue_try_all(false);
    owners_expect_no_cross_waits();
}

void test_counts_leave(void)
{
    begin_queue(true);
    expect_whole_queue("owner_leave", owner_leave);
    expect_long_queue("owner_leave", owner_leave);
    grader_doing("owner_leave", "owner_leave by a thread that is no owner");
    owner_leave();
    owner_init(&history_owner);
    expect_at("owner_init", !history_owner.gone && !history_owner.queue,
              "A new owner should have nothing in its queue, and not be gone.");
    history_be(&history_owner);
    history_make();
    owner_leave();
    grader_did();
    biased_retain(&history_object);
    counts_expect_parts("owner_leave",
                        "The owner left and then retained the object, as a thread that is no owner",
                        1, ONE);
    leaving_try_all(false);
    owners_expect_gone_last();
}
