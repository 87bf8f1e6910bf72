/* Right: the shorter times are in a heap with the longest on top, the longer ones in a heap with
 * the shortest on top: so the middle is always at hand. Map and sum are one loop that ends in its
 * middle. */
#include "08-serial/serial.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

/* Its top is the largest of what is in it. */
struct heap {
    int64_t *items;
    size_t count;
};

static void swap(int64_t *a, int64_t *b)
{
    int64_t kept = *a;

    *a = *b;
    *b = kept;
}

static void push(struct heap *heap, int64_t item)
{
    size_t at = heap->count++;

    heap->items[at] = item;
    for (; at > 0 && heap->items[at] > heap->items[(at - 1) / 2]; at = (at - 1) / 2)
        swap(&heap->items[at], &heap->items[(at - 1) / 2]);
}

static int64_t pop(struct heap *heap)
{
    int64_t top = heap->items[0];
    size_t at = 0;

    heap->items[0] = heap->items[--heap->count];
    for (;;) {
        size_t child = 2 * at + 1;

        if (child + 1 < heap->count && heap->items[child + 1] > heap->items[child])
            child++;
        if (child >= heap->count || heap->items[child] <= heap->items[at])
            return top;
        swap(&heap->items[at], &heap->items[child]);
        at = child;
    }
}

/* The longer ones are in their heap with their signs changed. Both heaps are of one size, or the
 * lower one has one more. */
static void put(struct heap *lower, struct heap *upper, int64_t length)
{
    push(lower, length);
    push(upper, -pop(lower));
    if (upper->count > lower->count)
        push(lower, -pop(upper));
}

int stopwatch(clock_fn *clock, void (*work)(void *argument), void *argument, int warmups,
              int repeats, struct timing *timing)
{
    struct heap lower = {0}, upper = {0};
    int64_t least = INT64_MAX;

    if (clock && work && timing && warmups >= 0 && repeats >= 1) {
        lower.items = calloc((size_t)repeats + 2, sizeof(int64_t));
        upper.items = calloc((size_t)repeats + 2, sizeof(int64_t));
    } else {
        errno = EINVAL;
        return -1;
    }
    if (!lower.items || !upper.items) {
        free(lower.items);
        free(upper.items);
        errno = ENOMEM;
        return -1;
    }
    for (int run = -warmups; run < repeats; run++) {
        int64_t length = run < 0 ? 0 : -clock();

        work(argument);
        if (run < 0)
            continue;
        length += clock();
        least = length < least ? length : least;
        put(&lower, &upper, length);
    }
    timing->min = least;
    timing->median = lower.items[0];
    if (lower.count == upper.count)
        timing->median = (lower.items[0] - upper.items[0]) / 2;
    free(lower.items);
    free(upper.items);
    return 0;
}

int serial_map(task_fn *task, const long in[], long out[], size_t n, int workers)
{
    bool good = map_args_ok(task, in, out, n, workers);
    int error = good ? 0 : EINVAL;
    size_t i = 0;

    for (;;) {
        if (error)
            errno = error;
        if (error || i == n)
            return error ? -1 : 0;
        error = task(in[i], out + i);
        i++;
    }
}

int serial_sum(term_fn *term, long n, long *sum)
{
    long total = 0, i = 0;

    if (term == NULL || sum == NULL || n < 0) {
        errno = EINVAL;
        return -1;
    }
    for (;;) {
        if (i == n) {
            *sum = total;
            return 0;
        }
        total += term(i++);
    }
}

double speedup(double serial, double parallel)
{
    return isgreater(fmin(serial, parallel), 0) && !isnan(serial) && !isnan(parallel)
               ? serial / parallel
               : NAN;
}

double efficiency(double times_as_fast, int workers)
{
    return workers > 0 ? speedup(times_as_fast, workers) : NAN;
}

double karp_flatt(double times_as_fast, int workers)
{
    double per_worker = 1 / (double)workers;

    if (workers < 2 || !isgreater(times_as_fast, 0))
        return NAN;
    return (1 / times_as_fast - per_worker) / (1 - per_worker);
}
