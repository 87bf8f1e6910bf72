/* One suite for all engines: how many tasks are under way at once.
 *
 * Engines differ in what a worker is, but all make the same promises (common/map.h). So these tests
 * are written once, and a lab's suite names the engine that it is about.
 *
 * How many tasks are under way at once is counted, not timed. At least k: tasks wait in a meeting,
 * and it opens only if k of them are inside. At most k: a hold keeps tasks inside until one more
 * than k has come, or until everybody else is asleep, so that no other can come.
 *
 * Functions called task_... run in a worker. If the engine makes processes that is a child, and its
 * memory is a copy: so a task reaches nothing but what the test has put into shared memory before
 * the call, and leaves there what the test is to see. All other functions here run in the test's
 * own process, and only they may fail the test. */
#include "tests/harness/conformance.h"

#include <errno.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include <omp.h>

#include "common/interp.h"
#include "tests/harness/grader.h"
#include "tests/harness/meeting.h"
#include "tests/harness/wording.h"
#include "tests/watch/quiet.h"

/* Where tasks meet and are held: in shared memory, made by the test before the call. */
static struct meeting *meeting;
static struct hold *hold;

/* What the suite has said; nothing so far. In the test's own process. */
static const struct conform_looks nowhere;
static const struct conform_looks *looks = &nowhere;

void conform_lead_to(const struct conform_looks *where)
{
    looks = where;
}

const struct conform_looks *conform_look(void)
{
    return looks;
}

/* A child that has returned, too, notes it in shared memory and is gone. */
static atomic_bool *child_returned;

pid_t conform_caller(void)
{
    if (!child_returned)
        child_returned = grader_share(1, sizeof *child_returned);
    return getpid();
}

void conform_one_returns(const char *name, const char *look_at, pid_t caller)
{
    int error = errno;

    if (getpid() != caller) {
        atomic_store(child_returned, true);
        _exit(EXIT_FAILURE);
    }
    expect_at(look_at, !atomic_load(child_returned),
              "%s returned in its caller, and in a child as well: so two processes go on with the "
              "caller's work. A child ends in %s, with _exit, and does not return.",
              name, look_at);
    errno = error;
}

int conform_map(const struct engine *engine, const char *look_at, task_fn *task, const long in[],
                long out[], size_t n, int workers)
{
    pid_t caller = looks->child ? conform_caller() : 0;
    int returned =
        grader_call(engine->map(task, in, out, n, workers), look_at ? look_at : engine->name, "%s",
                    conform_call(engine, n, workers));

    if (looks->child)
        conform_one_returns(engine->name, looks->child, caller);
    return returned;
}

void conform_checks_lead_to(const struct engine *engine, const char *look_at)
{
    grader_doing(look_at ? look_at : engine->name, "%s", engine->name);
    grader_did();
}

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

static bool does_a_plain_map(const struct engine *engine)
{
    const pid_t caller = looks->child ? conform_caller() : 0;
    long in[2] = {3, 4}, out[2];
    int workers = engine->kind == WORKER_PROCESS ? 1 : 2; /* no test begins with luck */
    bool succeeded = engine->map(conform_task, in, out, 2, workers) == 0;

    if (looks->child)
        conform_one_returns(engine->name, looks->child, caller);
    return succeeded;
}

void conform_begin_with(const struct engine *engine)
{
    grader_begin(engine->name, does_a_plain_map(engine));
}

const struct engine *conform_begin(const char *name)
{
    const struct engine *engine = engine_find(name);

    conform_begin_with(engine);
    return engine;
}

const char *conform_call(const struct engine *engine, size_t n, int workers)
{
    return wording("%s of %s with %s", engine->name, plural((long)n, "task"),
                   plural(workers, "worker"));
}

void conform_on_one_cpu(const struct engine *engine)
{
    cpu_set_t one;

    if (engine->kind != WORKER_PROCESS || grader_thorough)
        return;
    CPU_ZERO(&one);
    CPU_SET(sched_getcpu(), &one);
    sched_setaffinity(0, sizeof one, &one);
}

static void try_together(const struct engine *engine, size_t n, int workers)
{
    const char *call = conform_call(engine, n, workers);
    long in[200], out[200];
    int wanted = engine->kind == WORKER_CALLER ? 1 : (int)n < workers ? (int)n : workers;
    int failed;

    for (size_t i = 0; i < n; i++)
        in[i] = (long)i;
    meeting = meeting_create(wanted);
    failed = conform_map(engine, looks->together, task_meet, in, out, n, workers);
    expect(!failed || meeting_most(meeting) < wanted, "%s failed with errno %s.", call,
           error_name(errno));
    expect(meeting_most(meeting) >= wanted,
           "%s should have %s under way at the same time, but there were never more than %d.", call,
           plural(wanted, "task"), meeting_most(meeting));
    meeting_free(meeting);
}

