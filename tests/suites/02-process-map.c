/* process_map at work: what every engine must do, and that every task has a process of its own. */
#include "tests/suites/02-process.h"

#include <errno.h>
#include <unistd.h>

#include "02-process/process_map.h"
#include "tests/harness/conformance.h"
#include "tests/harness/grader.h"
#include "tests/harness/wording.h"

void test_process_results(void)
{
    conform_results(conform_begin("process_map"));
}

/* In a child. */
static int task_pid(long in, long *out)
{
    (void)in;
    *out = getpid();
    return 0;
}

static void expect_child(int task, long pid)
{
    expect(pid > 0, "Task %d brought no result back: out[%d] is as it was before the call.", task,
           task);
    expect(pid != getpid(), "Task %d ran in the calling process, not in a child.", task);
}

void test_process_new_process(void)
{
    enum { N = 30 };
    long in[N] = {0}, pids[N] = {0}, one = 0;

    conform_begin("process_map");
    expect(process_map(task_pid, in, pids, N, 7) == 0, "process_map failed with errno %s.",
           error_name(errno));
    expect(process_map(task_pid, in, &one, 1, 1) == 0,
           "process_map of 1 task failed with errno %s.", error_name(errno));
    expect_child(0, one);
    for (int i = 0; i < N; i++) {
        expect_child(i, pids[i]);
        for (int j = 0; j < i; j++)
            expect(pids[i] != pids[j], "Tasks %d and %d ran in the same process (PID %ld).", j, i,
                   pids[i]);
    }
}

void test_process_together(void)
{
    const struct engine *engine = conform_begin("process_map");

    conform_together(engine);
    conform_at_most(engine);
}

void test_process_errors(void)
{
    const struct engine *engine = conform_begin("process_map");

    conform_arguments(engine);
    conform_errors(engine);
}

void test_process_tidy(void)
{
    const struct engine *engine = conform_begin("process_map");

    conform_no_memory(engine);
    conform_tidy(engine);
    conform_alternating(engine);
}

void test_process_signals(void)
{
    conform_signals(conform_begin("process_map"));
}
