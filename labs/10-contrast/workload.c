#include "10-contrast/workload.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "10-contrast/asking.h"
#include "common/clock.h"
#include "common/program/language.h"
#include "common/program/machine.h"
#include "common/trace.h"

enum {
    /* Tasks for each worker: so many that engines which hand them out can even out differences. In
     * a traced run fewer, so that one task is wide enough to be seen. */
    TASKS_PER_WORKER = 16,
    TRACED_PER_WORKER = 4,
    MANY_WORKERS = 8, /* more workers get no more tasks than these: smaller tasks would only show
                         what it costs to start them */
    WAITS = 12,
    WAITERS = 6,
    WAIT_MS = 50,
};

/* A task's events, in an open trace. */
static int with_events(task_fn *task, long in, long *out)
{
    int error;

    trace_begin();
    error = task(in, out);
    trace_end();
    return error;
}

static int traced_sum_slice(long in, long *out)
{
    return with_events(task_sum_slice, in, out);
}

static int traced_wait(long in, long *out)
{
    return with_events(task_wait, in, out);
}

static int traced_ask(long in, long *out)
{
    return with_events(task_ask, in, out);
}

void workload_begin(const struct workload *work, bool traced)
{
    const struct sum_plan *plan = traced ? &work->traced : &work->timed;

    if (plan->slices > 0)
        tasks_plan_sum(*plan);
}

/* How many nanoseconds one turn of the sum takes: the better of a few tries, each over a hundredth
 * of the numbers. */
static double turn_ns(long n)
{
    int64_t best = INT64_MAX;
    long sum;

    tasks_plan_sum((struct sum_plan){.n = n, .slices = 100, .repeat = 1});
    for (long slice = 0; slice < 20; slice++) {
        int64_t begin = clock_wall();
        int64_t took;

        task_sum_slice(slice, &sum);
        took = clock_wall() - begin;
        if (took < best)
            best = took;
    }
    return (double)best / ((double)n / 100);
}

/* At least one for each worker. */
static long tasks_for(int workers, int per_worker)
{
    long tasks = (long)per_worker * (workers < MANY_WORKERS ? workers : MANY_WORKERS);

    return tasks > workers ? tasks : workers;
}

int workload_computing(struct workload *work, int workers, bool quick)
{
    long n = quick ? 10000000 : 100000000;
    double serial_ns = (quick ? 0.1 : 0.5) * NS_PER_S;
    double turn = turn_ns(n);
    int cpus = machine_cpus() < MANY_WORKERS ? machine_cpus() : MANY_WORKERS;
    int together = workers < cpus ? workers : cpus;
    /* In a traced run each worker computes for 45 ms, if it has a CPU for itself. */
    double traced_n = 45.0 * NS_PER_MS * (together < 2 ? 2 : together) / turn;
    long tasks = tasks_for(workers, TASKS_PER_WORKER);
    long traced_tasks = tasks_for(workers, TRACED_PER_WORKER);

    *work = (struct workload){
        .name = TR_LATER("computing"),
        .subject = TR_LATER("Computing"),
        .task = traced_sum_slice,
        .workers = workers,
        .n = (size_t)tasks,
        .traced_n = (size_t)traced_tasks,
        .window_ms = 100,
        .timed = {n, tasks, fmax(1, round(serial_ns / turn / (double)n))},
        .traced = {fmax((double)traced_tasks, traced_n), traced_tasks, 1},
    };
    snprintf(work->title, sizeof work->title,
             "the sum of 0 .. %s, %ld time%s over; %ld tasks, %d worker%s",
             quick ? "9,999,999" : "99,999,999", work->timed.repeat,
             work->timed.repeat == 1 ? "" : "s", tasks, workers, workers == 1 ? "" : "s");
    work->in = calloc(work->n, sizeof *work->in);
    for (size_t i = 0; work->in && i < work->n; i++)
        work->in[i] = (long)i;
    return work->in ? 0 : -1;
}

/* Whether there is a server to ask, now. If not, says why. */
static bool start_server(void)
{
    if (asking_begin(WAIT_MS) == 0)
        return true;
    fprintf(stderr, tr("%s: no server can be asked on this machine (%s): tasks just wait\n"),
            program_invocation_short_name, strerror(errno));
    return false;
}

int workload_waiting(struct workload *work, bool waits)
{
    bool asks = !waits && start_server();

    *work = (struct workload){
        .name = TR_LATER("waiting"),
        .subject = asks ? TR_LATER("Waiting for a server's answers") : TR_LATER("Waiting"),
        .task = asks ? traced_ask : traced_wait,
        .workers = WAITERS,
        .n = WAITS,
        .traced_n = WAITS,
        .window_ms = 120,
    };
    snprintf(work->title, sizeof work->title,
             asks ? "%d requests to a server that answers after %d ms; %d workers"
                  : "%d tasks that block for %d ms each; %d workers",
             WAITS, WAIT_MS, WAITERS);
    work->in = calloc(work->n, sizeof *work->in);
    for (size_t i = 0; work->in && i < work->n; i++)
        work->in[i] = asks ? (long)i : WAIT_MS;
    if (!work->in && asks)
        asking_end();
    return work->in ? 0 : -1;
}

void workload_free(struct workload *work)
{
    if (work->in && work->task == traced_ask)
        asking_end();
    free(work->in);
    work->in = NULL;
}
