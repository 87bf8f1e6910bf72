/* What the files of this program share; lockstep.c says what it is for. */
#ifndef LOCKSTEP_TESTS_PEERS_LOCKSTEP_H
#define LOCKSTEP_TESTS_PEERS_LOCKSTEP_H

#include <stdint.h>

#include "common/program/measure.h"

enum { ARGUMENTS = 4, PAIRS = 15 };

/* The numbers on the command line; 0 where there is none. */
extern long argument[ARGUMENTS];

double seconds(int64_t ns);

/* The median of `repeats` runs in seconds, after one that does not count. */
double median_of(void (*work)(void *), void *given, int repeats);

/* The median of PAIRS ratios, which it sorts. Short pairs, one part right after the other: a shared
 * machine's speed comes and goes within a second, and is then mostly the same for both. */
double median_ratio(double ratios[PAIRS]);

/* Each is one measurement. */
double measure_process(void);
double measure_bare(void);
double measure_pool(void);
double measure_open(void);
double measure_noop(void);
double measure_pingpong(void);
double measure_origin(void);
double measure_fetch_threads(void);
double measure_fetch_loop(void);
double measure_fetch_processes(void);
double measure_references(void);
double measure_references_free(void);

#endif
