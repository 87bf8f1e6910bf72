/* process_map at work: what every engine must do, and that every task has a process of its own. */
#include "tests/suites/02-process.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include "02-process/process_map.h"
#include "tests/harness/conformance.h"
#include "tests/harness/faults.h"
#include "tests/harness/grader.h"
#include "tests/harness/wording.h"
#include "tests/watch/quiet.h"

/* Where failures of the engine as such lead. */
static const struct conform_looks looks = {
    .values = "run_child",
    .spins = "reap_oldest",
    .errors = "reap_oldest",
    .death = "reap_oldest",
    .signals = "reap_oldest",
    .child = "run_child",
};

const struct engine *process_begin(bool results)
{
    const struct engine *engine;

    conform_lead_to(&looks);
    engine = conform_begin("process_map");
    conform_any_order(engine, results);
    return engine;
}

void process_try_millions(const struct engine *engine)
{
    enum { MILLIONS = 3000000 };
    long *in = calloc(MILLIONS, sizeof *in), *out = calloc(MILLIONS, sizeof *out);

    for (int many = 0; many < 2; many++) {
        atomic_store(&faults_reset()->fork_fails_at, 1);
        grader_refused(wording("No child can be made of 3000000 (fork fails): %s", engine->name),
                       conform_map(engine, "process_map", conform_task, in, out, MILLIONS,
                                   many ? MILLIONS : 2),
                       EAGAIN);
    }
    faults_reset();
    free(in);
    free(out);
}

void test_process_results(void)
{
    conform_results(process_begin(true));
}

static pid_t caller;

/* In a child: its PID, or its parent's as a negative number if that is not the caller. The task
 * that is 1 is still under way when all others are done. */
static int task_pid(long in, long *out)
{
    if (in == 1)
        quiet_wait_briefly(NULL);
    *out = getppid() == caller || getpid() == caller ? getpid() : -getppid();
    return 0;
}

static void expect_child(int task, long pid)
{
    expect(pid != 0, "Task %d brought no result back: out[%d] is as it was before the call.", task,
           task);
    expect(pid != caller,
           "Task %d ran in the calling process, not in a child. Each task wants a fork, also the "
           "last one and an only one.",
           task);
    expect_at("start_next", pid > 0,
              "Task %d ran in a process that is not a child of the calling process, but of another "
              "one (PID %ld).",
              task, -pid);
}

/* In a child: a caller itself. */
static int task_calls_again(long in, long *out)
{
    long inner_in[3] = {in, in, in}, inner[3];

    if (process_map(conform_task, inner_in, inner, 3, 2))
        return errno;
    return conform_task(in, out);
}

static void expect_nested(const struct engine *engine)
{
    long in[3] = {5, 6, 7}, plain[3], out[3];

    if (conform_map(engine, NULL, conform_task, in, plain, 3, 1))
        grader_fail("process_map of 3 tasks failed with errno %s.", error_name(errno));
    expect(conform_map(engine, NULL, task_calls_again, in, out, 3, 1) == 0,
           "Each task calls process_map itself. process_map failed with errno %s. Do callers share "
           "memory that is made only once?",
           error_name(errno));
    for (int i = 0; i < 3; i++)
        expect(out[i] == plain[i],
               "Each task calls process_map itself. out[%d] should be %ld, as without that, but it "
               "is %ld. Do callers share memory that is made only once?",
               i, plain[i], out[i]);
}

void test_process_new_process(void)
{
    enum { N = 30 };
    const struct engine *engine = process_begin(false);
    struct faults *faults = faults_reset();
    long in[N] = {[N - 1] = 1}, pids[N] = {0}, one = 0;

    caller = getpid();
    expect(conform_map(engine, NULL, task_pid, in, pids, N, 7) == 0,
           "process_map failed with errno %s.", error_name(errno));
    expect(atomic_load(&faults->forks) <= N, "process_map of %d tasks called fork %d times.", N,
           atomic_load(&faults->forks));
    expect(conform_map(engine, NULL, task_pid, in, &one, 1, 1) == 0,
           "process_map of 1 task failed with errno %s.", error_name(errno));
    expect_nested(engine);
    expect_child(0, one);
    for (int i = 0; i < N; i++) {
        expect_child(i, pids[i]);
        for (int j = 0; j < i; j++)
            expect_at("start_next", pids[i] != pids[j],
                      "Tasks %d and %d ran in the same process (PID %ld).", j, i, pids[i]);
    }
}

/* In a child. */
static int task_sixth_dies(long in, long *out)
{
    *out = in;
    if (in == 5)
        raise(SIGKILL);
    return 0;
}

void process_try_late_death(const struct engine *engine)
{
    long in[7] = {0, 1, 2, 3, 4, 5, 6}, out[7];

    grader_refused("Five children are done, and the next one dies: process_map",
                   conform_map(engine, "reap_oldest", task_sixth_dies, in, out, 7, 2), ECHILD);
}

/* In a child: the second of three is a caller itself, and loses a child of its own. */
static int task_calls_in_vain(long in, long *out)
{
    long inner_in[2] = {5, 0}, inner[2];

    *out = in;
    return in == 1 && process_map(task_sixth_dies, inner_in, inner, 2, 2) == 0 ? EPROTO : 0;
}

/* Whoever has lost a child kills its own, and none of the map that it is a child of. */
void process_try_inner_death(const struct engine *engine)
{
    struct faults *faults = faults_reset();
    long in[3] = {0, 1, 2}, out[3];

    expect(conform_map(engine, "kill_all", task_calls_in_vain, in, out, 3, 3) == 0,
           "A task calls process_map, one of whose own tasks dies. The outer process_map should "
           "succeed, but it failed with errno %s.",
           error_name(errno));
    faults_expect_no_stray_kill(faults);
}

void test_process_together(void)
{
    const struct engine *engine = process_begin(false);

    conform_together(engine);
    conform_at_most(engine);
}

void test_process_errors(void)
{
    const struct engine *engine = process_begin(false);

    conform_arguments(engine);
    conform_errors(engine);
    process_try_two_errors(engine);
    conform_most_tasks(engine);
}

void test_process_tidy(void)
{
    const struct engine *engine = process_begin(true);

    conform_no_memory(engine);
    conform_tidy(engine);
    conform_own_children(engine);
    conform_alternating(engine);
}

/* Who looks first whether a child has ended and then waits for its signal may wait for ever. */
static void expect_no_lost_signal(const struct engine *engine)
{
    long in[4] = {1, 2, 3, 4}, out[4];

    atomic_store(&faults_reset()->late_pauser, getpid());
    expect(conform_map(engine, "reap_oldest", conform_task, in, out, 4, 2) == 0,
           "process_map failed with errno %s.", error_name(errno));
    faults_reset();
}

void test_process_signals(void)
{
    const struct engine *engine = process_begin(true);

    expect_no_lost_signal(engine);

    conform_sigchld_ignored(engine);
    conform_signals(engine);
}
