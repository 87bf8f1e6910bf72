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
static const char *file_name;
static int64_t begin;

static int traced(long in, long *out)
{
    int error;

    trace_begin();
    error = traced_task(in, out);
    trace_end();
    return error;
}

static _Noreturn void give_up(const char *path)
{
    fprintf(stderr, "%s: --trace '%s': %s\n", program_invocation_short_name, path, strerror(errno));
    exit(BAD_USAGE);
}

void traced_open(const char *path)
{
    file_name = path;
    if (path && !(file = tracefile_open(path)))
        give_up(path);
}

void traced_start(size_t tasks)
{
    if (file && trace_open(tasks * PER_TASK + SPARE))
        give_up(file_name);
    begin = clock_wall();
}

task_fn *traced_begin(const char *path, task_fn *task, size_t tasks)
{
    traced_open(path);
    traced_start(tasks);
    traced_task = task;
    return path ? traced : task;
}

int traced_add(const char *name)
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
    return failed;
}

int traced_close(void)
{
    struct tracefile *open = file;

    file = NULL;
    return tracefile_close(open);
}

int traced_end(const char *name)
{
    int failed = traced_add(name);

    return traced_close() ? -1 : failed;
}
