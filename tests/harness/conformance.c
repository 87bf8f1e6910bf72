#include "tests/harness/conformance.h"

#include <errno.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "02-process/process_map.h"
#include "03-pool/pool.h"
#include "07-threads/thread_map.h"
#include "08-serial/serial.h"
#include "09-gil/gil.h"
#include "common/interp.h"
#include "tests/harness/grader.h"
#include "tests/harness/meeting.h"
#include "tests/watch/quiet.h"

/* What tasks reach: in shared memory, set before workers are made. */
static struct meeting *meeting;
static struct hold *hold;
static atomic_int done; /* tasks, but for the first; in this process */

int conform_task(long in, long *out)
{
    *out = in * CONFORM_FACTOR + CONFORM_OFFSET;
    return 0;
}

static int task_meet(long in, long *out)
{
    *out = in;
    return meeting_join(meeting);
}

static int task_hold(long in, long *out)
{
    interp_blocking_begin();
    hold_pass(hold);
    interp_blocking_end();
    *out = in;
    return 0;
}

void conform_begin(const struct engine *engine)
{
    long in[2] = {3, 4}, out[2];

    grader_begin(engine->name, engine->map(conform_task, in, out, 2, 2) == 0);
}

void conform_on_one_cpu(const struct engine *engine)
{
    cpu_set_t one;

    if (engine->kind != ENGINE_PROCESSES || grader_thorough)
        return;
    CPU_ZERO(&one);
    CPU_SET(sched_getcpu(), &one);
    sched_setaffinity(0, sizeof one, &one);
}

/* Maps n numbers, with a guard before and behind the results. */
static void try_size(const struct engine *engine, size_t n, int workers)
{
    const long guard = 0x5ca1ab1e;
    long *in = malloc((n + 1) * sizeof *in), *out = malloc((n + 2) * sizeof *out);
    size_t wrong = 0;
    int failed;

    out[0] = out[n + 1] = guard;
    for (size_t i = 0; i < n; i++) {
        in[i] = (long)(n - i) * 3;
        out[i + 1] = -1;
    }
    failed = engine->map(conform_task, in, out + 1, n, workers);
    expect(!failed, "%s of %zu tasks with %d workers should succeed, but it failed: %s.",
           engine->name, n, workers, strerror(errno));
    while (wrong < n && out[wrong + 1] == in[wrong] * CONFORM_FACTOR + CONFORM_OFFSET)
        wrong++;
    expect(
        wrong == n,
        "%s of %zu tasks with %d workers: out[%zu] should be the result of in[%zu], which is %ld, "
        "but it is %ld.",
        engine->name, n, workers, wrong, wrong, in[wrong] * CONFORM_FACTOR + CONFORM_OFFSET,
        out[wrong + 1]);
    expect(out[0] == guard && out[n + 1] == guard,
           "%s of %zu tasks with %d workers wrote outside out[0..%zu).", engine->name, n, workers,
           n);
    free(in);
    free(out);
}

void conform_results(const struct engine *engine)
{
    static const size_t sizes[] = {0, 1, 3, 13, 2, 7, 30};
    static const int teams[] = {1, 2, 7, 64};
    bool few = engine->kind == ENGINE_PROCESSES && !grader_thorough;
    size_t most = grader_thorough ? engine->most_thorough : engine->most;

    conform_on_one_cpu(engine);
    for (size_t i = 0; i < (few ? 4 : sizeof sizes / sizeof sizes[0]); i++)
        for (size_t j = 0; j < sizeof teams / sizeof teams[0]; j++)
            try_size(engine, sizes[i], teams[j]);
    try_size(engine, most, 7);
    if (most > 1000)
        try_size(engine, most - 1, 2);
}

