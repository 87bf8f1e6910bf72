/* One suite for all engines: which errors are reported. As in conformance.c, functions called
 * task_... run in a worker. */
#include "tests/harness/conformance.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "common/interp.h"
#include "common/shared.h"
#include "tests/harness/faults.h"
#include "tests/harness/grader.h"
#include "tests/harness/meeting.h"
#include "tests/harness/wording.h"

/* What tasks reach; all of it is made by the test, in shared memory, before the call. */
static atomic_int *runs;        /* runs[i]: how often task i has run, in whichever worker */
static struct meeting *meeting; /* NULL: tasks that fail do not meet */
static struct hold *hold;       /* opens only when everybody else is asleep */
static long late;               /* which of two tasks that meet fails last */
static int first_error;         /* what task 3 fails with, */
static int other_error;         /* and what task 5 fails with */

static int task_count(long in, long *out)
{
    atomic_fetch_add(&runs[in], 1);
    *out = in;
    return 0;
}

/* A call of n tasks with a bad argument must fail with EINVAL, and no task have run. */
static void refused_of(const struct engine *engine, const char *what, task_fn *task,
                       const long in[], long out[], size_t n, int workers)
{
    const char *call = wording("%s%s with %s", engine->name, n == 0 ? " of 0 tasks" : "", what);
    const char *look_at = conform_look()->arguments;

    grader_refused(call,
                   grader_call(engine->map(task, in, out, n, workers),
                               look_at ? look_at : engine->name, "%s", call),
                   EINVAL);
    expect(atomic_load(&runs[0]) == 0, "%s with %s should run no task.", engine->name, what);
}

static void expect_refused(const struct engine *engine, const char *what, task_fn *task,
                           const long in[], long out[], int workers)
{
    refused_of(engine, what, task, in, out, 1, workers);
}

void conform_arguments(const struct engine *engine)
{
    long in[1] = {0}, out[1];

    runs = grader_share(1, sizeof *runs);
    expect_refused(engine, "no task (NULL)", NULL, in, out, 1);
    expect_refused(engine, "no input (NULL)", task_count, NULL, out, 1);
    expect_refused(engine, "no room for results (NULL)", task_count, in, NULL, 1);
    expect_refused(engine, "0 workers", task_count, in, out, 0);
    expect_refused(engine, "-1 workers", task_count, in, out, -1);
    refused_of(engine, "no task (NULL)", NULL, in, out, 0, 1);
    refused_of(engine, "0 workers", task_count, in, out, 0, 0);
    expect(conform_map(engine, conform_look()->arguments, task_count, NULL, NULL, 0, 1) == 0,
           "%s of 0 tasks should succeed, even with NULL arrays, but it failed with errno %s.",
           engine->name, error_name(errno));
    shared_free(runs);
}

/* Tasks 3 and 5 fail. If they meet, both are under way, and one of them waits until the other's
 * worker has nothing to do any more: so the other's failure is known first. */
static int task_fail(long in, long *out)
{
    atomic_fetch_add(&runs[in], 1);
    *out = in;
    if (in != 3 && in != 5)
        return 0;
    if (meeting)
        meeting_join(meeting);
    if (meeting && in == late) {
        interp_blocking_begin();
        hold_pass(hold);
        interp_blocking_end();
    }
    return in == 3 ? first_error : other_error;
}

void conform_error_leads_to(const struct engine *engine, const char *look_at,
                            struct grader_answer answer, int plausible)
{
    bool known = answer.refused && answer.error == plausible;

    if (known || strcmp(answer.returned, "0") == 0)
        conform_checks_lead_to(engine, look_at);
    else
        conform_checks_lead_to(engine, conform_look()->late);
}

/* No child has died, unless the engine has killed it. */
static void expect_no_death(const struct engine *engine, const char *call,
                            struct grader_answer answer)
{
    if (engine->kind != WORKER_PROCESS || other_error == ECHILD)
        return;
    conform_checks_lead_to(engine, conform_look()->errors);
    expect(
        !answer.refused || answer.error != ECHILD,
        "In %s tasks 3 and 5 fail, and no child dies by itself, but it returned -1 with errno "
        "ECHILD. Are children killed because a task has failed, or does a child whose task fails "
        "deliver nothing?",
        call);
}

static void try_error(const struct engine *engine, size_t n, int workers)
{
    const char *call = conform_call(engine, n, workers);
    long in[40], out[40];
    struct grader_answer answer;

    for (size_t i = 0; i < n; i++)
        in[i] = (long)i;
    runs = grader_share(40, sizeof *runs); /* new each time: a child left behind has the old ones */
    answer =
        grader_answer(conform_map(engine, conform_look()->errors, task_fail, in, out, n, workers));
    expect_no_death(engine, call, answer);
    conform_error_leads_to(engine, conform_look()->errors, answer, other_error);
    grader_expect_refused(wording("Task 3 fails with %s, task 5 with %s, and the lowest index "
                                  "counts: %s",
                                  error_name(first_error), error_name(other_error), call),
                          answer, first_error);
    conform_checks_lead_to(engine, conform_look()->skipped);
    for (size_t i = 0; i < n; i++) {
        int times = atomic_load(&runs[i]);

        expect(i > 3 || times == 1,
               "Task 3 fails in %s. All tasks up to that one should run once, but task %zu ran "
               "%s.",
               call, i, plural(times, "time"));
        expect(times <= 1, "Task %zu of %s should not have run %d times.", i, call, times);
    }
    shared_free(runs);
}

