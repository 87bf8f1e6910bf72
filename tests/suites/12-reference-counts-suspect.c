/* Which function is to blame when a history goes wrong? The helpers of a student's file cannot be
 * seen from outside; but each has steps that only it makes. */
#include <string.h>

#include "tests/suites/12-reference-counts-history.h"

static bool is(const char *one, const char *other)
{
    return strcmp(one, other) == 0;
}

/* Did the thread that made this step do that, too, within its last steps? */
static bool did_before(int back, const char *verb, const char *place)
{
    struct interleave_step step, earlier;
    int own = 0;

    interleave_step(back, &step);
    for (int i = back + 1; own < 4 && interleave_step(i, &earlier); i++) {
        if (earlier.thread != step.thread || earlier.label != step.label)
            continue;
        if (is(earlier.verb, verb) && is(earlier.place, place))
            return true;
        own++;
    }
    return false;
}

/* Was that the step that the same thread made just before this one? */
static bool follows(int back, const char *verb, const char *place)
{
    struct interleave_step step, earlier;

    interleave_step(back, &step);
    for (int i = back + 1; interleave_step(i, &earlier); i++)
        if (earlier.thread == step.thread)
            return is(earlier.verb, verb) && is(earlier.place, place);
    return false;
}

/* The function that makes such a step of the biased way; NULL if several do. */
static const char *maker_of(int back)
{
    struct interleave_step step;
    bool merges, queue;

    interleave_step(back, &step);
    queue = is(step.place, "queue") || is(step.place, "gone") || is(step.place, "next") ||
            is(step.place, "owner's lock");
    merges = is(step.label, "owner_merge") || is(step.label, "owner_leave");
    if (is(step.label, way_biased.retain_name))
        return step.label;
    if (is(step.place, "next") && follows(back, "changes", "shared") &&
        did_before(back, "stores", "owner"))
        return "merge"; /* where it has nothing to do any more */
    if (queue)
        return merges ? "merge_queue" : "enqueue";
    if ((is(step.verb, "stores") && is(step.place, "owner")) ||
        (is(step.place, "shared") && did_before(back, "stores", "owner")))
        return "merge";
    if (is(step.verb, "stores") && is(step.place, "local") &&
        (did_before(back, "stores", "owner") || did_before(back, "changes", "shared")))
        return "merge";
    if (is(step.place, "shared") && did_before(back, "stores", "local"))
        return "biased_release";
    if (is(step.place, "shared") && follows(back, "loads", "owner"))
        return "enqueue";
    if (is(step.place, "shared"))
        return "release_shared";
    if (is(step.place, "owner") && did_before(back, "changes", "shared"))
        return "enqueue";
    return NULL;
}

/* `shared` changes in one step only: who just stores there is to blame. */
static const char *who_stores_shared(void)
{
    struct interleave_step step;

    for (int back = 0; interleave_step(back, &step); back++)
        if (is(step.verb, "stores") && is(step.place, "shared"))
            return maker_of(back);
    return NULL;
}

/* The function that is to blame if the object is never destroyed although it is in nobody's queue:
 * the last one that did something to it. What the owner does with an empty queue says nothing. */
static const char *who_left_it(void)
{
    struct interleave_step step;

    for (int back = 0; interleave_step(back, &step); back++) {
        const char *maker = maker_of(back);

        if (maker && !is(maker, "merge_queue"))
            return maker;
    }
    return NULL;
}

/* The function that is to blame if the object is in a queue in the end: whoever put it there when
 * the owner was gone, or the owner, which has not looked. */
static const char *who_forgot_it(void)
{
    struct interleave_step step;

    for (int back = 0; interleave_step(back, &step); back++) {
        if (!is(step.verb, "writes"))
            continue;
        if (is(step.place, "gone"))
            return "merge_queue";
        if (is(step.place, "queue") && history_owner.gone)
            return "enqueue";
    }
    return "merge_queue";
}

/* How often a release has put the object into the queue. */
static int times_queued(void)
{
    struct interleave_step step;
    bool puts[INTERLEAVE_MOST_THREADS] = {false};
    int times = 0;

    for (int back = 0; interleave_step(back, &step); back++) {
        if (!is(step.label, way_biased.release_name))
            continue;
        if (is(step.verb, "writes") && (is(step.place, "queue") || is(step.place, "next")))
            puts[step.thread] = true;
        if (is(step.verb, "takes") && is(step.place, "owner's lock")) {
            times += puts[step.thread];
            puts[step.thread] = false;
        }
    }
    return times;
}

/* Is the owner gone although it did not leave? */
static bool gone_too_early(void)
{
    struct interleave_step step;

    for (int back = 0; interleave_step(back, &step); back++)
        if (is(step.verb, "writes") && is(step.place, "gone") && is(step.label, "owner_merge"))
            return true;
    return false;
}

static bool retains(const struct history *history)
{
    for (int thread = 0; thread < INTERLEAVE_MOST_THREADS; thread++)
        if (history->does[thread] && strchr(history->does[thread], '+'))
            return true;
    return false;
}

const char *history_suspect(const struct way *way, const struct history *history, const char *wrong)
{
    struct interleave_step step;
    const char *maker;

    /* Histories in which threads only release have been tried before. */
    if (way != &way_biased)
        return retains(history) ? way->retain_name : way->release_name;
    if (wrong && strstr(wrong, "Nobody can go on"))
        return "enqueue";
    maker = who_stores_shared();
    if (!maker && gone_too_early())
        maker = "merge_queue";
    if (!maker && times_queued() > 1)
        maker = "release_shared";
    if (!maker && wrong && strstr(wrong, "never destroyed"))
        maker = history_owner.queue ? who_forgot_it() : who_left_it();
    for (int back = 0; !maker && interleave_step(back, &step); back++)
        maker = maker_of(back);
    return maker ? maker : way->release_name;
}