static void try_together(const struct engine *engine, size_t n, int workers)
{
    long in[200], out[200];
    int wanted = engine->kind == ENGINE_SERIAL ? 1 : (int)n < workers ? (int)n : workers;
    int failed;

    for (size_t i = 0; i < n; i++)
        in[i] = (long)i;
    meeting = meeting_create(wanted);
    failed = engine->map(task_meet, in, out, n, workers);
    expect(!failed || meeting_most(meeting) < wanted, "%s of %zu tasks with %d workers failed: %s.",
           engine->name, n, workers, strerror(errno));
    expect(meeting_most(meeting) >= wanted,
           "%s of %zu tasks with %d workers should have %d tasks under way at the same time, but "
           "there were never more than %d.",
           engine->name, n, workers, wanted, meeting_most(meeting));
    meeting_free(meeting);
}

void conform_together(const struct engine *engine)
{
    try_together(engine, 2, 2);
    try_together(engine, 3, 64);
    try_together(engine, 29, 7);
    try_together(engine, 64, 64);
}

enum { ONE_BY_ONE = 20 };

/* The first task waits for the last of all others. */
static int task_first_is_last(long in, long *out)
{
    *out = in;
    if (in == 0 || atomic_fetch_add(&done, 1) == ONE_BY_ONE - 2)
        return meeting_join(meeting);
    return 0;
}

/* A long task must not keep others waiting behind it, as a static schedule would. */
void conform_one_by_one(const struct engine *engine)
{
    long in[ONE_BY_ONE], out[ONE_BY_ONE];

    for (long i = 0; i < ONE_BY_ONE; i++)
        in[i] = i;
    atomic_store(&done, 0);
    meeting = meeting_create(2);
    expect(engine->map(task_first_is_last, in, out, ONE_BY_ONE, 2) == 0,
           "While one thread is busy with a long task, the other should work off all the other "
           "tasks, but %s left tasks waiting behind the long one: which schedule hands out tasks "
           "one by one?",
           engine->name);
    meeting_free(meeting);
}

void conform_team(const struct engine *engine)
{
    static const size_t sizes[] = {0, 3};
    long in[3] = {1, 2, 3}, out[3];

    /* conform_begin has made a team of 2: one of 3 is one thread more. */
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        int before = quiet_look().threads, more = sizes[i] == 3 ? 1 : 0, made;

        expect(engine->map(conform_task, in, out, sizes[i], 64) == 0,
               "%s of %zu tasks with 64 workers failed: %s.", engine->name, sizes[i],
               strerror(errno));
        made = quiet_look().threads - before;
        expect(made <= more,
               "%s of %zu tasks with 64 workers should make a team of %zu threads, %d more than "
               "there were, but there are %d more.",
               engine->name, sizes[i], sizes[i], more, made);
    }
}

void conform_at_most(const struct engine *engine)
{
    long in[12], out[12];
    int allowed = engine->kind == ENGINE_SERIAL ? 1 : 3;

    for (size_t i = 0; i < 12; i++)
        in[i] = (long)i;
    hold = hold_create(allowed + 1);
    expect(engine->map(task_hold, in, out, 12, 3) == 0, "%s of 12 tasks with 3 workers failed: %s.",
           engine->name, strerror(errno));
    expect(hold_most(hold) <= allowed,
           "%s with 3 workers should never have more than %d tasks under way at the same time, but "
           "there were %d.",
           engine->name, allowed, hold_most(hold));
    expect(engine->kind != ENGINE_PROCESSES || !hold_spun(hold),
           "While the tasks under way waited, %s used a second of CPU time: who waits for a child "
           "should sleep.",
           engine->name);
    hold_free(hold);
}

void conform_alternating(const struct engine *engine)
{
    const struct engine engines[] = {
        *engine, {.name = "serial_map", .map = serial_map},
        *engine, {.name = "process_map", .map = process_map},
        *engine, {.name = "thread_map", .map = thread_map},
        *engine, {.name = "pool_once", .map = pool_once},
        *engine, {.name = "gil_map", .map = gil_map},
    };

    for (int call = 0; call < 36; call++)
        try_size(&engines[(size_t)call % (sizeof engines / sizeof engines[0])], (size_t)call % 8,
                 1 + call % 3);
}
