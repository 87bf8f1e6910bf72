/* Lab 12, given: what it costs to take a reference and to drop it again, for each way to count. */
#ifndef LOCKSTEP_LABS_COSTS_H
#define LOCKSTEP_LABS_COSTS_H

#include <stdbool.h>
#include <stddef.h>

enum { COSTS_MOST_THREADS = 64 };

/* The ways to count. */
enum costs_way {
    COSTS_NOTHING, /* the calls alone */
    COSTS_PLAIN,   /* and wrong, with more threads than one */
    COSTS_HELD,  /* plain; each thread holds the interpreter's lock while it runs, as in CPython */
    COSTS_TAKEN, /* the interpreter's lock is taken for each step */
    COSTS_MUTEX,
    COSTS_ATOMIC,
    COSTS_BIASED,
    COSTS_IMMORTAL,
    COSTS_WAYS
};
extern const char *const costs_names[COSTS_WAYS]; /* in English */

/* How the threads and their objects lie. */
struct costs_layout {
    bool one;       /* all threads use one object, which the first of them has made */
    size_t between; /* else each has its own: bytes from one object to the next */
};
extern const struct costs_layout costs_packed, costs_padded, costs_one_object;

/* False if this way is still to be written: its functions do nothing and set errno to ENOSYS. */
bool costs_written(enum costs_way way);

/* Lets 1 to COSTS_MOST_THREADS threads retain and release n times each. Returns nanoseconds for one
 * pair, from the first thread's begin to the last one's end, and adds to *off by how much the
 * counts are off at the end. Not from two threads at once. */
double costs_measure(enum costs_way way, const struct costs_layout *layout, int threads, long n,
                     long *off);

#endif
