#include "tests/suites/12-reference-counts-history.h"

#include <stdatomic.h>
#include <string.h>

#include "common/interp.h"
#include "tests/harness/grader.h"
#include "tests/harness/wording.h"
#include "tests/suites/12-reference-counts-lock.h"

/* What is tried. */
static const struct way *way;
static const struct history *history;
static int threads;

/* Of one run. Each thread writes its own place in `held`; the destructor reads them all, as a
 * destructor reads what threads have done to the object. */
static struct object child;
static int held[INTERLEAVE_MOST_THREADS];
static atomic_int destroyed, child_destroyed;

/* ---- destructors ----------------------------------------------------------------------------- */

static const char touched[] = "A thread uses the object's %s after the object was destroyed.";

static void destroy_child(struct object *object)
{
    if (atomic_fetch_add(&child_destroyed, 1) > 0)
        interleave_wrong("The object that the destructor releases is destroyed twice.");
    interleave_forbid(object, sizeof *object, true, touched);
}

static void destroy(struct object *object)
{
    int sum = 0;

    if (atomic_fetch_add(&destroyed, 1) > 0)
        interleave_wrong("The object is destroyed twice.");
    for (int thread = 0; thread < threads; thread++) {
        interleave_touch(&held[thread], false);
        sum += held[thread];
    }
    if (sum > 0)
        interleave_wrong("The object is destroyed, but %s to it %s still held.",
                         plural(sum, "reference"), sum == 1 ? "is" : "are");
    if (way == &way_locked && !model_lock_is_mine())
        interleave_wrong("The interpreter's lock is not held while the destructor runs.");
    if (history->chain)
        way->release(&child);
    if (way == &way_locked && !model_lock_is_mine())
        interleave_wrong("The destructor released another object, and after that the interpreter's "
                         "lock is no longer held.");
    interleave_forbid(object, sizeof *object, true, touched);
}

/* ---- the threads ----------------------------------------------------------------------------- */

static void name_object(const struct object *object, bool is_child)
{
    interleave_name(&object->count, sizeof object->count, is_child ? "child's count" : "count");
    interleave_name(&object->local, sizeof object->local, is_child ? "child's local" : "local");
    interleave_name(&object->lock, sizeof object->lock, is_child ? "child's lock" : "lock");
    interleave_name(&object->owner, 1, is_child ? "child's owner" : "owner");
    interleave_name(&object->shared, sizeof object->shared, is_child ? "child's shared" : "shared");
    interleave_name(&object->next, 1, is_child ? "child's next" : "next");
}

/* One of its references goes into the queue, and thread 0 gets one that was taken by others. */
static void put_into_queue(void)
{
    owner_enter(&history_owner);
    way->retain(&history_object);
    owner_enter(NULL);
    way->release(&history_object);
    way->retain(&history_object);
    held[0]++;
}

static void name_all(void)
{
    name_object(&history_object, false);
    name_object(&child, true);
    interleave_name(&history_owner.lock, sizeof history_owner.lock, "owner's lock");
    interleave_name(&history_owner.queue, 1, "queue");
    interleave_name(&history_owner.gone, sizeof history_owner.gone, "gone");
    interleave_name(model_lock.self, 1, "the interpreter's lock");
    interleave_name(held, sizeof held, "the object's data");
}

static void prepare(void)
{
    atomic_store(&destroyed, 0);
    atomic_store(&child_destroyed, 0);
    owner_init(&history_owner);
    owner_enter(&history_owner);
    object_init(&history_object, destroy);
    object_init(&child, destroy_child);
    for (int thread = 0; thread < threads; thread++) {
        owner_enter(history->foreign && thread > 0 ? NULL : &history_owner);
        if (thread > 0)
            way->retain(&history_object);
        held[thread] = 1;
    }
    if (history->queued)
        put_into_queue();
    owner_enter(NULL);
    name_all();
}

/* Calls one of the functions under test. */
static void call(const char *name, void function(struct object *object))
{
    bool had_lock = model_lock_is_mine();
    long drops = model_lock_drops();

    interleave_label(name);
    function(&history_object);
    if (model_lock_is_mine() != had_lock)
        interleave_wrong(had_lock ? "A thread held the interpreter's lock before it called %s, and "
                                    "does not hold it after that."
                                  : "A thread still holds the interpreter's lock after %s.",
                         name);
    if (had_lock && model_lock_drops() != drops)
        interleave_wrong("A thread held the interpreter's lock before it called %s, which gave the "
                         "lock up for a moment.",
                         name);
    interleave_label("");
}

