/* What the judge needs of the machine and of whoever calls it. */
#ifndef LOCKSTEP_JUDGE_SURROUNDINGS_H
#define LOCKSTEP_JUDGE_SURROUNDINGS_H

#include <stdbool.h>

/* Undoes what the caller may have left open, closed, ignored or blocked. From then on `stop` is
 * called for the signals that end a program, unless the caller ignores them (as nohup does). */
void surroundings_start_afresh(void (*stop)(int signal));

/* Each of these prints why if the answer is no. */

/* Are the caller's hard limits wide enough for any test? Makes the others as wide. */
bool surroundings_limits_suffice(void);

/* Is there room on the disk? Without, no program would compile, however good. */
bool surroundings_room_suffices(const char *out);

/* Locks the folder OUT for this process and those it starts: two judges must not build into the
 * same folder. Waits while another one has it. */
bool surroundings_lock(const char *out);

/* Removes from /dev/shm what libomp leaves there for each process that is forked, as far as it is
 * the tests' and the process is gone. In namespaces of their own tests have a folder of their own.
 */
void surroundings_clear_shared_folder(void);

#endif
