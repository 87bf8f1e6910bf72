/* What other programs read: the results. */
#ifndef LOCKSTEP_JUDGE_RESULTS_H
#define LOCKSTEP_JUDGE_RESULTS_H

#include "tests/judge/grade.h"

/* Writes the outcomes so far to OUT/results.json, in Gradescope's form: one entry for each test,
 * whole points. A reader sees the old file or the new one, never half of one. Returns 0, or -1 and
 * prints why. */
int results_write(const struct grading *grading, double seconds);

/* Removes the results of an earlier grading, which nobody must take for those of this one. Returns
 * 0, or -1 and prints why. */
int results_remove(const struct grading *grading);

#endif
