/* The tests of lab 02's suite: 02-process.c has the table of them. */
#ifndef LOCKSTEP_SUITES_PROCESS_H
#define LOCKSTEP_SUITES_PROCESS_H

#include <stdbool.h>

#include "tests/harness/engines.h"

/* The first thing in each test: a plain call, and one whose children end in another order. Their
 * results are looked at only if `results` is true, so that one mistake does not cost all tests. */
const struct engine *process_begin(bool results);

/* 02-process-map.c: process_map at work. */
void test_process_results(void);
void test_process_new_process(void);
void test_process_together(void);
void test_process_errors(void);
void test_process_tidy(void);
void test_process_signals(void);

/* 02-process-faults.c: children that die, and a fork that fails. */
void test_process_child_dies(void);
void test_process_fork_fails(void);

/* 02-process-output.c: what is printed, and what fork copies of it. */
void test_process_output_once(void);

/* Parts of child-dies: a child dies whose place in a table others have had before; a child of a
 * task's own dies. */
void process_try_late_death(const struct engine *engine);
void process_try_inner_death(const struct engine *engine);

/* 02-process-deaths.c, parts of child-dies: behind one that has ended a child waits for the dead
 * one; nothing is kept after a death; a child dies while it writes out what its task has printed.
 * And a part of errors: two tasks fail while another is under way. */
void process_try_last_killed(const struct engine *engine);
void process_try_memory_after_deaths(const struct engine *engine);
void process_try_death_in_flush(const struct engine *engine);
void process_try_two_errors(const struct engine *engine);

/* In a child: waits until the caller, which has noted itself, sleeps: it forks no more now, and has
 * not come back. */
void process_note_caller(void);
void process_outlast_caller(void);

/* A part of fork-fails: so many tasks, and then as many workers, that no array on the stack holds
 * them. Nobody is made. */
void process_try_millions(const struct engine *engine);

#endif
