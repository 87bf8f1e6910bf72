/* Lab 10, given: what the figures of one run say, and what they do not. */
#ifndef LOCKSTEP_LABS_VERDICT_H
#define LOCKSTEP_LABS_VERDICT_H

#include "10-contrast/workload.h"

/* Room for a sentence of either function. */
#define VERDICT_SIZE 512

/* One sentence about a workload that computes, timed with `cpus` usable CPUs. */
void verdict_computing(const struct workload *work, int cpus, char sentence[VERDICT_SIZE]);

/* One sentence about a workload that waits. */
void verdict_waiting(const struct workload *work, char sentence[VERDICT_SIZE]);

/* Where to go on, a line each, whatever the figures are; NULL is the end. */
extern const char *const verdict_go_on[];

#endif
