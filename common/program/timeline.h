/* A picture of who did what and when (common/trace.h): a row for each worker, time to the right,
 * and one character for each stretch of time, which says what the worker did most of it.
 *
 *   threads  1  ###...###...###
 *            2  ...###...###...
 *               +-----+-----+---
 *           ms  0     10    20
 */
#ifndef LOCKSTEP_PROGRAM_TIMELINE_H
#define LOCKSTEP_PROGRAM_TIMELINE_H

#include <stdint.h>
#include <stdio.h>

#include "common/program/terminal.h"
#include "common/trace.h"

struct timeline {
    FILE *stream;
    const struct terminal *terminal; /* what `stream` can show */
    int label_width; /* columns for the labels; the rows begin 7 columns further right */
    int columns;     /* characters for the time shown, 1 or more */
    int64_t length;  /* the time shown, in nanoseconds, 1 or more */
    int most_rows;   /* 1 to 9; rows beyond are only counted */
};

/* What a worker does in this state, in words; not for TRACE_IDLE. */
const char *timeline_meaning(enum trace_state state);

/* Prints one line: what the characters mean. */
void timeline_legend(const struct timeline *timeline);

/* Prints the rows of the workers in events[0..count), which must be sorted by begin, as
 * trace_events gives them. The time begins at `begin` (clock_wall()). If there are more workers
 * than `at_once`, workers that did not overlap share a row, and a mark says where the next one
 * begins. Three or more rows below one another that look alike (to two columns) are one, with "x3"
 * in the place of its number. `label` is printed before the first row. Returns 0, or -1 with errno
 * ENOMEM and nothing printed. */
int timeline_rows(const struct timeline *timeline, const char *label, int at_once, int64_t begin,
                  const struct trace_event events[], size_t count);

/* Prints the axis, in milliseconds: two lines. */
void timeline_axis(const struct timeline *timeline);

#endif
