/* What the calling process has: to see whether a function leaves something behind. */
#ifndef LOCKSTEP_HARNESS_CENSUS_H
#define LOCKSTEP_HARNESS_CENSUS_H

#include <stdbool.h>
#include <stddef.h>

struct census {
    int children; /* also those that have ended and are not reaped */
    int descriptors;
    int mappings; /* shared ones */
    size_t heap;  /* bytes in use, also those that malloc keeps for itself */
};

struct census census_take(void);

/* Its heap alone. */
size_t census_heap(void);

/* Fails the test if `after` has more of anything but heap than `before`, and says of what. `what`
 * names the function: "process_map". `calls` is how many calls lie between. */
void census_expect_same(struct census before, struct census after, const char *what, int calls);

/* The same for the heap. malloc keeps up to seven freed pieces of each size for itself (glibc's
 * tcache). So take `before` after ten calls or more of each kind, and let `calls` be 60 or more. */
void census_expect_heap(struct census before, struct census after, const char *what, int calls);

/* Whether that would fail. What is lost in each call grows in every series of calls; what a runtime
 * of threads makes once for many calls (libomp does, and when depends on how busy the machine is)
 * does not. So it is a loss only if CENSUS_SERIES series, one after the other, all grow. */
bool census_heap_grew(struct census before, struct census after);
enum { CENSUS_SERIES = 6 };

#endif
