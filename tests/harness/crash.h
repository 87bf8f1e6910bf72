/* What kind of crash it was: a NULL pointer, memory that is not there, or may not be written. */
#ifndef LOCKSTEP_HARNESS_CRASH_H
#define LOCKSTEP_HARNESS_CRASH_H

#include "tests/watch/notes.h"

/* From now on a SIGSEGV in the calling process or its children leaves a sentence in notes->crash.
 * It still ends the process as it would have. Not in a build with a sanitiser, which tells more. */
void crash_note_in(struct notes *notes);

#endif
