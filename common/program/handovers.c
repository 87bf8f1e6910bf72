#include "common/program/handovers.h"

#include <errno.h>
#include <stdlib.h>

/* What an event says about the lock. In this order, if they are at the same time. */
enum kind { STOPPED, GAVE, TOOK };

struct moment {
    int64_t at;
    enum kind kind;
    size_t worker; /* counts from 1 */
    bool counts;   /* STOPPED: the event has a length, so an arrow can begin in it */
};

static int by_time(const void *a, const void *b)
{
    const struct moment *left = a, *right = b;

    if (left->at != right->at)
        return left->at < right->at ? -1 : 1;
    return (int)left->kind - (int)right->kind;
}

/* Stores what the events say in moments[], two or three for each; returns how many. Whoever waits
 * for the lock has given it up, if he had it; so has whoever blocks, and whose last event ends. */
static size_t list(const struct workers *workers, const struct trace_event events[], size_t count,
                   struct moment moments[])
{
    size_t listed = 0;

    for (size_t i = 0; i < count; i++) {
        const struct trace_event *event = &events[i];
        const struct worker *worker = workers_of(workers, event);
        size_t number = (size_t)(worker - workers->all) + 1;
        bool lasts = event->end > event->begin;

        if (event->state == TRACE_COMPUTING)
            moments[listed++] = (struct moment){event->end, STOPPED, number, lasts};
        else
            moments[listed++] = (struct moment){event->begin, GAVE, number, false};
        if (event->state == TRACE_LOCK)
            moments[listed++] = (struct moment){event->end, TOOK, number, lasts};
        if (event->end == worker->end)
            moments[listed++] = (struct moment){event->end, GAVE, number, false};
    }
    qsort(moments, listed, sizeof *moments, by_time);
    return listed;
}

/* Follows the lock through moments[0..listed). stopped[]: when each worker last computed. */
static size_t follow(const struct moment moments[], size_t listed, int64_t stopped[],
                     struct handover handovers[])
{
    size_t changes = 0, holder = 0, last = 0;

    for (const struct moment *moment = moments; moment < moments + listed; moment++) {
        struct handover *handover = &handovers[changes];

        if (moment->kind == STOPPED && moment->counts) {
            stopped[moment->worker] = moment->at;
        } else if (moment->kind == GAVE && holder == moment->worker) {
            *handover = (struct handover){.at = moment->at};
            holder = 0;
            changes++;
        } else if (moment->kind == TOOK) {
            *handover = (struct handover){.at = moment->at, .to = moment->worker};
            if (last != 0 && last != moment->worker && moment->counts && stopped[last] > 0) {
                handover->from = last;
                handover->given = stopped[last];
            }
            holder = last = moment->worker;
            changes++;
        }
    }
    return changes;
}

struct handover *handovers_find(const struct workers *workers, const struct trace_event events[],
                                size_t count, size_t *changes)
{
    struct moment *moments = calloc(3 * count + 1, sizeof *moments);
    int64_t *stopped = calloc(workers->count + 1, sizeof *stopped);
    struct handover *handovers = calloc(3 * count + 1, sizeof *handovers);

    if (moments && stopped && handovers) {
        *changes = follow(moments, list(workers, events, count, moments), stopped, handovers);
    } else {
        free(handovers);
        handovers = NULL;
        errno = ENOMEM;
    }
    free(moments);
    free(stopped);
    return handovers;
}
