#include "12-reference-counts/costs.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "09-gil/gil.h"
#include "12-reference-counts/counts.h"
#include "common/clock.h"
#include "common/interp.h"

enum { LINE = 64 };

const struct costs_layout costs_packed = {.between = sizeof(struct object)};
const struct costs_layout costs_padded = {.between = (size_t)2 * LINE};
const struct costs_layout costs_one_object = {.one = true, .between = sizeof(struct object)};

static void nothing(struct object *object)
{
    (void)object;
}

static const struct way {
    void (*retain)(struct object *object);
    void (*release)(struct object *object);
    bool held;  /* each thread holds the interpreter's lock while it runs */
    bool taken; /* the interpreter's lock is installed, and taken for each step */
    bool immortal;
} ways[COSTS_WAYS] = {
    [COSTS_NOTHING] = {.retain = nothing, .release = nothing},
    [COSTS_PLAIN] = {.retain = plain_retain, .release = plain_release},
    [COSTS_HELD] = {.retain = plain_retain, .release = plain_release, .held = true},
    [COSTS_TAKEN] = {.retain = locked_retain, .release = locked_release, .taken = true},
    [COSTS_MUTEX] = {.retain = mutex_retain, .release = mutex_release},
    [COSTS_ATOMIC] = {.retain = atomic_retain, .release = atomic_release},
    [COSTS_BIASED] = {.retain = biased_retain, .release = biased_release},
    [COSTS_IMMORTAL] = {.retain = biased_retain, .release = biased_release, .immortal = true},
};

const char *const costs_names[COSTS_WAYS] = {
    [COSTS_NOTHING] = "calls alone", [COSTS_PLAIN] = "plain",       [COSTS_HELD] = "lock held",
    [COSTS_TAKEN] = "lock taken",    [COSTS_MUTEX] = "mutex",       [COSTS_ATOMIC] = "atomic",
    [COSTS_BIASED] = "biased",       [COSTS_IMMORTAL] = "immortal",
};

static _Alignas(LINE) char memory[COSTS_MOST_THREADS * 2 * LINE];
static struct owner owners[COSTS_MOST_THREADS];

static struct object *object_of(const struct costs_layout *layout, int thread)
{
    return (void *)(memory + (layout->one ? 0 : (size_t)thread * layout->between));
}

bool costs_written(enum costs_way chosen)
{
    const struct way *way = &ways[chosen];
    struct object object;
    bool written;

    object_init(&object, nothing);
    errno = 0;
    way->retain(&object);
    written = errno != ENOSYS;
    errno = 0;
    way->release(&object);
    written &= errno != ENOSYS;
    omp_destroy_lock(&object.lock);
    return written;
}

/* In each thread: n pairs. */
static void count(const struct way *way, struct object *object, long n)
{
    for (long i = 0; i < n; i++) {
        way->retain(object);
        way->release(object);
        if (way->held)
            interp_tick();
    }
}

/* In each thread. Returns when it began; stores when it ended. */
static void work(const struct way *way, const struct costs_layout *layout, int thread, long n,
                 int64_t times[2])
{
    struct object *object = object_of(layout, thread);

    owner_enter(&owners[thread]);
    if (!layout->one || thread == 0) {
        object_init(object, nothing);
        if (way->immortal)
            object_immortalise(object);
    }
#pragma omp barrier
    times[0] = clock_wall();
    if (way->held)
        interp_attach();
    count(way, object, n);
    if (way->held)
        interp_detach();
    times[1] = clock_wall();
#pragma omp barrier
    owner_merge();
    owner_enter(NULL);
}

/* Returns how many references too many or too few the objects have at the end: they began with one
 * each. */
static long lost(const struct way *way, const struct costs_layout *layout, int threads)
{
    long off = 0;

    for (int thread = 0; thread < (layout->one ? 1 : threads) && !way->immortal; thread++) {
        struct object *object = object_of(layout, thread);

        if (way->retain == biased_retain)
            off += labs(object->local + object->shared / ONE - 1);
        else
            off += labs(object->count - 1);
    }
    return off;
}

double costs_measure(enum costs_way chosen, const struct costs_layout *layout, int threads, long n,
                     long *off)
{
    const struct way *way = &ways[chosen];
    int64_t times[COSTS_MOST_THREADS][2], begin, end;
    struct gil *gil = way->held || way->taken ? gil_create(GIL_INTERVAL_US) : NULL;

    for (int thread = 0; thread < threads; thread++)
        owner_init(&owners[thread]);
    if (gil)
        gil_install(gil);
    memset(times, 0, sizeof times);
#pragma omp parallel num_threads(threads) default(none) shared(way, layout, threads, n, times)
    work(way, layout, omp_get_thread_num(), n, times[omp_get_thread_num()]);
    if (gil) {
        gil_uninstall(gil);
        gil_destroy(gil);
    }
    for (int thread = 0; thread < threads; thread++)
        owner_destroy(&owners[thread]);
    begin = times[0][0];
    end = times[0][1];
    for (int thread = 1; thread < threads; thread++) {
        begin = times[thread][0] < begin ? times[thread][0] : begin;
        end = times[thread][1] > end ? times[thread][1] : end;
    }
    *off += lost(way, layout, threads);
    return (double)(end - begin) / (double)n;
}
