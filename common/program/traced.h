/* The option --trace of programs: who did what and when, in a file. */
#ifndef LOCKSTEP_PROGRAM_TRACED_H
#define LOCKSTEP_PROGRAM_TRACED_H

#include "common/map.h"
#include "common/program/options.h"

/* `variable`: a const char **, for the file's name; NULL means that nothing is recorded. */
#define OPTION_ROW_TRACE(variable)                                                                 \
    {                                                                                              \
        .name = "trace",                                                                           \
        .help = "also write who did what and when to this file, for ui.perfetto.dev",              \
        .kind = OPTION_TEXT, .target = (variable)                                                  \
    }

/* For programs that run one thing.
 *
 * Call it before any worker is made. Opens the file, and a trace with room for that many tasks and
 * the turns of a lock. Returns a task that does what `task` does and leaves its events; without a
 * `path`, `task` itself. If the file cannot be opened it says so and ends the program with
 * status 2. */
task_fn *traced_begin(const char *path, task_fn *task, size_t tasks);

/* Call it when no worker runs. Writes what was recorded since traced_begin, as a run of this name;
 * without a path it does nothing. Returns 0, or -1 with errno. */
int traced_end(const char *name);

/* For programs that run several: traced_open first, the other two around each run, and
 * traced_close at the end. Without a path they do nothing. The first two end the program as
 * traced_begin does; the others return 0, or -1 with errno. */
void traced_open(const char *path);
void traced_start(size_t tasks);
int traced_add(const char *name);
int traced_close(void);

#endif
