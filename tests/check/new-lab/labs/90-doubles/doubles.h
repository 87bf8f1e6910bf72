/* Lab 90, which only a test adds: numbers that are doubled. */
#ifndef LOCKSTEP_LABS_DOUBLES_H
#define LOCKSTEP_LABS_DOUBLES_H

/* Stores 2 * in in *out. Returns 0, or -1 with errno ERANGE if that does not fit in a long. */
int double_it(long in, long *out);

/* True if 2 * in fits in a long. */
int can_double(long in);

#endif
