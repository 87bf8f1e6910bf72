#include "tests/harness/conformance.h"

#include <errno.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "common/interp.h"
#include "common/shared.h"
#include "tests/harness/census.h"
#include "tests/harness/faults.h"
#include "tests/harness/grader.h"
#include "tests/harness/meeting.h"

/* What tasks reach: in shared memory, set before workers are made. */
static struct meeting *meeting; /* NULL: tasks that fail do not meet */
static struct hold *hold;       /* opens only when everybody else is asleep */
static long late;               /* which of two tasks that meet fails last */
static atomic_int *runs;        /* runs[i]: how often task i has run */

static int task_count(long in, long *out)
{
    atomic_fetch_add(&runs[in], 1);
    *out = in;
    return 0;
}

static void expect_refused(const struct engine *engine, const char *what, int failed)
{
    expect(failed == -1 && errno == EINVAL,
           "%s with %s should return -1 with errno EINVAL, but it returned %d%s%s.", engine->name,
           what, failed, failed ? ", errno: " : "", failed ? strerror(errno) : "");
    expect(atomic_load(&runs[0]) == 0, "%s with %s should run no task.", engine->name, what);
}

void conform_arguments(const struct engine *engine)
{
    long in[1] = {0}, out[1];

    runs = grader_share(1, sizeof *runs);
    errno = 0;
    expect_refused(engine, "no task (NULL)", engine->map(NULL, in, out, 1, 1));
    expect_refused(engine, "no input (NULL)", engine->map(task_count, NULL, out, 1, 1));
    expect_refused(engine, "no room for results (NULL)", engine->map(task_count, in, NULL, 1, 1));
    expect_refused(engine, "0 workers", engine->map(task_count, in, out, 1, 0));
    expect_refused(engine, "-1 workers", engine->map(task_count, in, out, 1, -1));
    expect(engine->map(task_count, NULL, NULL, 0, 1) == 0,
           "%s of 0 tasks should succeed, even with NULL arrays, but it failed: %s.", engine->name,
           strerror(errno));
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
    return in == 3 ? EDOM : ENOSPC;
}

static void try_error(const struct engine *engine, size_t n, int workers)
{
    long in[40], out[40];
    int failed;

    for (size_t i = 0; i < n; i++)
        in[i] = (long)i;
    memset(runs, 0, 40 * sizeof *runs);
    errno = 0;
    failed = engine->map(task_fail, in, out, n, workers);
    expect(
        failed == -1,
        "Task 3 failed, so %s of %zu tasks with %d workers should return -1, but it returned %d.",
        engine->name, n, workers, failed);
    expect(errno == EDOM,
           "Tasks 3 and 5 failed. %s should fail with the error of the one with the lowest index "
           "(task 3: %s), but errno says: %s.",
           engine->name, strerror(EDOM), strerror(errno));
    for (size_t i = 0; i < n; i++) {
        int times = atomic_load(&runs[i]);

        expect(i > 3 || times == 1,
               "Task 3 failed; task %zu comes before it and should have run once, not %d times.", i,
               times);
        expect(times <= 1, "Task %zu should not have run %d times.", i, times);
    }
}

/* Two tasks meet: so one of them runs in a thread that is not the caller's. It fails. (That they
 * meet is for conform_together to ask.) */
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
    int failed;

    caller = pthread_self();
    meeting = meeting_create(2);
    errno = 0;
    failed = engine->map(task_fail_elsewhere, in, out, 2, 2);
    expect(
        meeting_most(meeting) < 2 || (failed == -1 && errno == EDOM),
        "A task failed (%s) that another thread than the caller's ran, and %s returned %d, errno: "
        "%s. Each thread has an errno of its own: where is it set?",
        strerror(EDOM), engine->name, failed, strerror(errno));
    meeting_free(meeting);
    meeting = NULL;
}

static int task_fail_always(long in, long *out)
{
    *out = in;
    return EDOM;
}

/* What an engine does after a task has failed is interrupted, too, and errno says so. */
static void try_error_interrupted(const struct engine *engine)
{
    struct faults *faults = faults_reset();
    long in[14] = {0}, out[14];
    int failed;

    atomic_store(&faults->interrupt, true);
    failed = engine->map(task_fail_always, in, out, 14, 4);
    expect(!failed || errno != EINTR,
           "The tasks failed (%s) while calls were interrupted, and %s should fail so, but errno "
           "says: %s. What changes errno after the error is known?",
           strerror(EDOM), engine->name, strerror(EINTR));
    atomic_store(&faults->interrupt, false);
}

