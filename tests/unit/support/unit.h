/* What the unit tests are run with. Nothing here marks a student's work. */
#ifndef LOCKSTEP_UNIT_UNIT_H
#define LOCKSTEP_UNIT_UNIT_H

#include <check.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Runs the tests, each in a process of its own, and prints what failed. Returns main's exit
 * status: 0 if all passed. A test's time limit (UNIT_TIMEOUT_S) is there to end one that hangs; no
 * test that works comes near it on any machine. */
enum { UNIT_TIMEOUT_S = 120 };
int unit_main(const char *name, const TTest *const tests[], size_t count);

/* Runs work(argument) in a child process. Returns how it ended, as waitpid(2) says: 0 if `work`
 * returned. Assertions of Check must not be made in there. */
int unit_in_child(void (*work)(void *argument), void *argument);

/* The same, and keeps what the child wrote: text that ends with '\0', cut off if it is longer. */
struct unit_output {
    int status;
    char out[8192], err[8192];
};
void unit_capture(void (*work)(void *argument), void *argument, struct unit_output *output);

/* Forks a child that sleeps until it is killed; unit_bury kills and reaps it. */
pid_t unit_sleeper(void);
void unit_bury(pid_t child);

/* From now on the calling process can open nothing; or it can again, as a sanitiser wants at the
 * end. */
void unit_allow_descriptors(bool allowed);

#endif
