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
    for (int back = 0; !maker && interleave_step(back, &step); back++)
        maker = maker_of(back);
    return maker ? maker : way->release_name;
}