/* A failure is a failure also where there is no other task. */
static void try_error_alone(const struct engine *engine)
{
    long in[1] = {0}, out[1];

    errno = 0;
    expect(engine->map(task_fail_always, in, out, 1, 1) == -1 && errno == EDOM,
           "%s of one task, which failed (%s), should return -1, but errno says: %s.", engine->name,
           strerror(EDOM), strerror(errno));
}

void conform_errors(const struct engine *engine)
{
    runs = grader_share(40, sizeof *runs);
    meeting = NULL;
    try_error(engine, 10, 1);
    try_error(engine, 40, 2);
    try_error(engine, 10, 64);
    for (late = 3; late <= 5 && engine->kind != ENGINE_SERIAL; late += 2) {
        meeting = meeting_create(2);
        hold = hold_create(INT_MAX);
        try_error(engine, 10, 10);
        hold_free(hold);
        meeting_free(meeting);
        meeting = NULL;
    }
    if (engine->kind == ENGINE_THREADS)
        try_error_elsewhere(engine);
    try_error_alone(engine);
    try_error_interrupted(engine);
    shared_free(runs);
}

/* A child of the caller's own, which an engine must leave alone: it has ended and waits to be
 * reaped. */
static pid_t make_own_child(int status)
{
    pid_t child = fork();
    siginfo_t info;

    if (child == 0)
        _exit(status);
    if (child == -1 || waitid(P_PID, (id_t)child, &info, WEXITED | WNOWAIT) == -1) {
        perror("make_own_child");
        abort();
    }
    return child;
}

void conform_tidy(const struct engine *engine)
{
    long in[3] = {3, 0, 1}, out[3]; /* when the first fails, the second is under way */
    pid_t own = make_own_child(42);
    struct census before = {0}, heap = {0};
    int status = 0;

    conform_on_one_cpu(engine);
    runs = grader_share(40, sizeof *runs);
    for (int call = 1; call <= 200; call++) {
        bool bad = call % 3 == 2;
        size_t n = bad ? 3 : call % 3 ? 1 : 2;
        int failed = engine->map(bad ? task_fail : conform_task, in, out, n, 2);

        expect(!failed == !bad, "Call %d of %s should %s.", call, engine->name,
               bad ? "fail, as a task fails" : "succeed");
        if (call == 3)
            before = census_take();
        if (call == 30)
            heap = census_take();
    }
    census_expect_same(before, census_take(), engine->name, 200);
    census_expect_heap(heap, census_take(), engine->name, 170);
    expect(
        waitpid(own, &status, 0) == own && WEXITSTATUS(status) == 42,
        "The caller had a child of its own before it called %s, and the engine reaped it. Wait for "
        "your own children only, by their PIDs.",
        engine->name);
    shared_free(runs);
}

static atomic_int alarms;

static void on_alarm(int signal)
{
    (void)signal;
    atomic_fetch_add(&alarms, 1);
}

static int task_nap(long in, long *out)
{
    usleep(2000);
    return conform_task(in, out);
}

/* A timer that fires every millisecond (no SA_RESTART), and every other blocking call of the engine
 * interrupted. */
void conform_signals(const struct engine *engine)
{
    struct sigaction action = {.sa_handler = on_alarm}, ignore = {.sa_handler = SIG_IGN};
    struct itimerval every_ms = {{0, 1000}, {0, 1000}}, never = {{0, 0}, {0, 0}};
    struct faults *faults = faults_reset();
    struct census before = {0};

    sigaction(SIGALRM, &action, NULL);
    atomic_store(&faults->interrupt, true);
    setitimer(ITIMER_REAL, &every_ms, NULL);
    for (int call = 0; call < 10; call++) {
        long in[14], out[14];
        int failed;

        for (long i = 0; i < 14; i++)
            in[i] = i + call;
        failed = engine->map(task_nap, in, out, 14, 4);
        expect(!failed,
               "%s failed while signals arrived: %s. A blocking call that returns EINTR has to be "
               "made again.",
               engine->name, strerror(errno));
        for (long i = 0; i < 14; i++)
            expect(out[i] == in[i] * CONFORM_FACTOR + CONFORM_OFFSET,
                   "While signals arrived, out[%ld] of %s came out wrong.", i, engine->name);
        if (call == 2)
            before = census_take();
    }
    setitimer(ITIMER_REAL, &never, NULL);
    atomic_store(&faults->interrupt, false);
    /* One may still be on its way; Check's own handler would kill the whole process group. */
    sigaction(SIGALRM, &ignore, NULL);
    census_expect_same(before, census_take(), engine->name, 10);
    expect(atomic_load(&alarms) > 0, "The test itself went wrong: no signal arrived.");
}
