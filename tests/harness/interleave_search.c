/* A search in depth through all orders. The path is what the last run has chosen; the next run goes
 * the same way, but for its last choice that has something else to offer.
 *
 * A thread *sleeps* at a choice if whatever begins with it has been tried already, in another place
 * of the order that makes no difference; it wakes up as soon as a step is made that its own next
 * step depends on. */
#include "tests/harness/interleave_parts.h"

enum { MOST_CHOICES = 200, MOST_STEPS = 300000 };

struct choice {
    unsigned enabled, asleep, tried; /* masks of threads */
    int chosen;
};

static struct choice path[MOST_CHOICES];
static int length;      /* how many choices the path has */
static long steps;      /* of all runs */
static int depth;       /* how many of them this run has made so far */
static unsigned asleep; /* at the next choice of this run */
static bool given_up;   /* this run tries nothing new from here on, */
static bool repeated;   /* as everything that could follow has been tried */
static bool whole;      /* no run was too long so far */

bool step_depends(const struct step *one, const struct step *other)
{
    bool reads = one->kind == STEP_ACCESS && other->kind == STEP_ACCESS &&
                 (one->access == ACCESS_READ || one->access == ACCESS_LOAD) &&
                 (other->access == ACCESS_READ || other->access == ACCESS_LOAD);

    return one->at < other->at + other->size && other->at < one->at + one->size && !reads;
}

void search_reset(void)
{
    length = 0;
    steps = 0;
    whole = true;
}

void search_begin_run(void)
{
    depth = 0;
    asleep = 0;
    given_up = false;
    repeated = false;
}

static int lowest(unsigned mask)
{
    return __builtin_ctz(mask);
}

/* Who goes on does not matter any more, but everybody must come to an end. */
static int take_turns(unsigned enabled, int last)
{
    unsigned after = enabled & ~((2u << last) - 1);

    return lowest(after ? after : enabled);
}

/* Adds a choice to the path, unless there is nothing new to find this way. */
static bool add_choice(unsigned enabled, int last)
{
    unsigned open = enabled & ~asleep;

    if (length == MOST_CHOICES)
        whole = false;
    else if (open == 0)
        repeated = true;
    if (length == MOST_CHOICES || open == 0)
        return false;
    path[length++] = (struct choice){
        .enabled = enabled,
        .asleep = asleep,
        .chosen = last >= 0 && (open >> last & 1) ? last : lowest(open),
    };
    return true;
}

int search_choose(unsigned enabled, const struct step next[], int last)
{
    struct choice *choice;

    steps++;
    if (!given_up && depth == length)
        given_up = !add_choice(enabled, last);
    if (given_up)
        return take_turns(enabled, last < 0 ? 0 : last);
    choice = &path[depth++];
    asleep = choice->asleep | choice->tried;
    for (int thread = 0; thread < INTERLEAVE_MOST_THREADS; thread++)
        if ((asleep >> thread & 1) && step_depends(&next[thread], &next[choice->chosen]))
            asleep &= ~(1u << thread);
    return choice->chosen;
}

bool search_go_on(void)
{
    if (steps > MOST_STEPS)
        return whole = false;
    for (; length > 0; length--) {
        struct choice *choice = &path[length - 1];
        unsigned open;

        choice->tried |= 1u << choice->chosen;
        open = choice->enabled & ~choice->asleep & ~choice->tried;
        if (open) {
            choice->chosen = lowest(open);
            return true;
        }
    }
    return false;
}

bool search_run_was_new(void)
{
    return !repeated;
}

bool search_was_whole(void)
{
    return whole;
}
