/* process_map at work: what every engine must do, and that every task has a process of its own. */
#include "tests/suites/02-process.h"

#include <errno.h>
#include <stdatomic.h>
#include <unistd.h>

#include "tests/harness/conformance.h"
#include "tests/harness/faults.h"
#include "tests/harness/grader.h"
#include "tests/harness/wording.h"

/* Where failures of the engine as such lead. */
static const struct conform_looks looks = {
    .spins = "reap_oldest",
    .errors = "reap_oldest",
    .death = "reap_oldest",
    .own_child = "reap_oldest",
    .signals = "reap_oldest",
};

const struct engine *process_begin(void)
{
    const struct engine *engine;

    conform_lead_to(&looks);
    engine = conform_begin("process_map");
    conform_any_order(engine);
    return engine;
}

void test_process_results(void)
{
    conform_results(process_begin());
}

/* In a child; the parent's PID comes back as the task's result + PIDS. */
enum { PIDS = 1L << 30 };

static int task_pids(long in, long *out)
{
    (void)in;
    *out = (long)getppid() * PIDS + getpid();
    return 0;
}

/* `pids` is what task_pids stored. */
static void expect_child(int task, long pids)
{
    expect(pids > 0, "Task %d brought no result back: out[%d] is as it was before the call.", task,
           task);
    expect(pids % PIDS != getpid(), "Task %d ran in the calling process, not in a child.", task);
    expect_at("start_next", pids / PIDS == getpid(),
              "Task %d ran in a process that is not a child of the calling process, but of another "
              "one (PID %ld).",
              task, pids / PIDS);
}

void test_process_new_process(void)
{
    enum { N = 30 };
    const struct engine *engine = process_begin();
    struct faults *faults = faults_reset();
    long in[N] = {0}, pids[N] = {0}, one = 0;

    expect(conform_map(engine, NULL, task_pids, in, pids, N, 7) == 0,
           "process_map failed with errno %s.", error_name(errno));
    expect(atomic_load(&faults->forks) <= N, "process_map of %d tasks called fork %d times.", N,
           atomic_load(&faults->forks));
    expect(conform_map(engine, NULL, task_pids, in, &one, 1, 1) == 0,
           "process_map of 1 task failed with errno %s.", error_name(errno));
    expect_child(0, one);
    for (int i = 0; i < N; i++) {
        expect_child(i, pids[i]);
        for (int j = 0; j < i; j++)
            expect_at("start_next", pids[i] != pids[j],
                      "Tasks %d and %d ran in the same process (PID %ld).", j, i, pids[i] % PIDS);
    }
}

void test_process_together(void)
{
    const struct engine *engine = process_begin();

    conform_together(engine);
    conform_at_most(engine);
}

void test_process_errors(void)
{
    const struct engine *engine = process_begin();

    conform_arguments(engine);
    conform_errors(engine);
}

void test_process_tidy(void)
{
    const struct engine *engine = process_begin();

    conform_no_memory(engine);
    conform_tidy(engine);
    conform_own_children(engine);
    conform_alternating(engine);
}

void test_process_signals(void)
{
    const struct engine *engine = process_begin();

    conform_sigchld_ignored(engine);
    conform_signals(engine);
}
