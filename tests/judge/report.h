/* What a student reads at the end of a grading. */
#ifndef LOCKSTEP_JUDGE_REPORT_H
#define LOCKSTEP_JUDGE_REPORT_H

#include "tests/judge/grade.h"

/* Prints a line for each lab, then what failed in those that are begun, the total, and what to do
 * next. */
void report_print(const struct grading *grading);

/* Prints a line for each test, for scripts: "03-pool/results passed", or failed, not-started,
 * not-run. */
void report_brief(const struct grading *grading);

#endif
