/* Who sleeps in which call: for the report of a test that hangs. */
#ifndef LOCKSTEP_JUDGE_SLEEPERS_H
#define LOCKSTEP_JUDGE_SLEEPERS_H

#include <stddef.h>

/* Describes what the threads of a test's process and of its children sleep in, as sentences in
 * `text`: "The test's process waits for a child process to end. 2 child processes wait for ...".
 * The process is the one `depth` generations below the process `ancestor`. `text` becomes "" where
 * the kernel tells nothing. */
void sleepers_describe(int ancestor, int depth, char text[], size_t size);

#endif
