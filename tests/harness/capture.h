/* What comes to standard output while something runs. */
#ifndef LOCKSTEP_HARNESS_CAPTURE_H
#define LOCKSTEP_HARNESS_CAPTURE_H

#include <stddef.h>

/* Prints "[before]", runs the work, prints "[after]", with standard output in a file, and stores
 * what came there in text[0..size), cut off if it is longer: what stood in a buffer when the work
 * forked shows up twice, or not at all. Returns what the work returned, and keeps its errno. */
int capture_output(int (*work)(void), char text[], size_t size);

#endif