/* Two tasks meet: so one of them runs in a thread that is not the caller's. It fails. (Whether they
 * meet is what conform_together asks.) */
static pthread_t caller;

static int task_fail_elsewhere(long in, long *out)
{
    *out = in;
    meeting_join(meeting);
    return pthread_equal(pthread_self(), caller) ? 0 : EDOM;
}

static void try_error_elsewhere(const struct engine *engine)
{
    long in[2] = {0, 1}, out[2];
    struct grader_answer answer;

    caller = pthread_self();
    meeting = meeting_create(2);
    answer = grader_answer(
        conform_map(engine, conform_look()->errors, task_fail_elsewhere, in, out, 2, 2));
    if (meeting_most(meeting) == 2)
        grader_expect_refused(wording("A task fails in another thread than the caller's, and each "
                                      "thread has an errno of its own: %s",
                                      engine->name),
                              answer, EDOM);
    meeting_free(meeting);
    meeting = NULL;
}

static int task_fail_always(long in, long *out)
{
    *out = in;
    return EDOM;
}

/* What an engine does after a task has failed is interrupted, too, and sets errno. */
static void try_error_interrupted(const struct engine *engine)
{
    struct faults *faults = faults_reset();
    long in[14] = {0}, out[14];
    int failed;

    atomic_store(&faults->interrupt, true);
    failed = conform_map(engine, conform_look()->late, task_fail_always, in, out, 14, 4);
    expect(!failed || errno != EINTR,
           "All tasks fail with %s while calls are interrupted, and %s should fail with the same "
           "errno, but it is %s. What changes errno after the error is known?",
           error_name(EDOM), engine->name, error_name(EINTR));
    atomic_store(&faults->interrupt, false);
}

/* What a task's only run returns; set before the call. */
static int returned;

static int task_return(long in, long *out)
{
    atomic_fetch_add(&runs[in], 1);
    *out = in;
    return returned;
}

/* A failure is a failure also where there is no other task, and with any errno: also with one that
 * a byte, with a sign or without, cannot hold (the kernel has such errnos), or that the engine
 * itself has a use for, or that of a call would mean "try again". */
static void try_error_alone(const struct engine *engine)
{
    enum { ERESTARTSYS = 512, ENOTSUPP = 524 };
    static const int errors[] = {EDOM,   EHWPOISON, ENOTSUPP, ERESTARTSYS, EINTR,
                                 EAGAIN, ENOMEM,    ECHILD,   EINVAL};
    long in[1] = {0}, out[1];

    runs = grader_share(1, sizeof *runs);
    for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++) {
        returned = errors[i];
        struct grader_answer answer =
            grader_answer(conform_map(engine, conform_look()->errors, task_return, in, out, 1, 1));

        conform_error_leads_to(engine, conform_look()->errors, answer, answer.error);
        grader_expect_refused(wording("The only task returns %s: %s", error_name(returned),
                                      conform_call(engine, 1, 1)),
                              answer, returned);
        expect(atomic_exchange(&runs[0], 0) == 1,
               "The only task returns %s: %s should run it once, and report that.",
               error_name(returned), conform_call(engine, 1, 1));
    }
    shared_free(runs);
}

static int task_leave_errno(long in, long *out)
{
    *out = in;
    errno = EAGAIN;
    return 0;
}

void conform_errno_of_success(const struct engine *engine)
{
    const long in[2] = {1, 2};
    long out[2];

    expect(grader_call(engine->map(task_leave_errno, in, out, 2, 1), engine->name,
                       "%s of 2 tasks that succeed and leave EAGAIN in errno", engine->name) == 0,
           "%s failed with errno %s. Its tasks returned 0: they succeeded. They left EAGAIN in "
           "errno, which it may hold after a success.",
           engine->name, error_name(errno));
}

/* Tasks 3 and 5 meet, so both fail; task `last` of them fails last. */
static void try_both_fail(const struct engine *engine, long last)
{
    late = last;
    meeting = meeting_create(2);
    hold = hold_create(INT_MAX);
    try_error(engine, 10, 10);
    conform_slept(engine, hold);
    hold_free(hold);
    meeting_free(meeting);
    meeting = NULL;
}

void conform_errors(const struct engine *engine)
{
    meeting = NULL;
    first_error = EDOM;
    other_error = ENOSPC;
    try_error(engine, 10, 1);
    try_error_alone(engine);
    /* Before those in which luck decides which thread runs the task that fails. */
    if (engine->kind == WORKER_THREAD)
        try_error_elsewhere(engine);
    try_error(engine, 40, 2);
    try_error(engine, 10, 64);
    if (engine->kind != WORKER_CALLER) {
        try_both_fail(engine, 5);
        if (engine->kind == WORKER_PROCESS)
            other_error = ECHILD; /* which is no death if a task has returned it */
        try_both_fail(engine, 3);
        other_error = ERANGE; /* a larger number than that of the first, and not a smaller one */
        try_both_fail(engine, 3);
    }
    try_error_interrupted(engine);
}
