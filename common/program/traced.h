/* The option --trace of programs that run one thing: who did what and when, in a file. */
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

/* Call it before any worker is made. Opens the file, and a trace with room for that many tasks and
 * the turns of a lock. Returns a task that does what `task` does and leaves its events; without a
 * `path`, `task` itself. If the file cannot be opened it says so and ends the program with
 * status 2. */
task_fn *traced_begin(const char *path, task_fn *task, size_t tasks);

/* Call it when no worker runs. Writes what was recorded since traced_begin, as a run of this name;
 * without a path it does nothing. Returns 0, or -1 with errno. */
int traced_end(const char *name);

#endif