static void call_merge(struct object *unused)
{
    (void)unused;
    owner_merge();
}

static void call_leave(struct object *unused)
{
    (void)unused;
    owner_leave();
}

static void do_letter(int thread, char letter)
{
    switch (letter) {
    case '+':
        call(way->retain_name, way->retain);
        held[thread]++;
        break;
    case '-':
        interleave_label(way->release_name);
        interleave_touch(&held[thread], true);
        held[thread]--;
        call(way->release_name, way->release);
        break;
    case '(':
        interp_attach();
        break;
    case ')':
        interp_detach();
        break;
    case 'j':
        interleave_join_others();
        break;
    case 'n':
    case 'o':
        owner_enter(letter == 'n' ? NULL : &history_owner);
        break;
    case 'm':
        call("owner_merge", call_merge);
        break;
    case 'L':
        call("owner_leave", call_leave);
        break;
    }
}

static void body(int thread)
{
    model_lock_forget();
    owner_enter(thread == 0 ? &history_owner : NULL);
    for (const char *letter = history->does[thread]; *letter; letter++)
        do_letter(thread, *letter);
    owner_enter(NULL);
}

/* Drops the reference that is left, in the place of thread 0. */
static void drop_last(void)
{
    if (atomic_load(&destroyed) > 0)
        interleave_wrong("The object is destroyed, but thread 1 still holds a reference.");
    owner_enter(strchr(history->does[0], 'L') ? NULL : &history_owner);
    while (held[0]-- > 1)
        way->release(&history_object);
    if (atomic_load(&destroyed) > 0)
        interleave_wrong("The object is destroyed, but one reference to it is still held.");
    way->release(&history_object);
    owner_merge();
    owner_enter(NULL);
}

/* What must be so when all threads have ended. */
static void check(void)
{
    if (history->survives)
        drop_last();
    if (atomic_load(&destroyed) == 0)
        interleave_wrong("All references were dropped, but the object is never destroyed.");
    else if (history->chain && atomic_load(&child_destroyed) == 0)
        interleave_wrong("The destructor released another object, which is never destroyed.");
}

/* ---- a history ------------------------------------------------------------------------------- */

/* "+-" is "retain, release". */
static const char *in_words(const char *letters)
{
    static const char *const words[] = {
        ['+'] = "retains",
        ['-'] = "releases",
        ['('] = "takes the interpreter's lock",
        [')'] = "drops it",
        ['j'] = "waits for all",
        ['m'] = "calls owner_merge",
        ['L'] = "calls owner_leave",
        ['n'] = "(as another thread)",
        ['o'] = "(as the owner again)",
    };
    const char *text = "";

    for (const char *letter = letters; *letter; letter++)
        text = wording("%s%s%s", text, *text ? ", " : "", words[(int)*letter]);
    return text;
}

static const char *describe(void)
{
    const char *text = "";

    for (int thread = 0; thread < threads; thread++)
        text = wording("%s%sthread %d %s", text, thread > 0 ? "; " : "", thread + 1,
                       in_words(history->does[thread]));
    return text;
}

void history_try(const struct way *new_way, const struct history *new_history, bool ordered)
{
    struct interleave_result result;
    const char *what, *chain;

    way = new_way;
    history = new_history;
    for (threads = 0; threads < INTERLEAVE_MOST_THREADS && history->does[threads];)
        threads++;
    what = wording("%s", describe());
    chain = history->chain ? " (The destructor releases another object.)" : "";
    grader_doing(way->release_name, "one object, made by thread 1%s: %s",
                 history->foreign ? "; the others' references were taken by others" : "", what);
    if (way == &way_locked)
        interp_install(&model_lock);
    result = interleave_all(&(struct interleaving){
        .threads = threads, .prepare = prepare, .body = body, .check = check, .ordered = ordered});
    if (way == &way_locked)
        interp_uninstall(model_lock.self);
    grader_did();
    expect_at(history_suspect(way, history, result.wrong), !result.wrong || !*result.order,
              "%s That is when %s, in this order: %s.%s", result.wrong, what, result.order, chain);
    expect_at(history_suspect(way, history, result.wrong), !result.wrong, "%s That is when %s.%s",
              result.wrong, what, chain);
}

void history_try_all(const struct way *new_way, const struct history histories[], int count,
                     bool ordered)
{
    for (int i = 0; i < count; i++)
        history_try(new_way, &histories[i], ordered);
}
