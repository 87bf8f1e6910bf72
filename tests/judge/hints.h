/* Hints, for the failure that the report shows first. They are kept in OUT/hints.json with the
 * state of the sources they were made for: as long as that does not change, a further hint needs no
 * grading. When it changes, they begin anew. */
#ifndef LOCKSTEP_JUDGE_HINTS_H
#define LOCKSTEP_JUDGE_HINTS_H

#include <stdbool.h>

#include "tests/judge/grade.h"

/* Notes what is to be hinted at, for each lab that was graded. Returns 0, or -1 and prints why. */
int hints_note(const struct grading *grading);

/* True if what was noted about a lab is about its source as it is now. */
bool hints_fresh(const struct grading *grading, const struct lab *lab);

/* True if what was noted about a lab is that it has full score. */
bool hints_full(const struct grading *grading, const struct lab *lab);

/* Prints the hints for a lab that were given so far, and one more; notes that it was given. The lab
 * must be fresh. Returns 0, or -1 and prints why. */
int hints_print(const struct grading *grading, const struct lab *lab);

#endif
