/* What the files of this program share; bench.c says what it is for. */
#ifndef LOCKSTEP_TESTS_BENCH_H
#define LOCKSTEP_TESTS_BENCH_H

#include <stddef.h>

#include "common/program/measure.h"

/* One of three sizes: so small that it says nothing (tests), for a quick look, or the real one. */
long of_size(long tiny, long quick, long full);

/* The shortest of `repeats` runs in seconds, after one that does not count. */
double shortest_of(void (*work)(void *), void *given, int repeats);

/* Inputs for n times task_nothing; its results may overwrite them. */
long *make_numbers(size_t n);

/* Each prints one table as CSV, with a line of names, and what it does on standard error. */
void bench_chunks(void);
void bench_workers(void);
void bench_tasks(void);
void bench_lock(void);
void bench_memory(void);
void bench_speedup(void);
void bench_sums(void);
void bench_fetch(void);
void bench_references(void);

#endif
