/* Lab 10, given: the figures in a form for programs.
 *
 *   {"machine": {"processor": "...", "usable_cpus": 2, "compiler": "...", "kernel": "..."},
 *    "rows": [{"workload": "computing", "engine": "threads+lock", "workers": 2, "seconds": 0.5,
 *              "speedup": 1.0, "agrees": true, "slowest_seconds": 0.51, "cpu_seconds": 0.5,
 *              "lock_switches": 100}, ...],
 *    "rounds": 3,
 *    "workloads": [{"name": "computing", "title": "...", "window_ms": 100, "says": "..."}, ...],
 *    "go_on": ["...", ...],
 *    "spoken": {"language": "ko", "sentences": {"...": "...", ...}}}
 *
 * Seconds are wall time of the best round. For an engine that failed, figures are null and "error"
 * says why. lock_switches is null for engines without a lock. `says` is the verdict's sentence;
 * window_ms is how much of a traced run is worth a look. All that is English; "spoken", which is
 * there if people are spoken to in another language, has the same sentences in that one. */
#ifndef LOCKSTEP_LABS_JSON_H
#define LOCKSTEP_LABS_JSON_H

#include "10-contrast/verdict.h"
#include "10-contrast/workload.h"

/* Writes the figures of works[0..count), of which says[] are the verdicts, into the file in place
 * of what was there, and closes it. Returns 0, or -1 with errno. */
int json_write(int file, const struct workload works[], char says[][VERDICT_SIZE], size_t count,
               int rounds);

#endif
