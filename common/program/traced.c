#include "common/program/traced.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/program/tracefile.h"
#include "common/trace.h"

enum { PER_TASK = 8, SPARE = 1 << 16 };

/* Fixed before workers are made; threads read it, children copy it. */
static task_fn *traced_task;
static struct tracefile *file;
static int64_t begin;

static int traced(long in, long *out)
{
    int error;

    trace_begin();
    error = traced_task(in, out);
    trace_end();
    return error;
}

task_fn *traced_begin(const char *path, task_fn *task, size_t tasks)
{
    if (!path)
        return task;
    file = tracefile_open(path);
    if (!file || trace_open(tasks * PER_TASK + SPARE)) {
        fprintf(stderr, "%s: --trace '%s': %s\n", program_invocation_short_name, path,
                strerror(errno));
        exit(BAD_USAGE);
    }
    traced_task = task;
    begin = clock_wall();
    return traced;
}

int traced_end(const char *name)
{
    const struct trace_event *events;
    size_t count, lost;
    int failed;

    if (!file)
        return 0;
    events = trace_events(&count, &lost);
    failed = tracefile_add(file, name, begin, events, count);
    trace_close();
    if (lost > 0)
        fprintf(stderr, "%s: --trace: %zu events found no room\n", program_invocation_short_name,
                lost);
    if (tracefile_close(file))
        failed = -1;
    file = NULL;
    return failed;
}