void conform_together(const struct engine *engine)
{
    try_together(engine, 2, 2);
    try_together(engine, 3, 64);
    try_together(engine, 29, 7);
    try_together(engine, 64, 64);
}

void conform_slept(const struct engine *engine, const struct hold *passed)
{
    conform_checks_lead_to(engine, looks->spins);
    expect(engine->kind != WORKER_PROCESS || !hold_spun(passed),
           "While the tasks under way waited, %s used a second of CPU time: a process that waits, "
           "for a child or for work, should sleep.",
           engine->name);
}

static void try_at_most(const struct engine *engine, int workers)
{
    long in[12], out[12];
    int allowed = engine->kind == WORKER_CALLER ? 1 : workers;

    for (size_t i = 0; i < 12; i++)
        in[i] = (long)i;
    hold = hold_create(allowed + 1);
    expect(conform_map(engine, looks->at_most, task_hold, in, out, 12, workers) == 0,
           "%s failed with errno %s.", conform_call(engine, 12, workers), error_name(errno));
    expect(hold_most(hold) <= allowed,
           "%s with %s should never have more than %s under way at the same time, but there were "
           "%d.",
           engine->name, plural(workers, "worker"), plural(allowed, "task"), hold_most(hold));
    conform_slept(engine, hold);
    hold_free(hold);
}

void conform_at_most(const struct engine *engine)
{
    try_at_most(engine, 3);
    try_at_most(engine, 1);
}

void conform_team(const struct engine *engine)
{
    static const size_t sizes[] = {0, 3};
    long in[3] = {1, 2, 3}, out[3];

    /* conform_begin has made a team of 2: one of 3 is one thread more. */
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        const char *call = conform_call(engine, sizes[i], 64);
        int before = quiet_look().threads, more = sizes[i] == 3 ? 1 : 0, made;

        expect(conform_map(engine, looks->at_most, conform_task, in, out, sizes[i], 64) == 0,
               "%s failed with errno %s.", call, error_name(errno));
        made = quiet_look().threads - before;
        if (sizes[i] == 0)
            expect(made <= 0, "%s has nothing to do, but it made %s.", call,
                   plural(made, "thread"));
        expect(made <= more,
               "%s should make a team of 3 threads. Two were there, so that is one more, but it "
               "made %d: is the team larger than the number of tasks?",
               call, made);
    }
}

/* How many tasks other than the first are done, and how many threads have had one. Tasks are
 * threads of the test's own process here. */
static atomic_int done, busy;
/* Of more than 64 for each of two threads libgomp's taskloop runs all in one thread. */
enum { FOR_TASKLOOP = 128, ONE_BY_ONE = 20000 };
static int one_by_one; /* how many there are */
static int this_round; /* from 1 */

/* The first task waits for the last of all others. */
static int task_first_is_last(long in, long *out)
{
    static _Thread_local int been;

    if (been != this_round)
        atomic_fetch_add(&busy, 1);
    been = this_round;
    *out = in;
    if (in == 0 || atomic_fetch_add(&done, 1) == one_by_one - 2)
        return meeting_join(meeting);
    return 0;
}

/* A static schedule would leave tasks waiting for a thread that is busy with a long one. So would
 * one that hands out several at once if there are many. */
static void expect_one_by_one(const struct engine *engine, int tasks)
{
    static long in[ONE_BY_ONE], out[ONE_BY_ONE];
    int failed;

    for (long i = 0; i < tasks; i++)
        in[i] = i;
    one_by_one = tasks;
    this_round++;
    atomic_store(&done, 0);
    atomic_store(&busy, 0);
    meeting = meeting_create(2);
    failed = conform_map(engine, looks->together, task_first_is_last, in, out, (size_t)tasks, 2);
    expect(!failed || (tasks > FOR_TASKLOOP && atomic_load(&busy) == 1),
           "While one thread is busy with a long task, the other should run all the other tasks. "
           "But %s left some of them waiting for the busy thread: which schedule hands out tasks "
           "one by one?",
           engine->name);
    meeting_free(meeting);
}

void conform_one_by_one(const struct engine *engine)
{
    omp_sched_t kind;
    int chunk;

    omp_get_schedule(&kind, &chunk);
    omp_set_schedule(omp_sched_static, 0); /* for who leaves it open (runtime) */
    expect_one_by_one(engine, 20);
    expect_one_by_one(engine, FOR_TASKLOOP);
    expect_one_by_one(engine, ONE_BY_ONE);
    omp_set_schedule(kind, chunk);
}
