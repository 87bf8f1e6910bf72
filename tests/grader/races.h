/* Forced races: see races.c. */
#ifndef LOCKSTEP_GRADER_RACES_H
#define LOCKSTEP_GRADER_RACES_H

#include <stdbool.h>

/* From now on (or no longer) a thread of the graded code goes to sleep for a moment between working
 * out a value and storing it in memory, so that whatever it does not keep apart from other threads'
 * work goes wrong. */
void races_force(bool on);

#endif
