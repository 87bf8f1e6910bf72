/* Lab 04: the same list of fifth powers from one process and from a pool of processes. */
#ifndef LOCKSTEP_LABS_POWERS_H
#define LOCKSTEP_LABS_POWERS_H

#include <stddef.h>

#include "common/map.h"

/* A task_fn: stores in to the fifth power in *out. Returns 0, or ERANGE if it does not fit in a
 * long; *out is then unchanged. */
int fifth_power(long in, long *out);

/* Runs `task` on in[0..n) in the calling process, one after the other, and stores each result at
 * the same index of out[]. Errors as those of map_fn (common/map.h). */
int single_pool(task_fn *task, const long in[], long out[], size_t n);

/* The same on a pool of exactly `workers` processes (lab 03: open, one map with chunks of CPython's
 * length, close). n == 0 opens no pool. Errors as those of map_fn. */
int multi_pool(task_fn *task, const long in[], long out[], size_t n, int workers);

/* Writes the numbers to text[] as Python prints a list, [1, 32, 243] or [], with '\0' at the end.
 * Returns the length of the whole list. If that is not less than `size`, the text is cut off to
 * fit, as snprintf(3) does it. size 0 writes nothing, and text may then be NULL. Returns -1 with
 * errno EINVAL if values is NULL and n is not 0, or if text is NULL and size is not 0. */
int list_format(const long values[], size_t n, char text[], size_t size);

#endif
