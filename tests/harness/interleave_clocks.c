/* Vector clocks: clock[t][u] is how far thread t knows what thread u has done. What one thread did
 * at its time c happens before what t does now if clock[t][thread] is c or more. */
#include <stdlib.h>
#include <string.h>

#include "tests/harness/interleave_parts.h"

enum { THREADS = INTERLEAVE_MOST_THREADS, KINDS = ACCESS_CHANGE + 1, MOST_PLACES = 512 };

struct clock {
    unsigned of[THREADS];
};

/* What is known of a place that was accessed, or of a lock. */
struct place {
    const volatile char *at;
    unsigned last[KINDS][THREADS]; /* when each thread accessed it so, last; 0: never */
    struct clock released;         /* what whoever acquires it gets to know */
};

static struct place places[MOST_PLACES];
static int places_used;
static struct clock now[THREADS];
static struct clock before_acquire[THREADS]; /* known as soon as the thread has an acquire fence */
static struct clock fenced[THREADS];         /* what the thread knew at its last release fence */

void clocks_reset(void)
{
    places_used = 0;
    memset(now, 0, sizeof now);
    memset(before_acquire, 0, sizeof before_acquire);
    memset(fenced, 0, sizeof fenced);
}

static struct place *find(const volatile char *at)
{
    for (int i = 0; i < places_used; i++)
        if (places[i].at == at)
            return &places[i];
    if (places_used == MOST_PLACES)
        abort();
    places[places_used] = (struct place){.at = at};
    return &places[places_used++];
}

static void join(struct clock *into, const struct clock *from)
{
    for (int i = 0; i < THREADS; i++)
        if (from->of[i] > into->of[i])
            into->of[i] = from->of[i];
}

static bool is_atomic(int kind)
{
    return kind >= ACCESS_LOAD;
}

static bool is_write(int kind)
{
    return kind != ACCESS_READ && kind != ACCESS_LOAD;
}

/* Returns a thread whose access of this kind `me` does not know of, or -1. */
static int unknown(const struct place *place, int kind, int me)
{
    for (int thread = 0; thread < THREADS; thread++)
        if (thread != me && place->last[kind][thread] > now[me].of[thread])
            return thread;
    return -1;
}

int clocks_access(int me, enum access_kind kind, const volatile char *at, size_t size)
{
    struct place *place = find(at);
    int other = -1;

    (void)size; /* places that overlap without being the same do not occur in sane code */
    for (int earlier = 0; earlier < KINDS && other < 0; earlier++)
        if ((is_write(kind) || is_write(earlier)) && !(is_atomic(kind) && is_atomic(earlier)))
            other = unknown(place, earlier, me);
    place->last[kind][me] = ++now[me].of[me];
    return other;
}

int clocks_forbid(int me, const volatile char *at, size_t size)
{
    int other = -1;

    for (int i = 0; i < places_used && other < 0; i++)
        for (int kind = 0; kind < KINDS && other < 0; kind++)
            if (places[i].at >= at && places[i].at < at + size)
                other = unknown(&places[i], kind, me);
    now[me].of[me]++;
    return other;
}

static bool acquires(int order)
{
    return order != __ATOMIC_RELAXED && order != __ATOMIC_RELEASE;
}

static bool releases(int order)
{
    return order == __ATOMIC_RELEASE || order == __ATOMIC_ACQ_REL || order == __ATOMIC_SEQ_CST;
}

/* C11 5.1.2.4: a store heads a new release sequence, a change continues it. */
void clocks_ordered(int me, enum access_kind kind, const volatile char *at, int order)
{
    struct place *place = find(at);

    if (kind != ACCESS_STORE) {
        join(&before_acquire[me], &place->released);
        if (acquires(order))
            join(&now[me], &place->released);
    }
    if (kind == ACCESS_STORE)
        place->released = (struct clock){{0}};
    if (is_write(kind))
        join(&place->released, releases(order) ? &now[me] : &fenced[me]);
}

void clocks_fenced(int me, int order)
{
    if (acquires(order))
        join(&now[me], &before_acquire[me]);
    if (releases(order))
        fenced[me] = now[me];
}

void clocks_take(int me, const volatile char *lock)
{
    now[me].of[me]++;
    join(&now[me], &find(lock)->released);
}

void clocks_drop(int me, const volatile char *lock)
{
    struct place *place = find(lock);

    place->last[ACCESS_CHANGE][me] = ++now[me].of[me];
    join(&place->released, &now[me]);
}

void clocks_join(int me)
{
    for (int thread = 0; thread < THREADS; thread++)
        join(&now[me], &now[thread]);
}
