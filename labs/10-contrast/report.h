/* Lab 10, given: what the experiment prints for one workload, no line longer than 80 columns. */
#ifndef LOCKSTEP_LABS_REPORT_H
#define LOCKSTEP_LABS_REPORT_H

#include "10-contrast/workload.h"
#include "common/program/terminal.h"
#include "common/program/tracefile.h"

/* All print to standard output, and `terminal` says what that can show. */

/* A heading: the name in capitals, and a title, which may be "". */
void report_heading(const struct terminal *terminal, const char *name, const char *title);

/* A heading and a line for each engine: what the timed runs measured. */
void report_table(const struct terminal *terminal, const struct workload *work);

/* Runs each engine that has not failed once more, with a trace, and prints who did what and when.
 * Adds each run to `file` (may be NULL), as "WORKLOAD: ENGINE". */
void report_timelines(const struct terminal *terminal, const struct workload *work,
                      struct tracefile *file);

#endif
