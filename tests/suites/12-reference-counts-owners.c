/* Owners with several objects: two that merge at the same time, and one that leaves. */
#include <stdatomic.h>

#include "tests/harness/grader.h"
#include "tests/harness/wording.h"
#include "tests/suites/12-reference-counts-history.h"

/* ---- two owners ------------------------------------------------------------------------------ */

/* Each has in its queue an object whose destructor releases an object of the other. */
static struct owner owners[2];
static struct object outer[2], inner[2];
static atomic_int inner_destroyed, outer_destroyed[2];

static void destroy_inner(struct object *object)
{
    (void)object;
    atomic_fetch_add(&inner_destroyed, 1);
}

static void destroy_outer(struct object *object)
{
    atomic_fetch_add(&outer_destroyed[object - outer], 1);
    biased_release(&inner[object - outer]);
}

static void prepare_crosswise(void)
{
    atomic_store(&inner_destroyed, 0);
    for (int i = 0; i < 2; i++) {
        atomic_store(&outer_destroyed[i], 0);
        owner_init(&owners[i]);
        owner_enter(&owners[i]);
        object_init(&outer[i], destroy_outer);
        object_init(&inner[1 - i], destroy_inner);
    }
    owner_enter(NULL);
    biased_release(&outer[0]);
    biased_release(&outer[1]);
}

static void merge_mine(int thread)
{
    owner_enter(&owners[thread]);
    owner_merge();
    if (atomic_load(&outer_destroyed[thread]) != 1)
        interleave_wrong("An object was in its owner's queue before the owner called owner_merge, "
                         "and is not destroyed after that.");
    owner_enter(NULL);
}

/* What came into a queue later is merged here. */
static void check_crosswise(void)
{
    for (int i = 0; i < 2; i++) {
        owner_enter(&owners[i]);
        owner_merge();
    }
    owner_enter(NULL);
    if (atomic_load(&inner_destroyed) != 2)
        interleave_wrong("An object that another one's destructor released is never destroyed.");
}

void owners_expect_no_cross_waits(void)
{
    struct interleave_result result;

    grader_doing("merge_queue", "two owners that merge; each has an object in its queue "
                                "whose destructor releases an object of the other");
    result = interleave_all(&(struct interleaving){
        .threads = 2, .prepare = prepare_crosswise, .body = merge_mine, .check = check_crosswise});
    grader_did();
    expect(!result.wrong,
           "%s That is when two owners merge what is in their queues, and the destructor of an "
           "object of the one releases an object of the other.",
           result.wrong);
}

/* ---- an owner that leaves, and counts meanwhile ---------------------------------------------- */

static void prepare_leaving(void)
{
    atomic_store(&inner_destroyed, 0);
    atomic_store(&outer_destroyed[0], 0);
    owner_init(&owners[0]);
    owner_enter(&owners[0]);
    object_init(&outer[0], destroy_outer);
    object_init(&inner[0], destroy_inner);
    biased_retain(&inner[0]);
    owner_enter(NULL);
    biased_release(&outer[0]);
}

static void leave_or_release(int thread)
{
    owner_enter(thread == 0 ? &owners[0] : NULL);
    if (thread == 0)
        owner_leave();
    else
        biased_release(&inner[0]);
    owner_enter(NULL);
}

static void check_leaving(void)
{
    int times = atomic_load(&inner_destroyed);

    if (times != 1)
        interleave_wrong("An object that a destructor released, and another thread, too, is "
                         "destroyed %s, and not once.",
                         plural(times, "time"));
}

void owners_expect_gone_last(void)
{
    struct interleave_result result;

    grader_doing("merge_queue",
                 "owner_leave, with an object in the queue whose destructor releases another "
                 "object of that owner, while another thread releases that one, too");
    result = interleave_all(&(struct interleaving){.threads = 2,
                                                   .prepare = prepare_leaving,
                                                   .body = leave_or_release,
                                                   .check = check_leaving});
    grader_did();
    expect(!result.wrong,
           "%s That is when owner_leave merges an object whose destructor releases another one of "
           "that owner: as long as it merges, the owner must not be gone.",
           result.wrong);
}
