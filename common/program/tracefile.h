/* A trace (common/trace.h) as a file that viewers of traces open, such as ui.perfetto.dev: Chrome's
 * JSON. A run is a process in it, a worker a thread. Slices say what a worker did; an arrow leads
 * from who gave up the lock to who got it next; a counter says which worker has it (0: none). */
#ifndef LOCKSTEP_PROGRAM_TRACEFILE_H
#define LOCKSTEP_PROGRAM_TRACEFILE_H

#include <stddef.h>
#include <stdint.h>

#include "common/trace.h"

struct tracefile;

/* What is in the file is kept until tracefile_close. Returns NULL with errno of open(2), or
 * ENOMEM. */
struct tracefile *tracefile_open(const char *path);

/* Adds a run. Its time begins at `begin` (clock_wall()), and events[0..count) must be sorted by
 * begin, as trace_events gives them. No quotation marks or backslashes in `name`. Returns 0, or -1
 * with errno ENOMEM. If `file` is NULL it does nothing. */
int tracefile_add(struct tracefile *file, const char *name, int64_t begin,
                  const struct trace_event events[], size_t count);

/* Writes all runs to the file, and frees it. Returns 0, or -1 with errno. If `file` is NULL it does
 * nothing. */
int tracefile_close(struct tracefile *file);

#endif
