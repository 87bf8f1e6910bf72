/* What the files of this program share; bench.c says what it is for. */
#ifndef LOCKSTEP_TESTS_BENCH_H
#define LOCKSTEP_TESTS_BENCH_H

#include <stddef.h>
#include <stdint.h>

#include "common/map.h"

/* One of three sizes: so small that it says nothing (tests), for a quick look, or the real one. */
long of_size(long tiny, long quick, long full);

/* Ends the program with a message of errno's; must does if `failed`. */
_Noreturn void die(const char *what);
void must(int failed, const char *what);

/* The shortest of `repeats` runs in seconds, after one that does not count. */
double shortest_of(void (*work)(void *), void *given, int repeats);

/* A task_fn. */
int task_nothing(long in, long *out);

/* n tasks for task_nothing; results go over the inputs. */
long *make_numbers(size_t n);

/* Each prints one table as CSV, with a line of names, and what it does on standard error. */
void bench_chunks(void);
void bench_workers(void);
void bench_tasks(void);
void bench_lock(void);
void bench_memory(void);
void bench_speedup(void);
void bench_sums(void);

#endif
