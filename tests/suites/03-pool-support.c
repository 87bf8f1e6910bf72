#include "tests/suites/03-pool-support.h"

#include <errno.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/harness/conformance.h"
#include "tests/harness/grader.h"
#include "tests/harness/wording.h"

long pool_values[POOL_TASKS], pool_results[POOL_TASKS];
struct meeting *pool_meeting;

struct pool *pool_begin(int workers)
{
    struct pool *pool = pool_open(workers, POOL_TASKS);

    grader_begin("pool_open", pool != NULL);
    for (long i = 0; i < POOL_TASKS; i++)
        pool_values[i] = i + 1;
    grader_begin("pool_map", pool_map(pool, conform_task, pool_values, pool_results, 2, 0) == 0);
    return pool;
}

void pool_end(struct pool *pool)
{
    expect(pool_close(pool) == 0, "pool_close failed with errno %s.", error_name(errno));
}

void pool_lead_to(const char *look_at)
{
    grader_doing(look_at, "%s", "");
    grader_did();
}

void pool_expect_mapped(struct pool *pool, size_t n, size_t chunk)
{
    const char *call = wording("pool_map of %s in chunks of %zu", plural((long)n, "task"), chunk);

    memset(pool_results, 0, sizeof pool_results);
    expect(pool_map(pool, conform_task, pool_values, pool_results, n, chunk) == 0,
           "%s failed with errno %s.", call, error_name(errno));
    for (size_t i = 0; i < n; i++)
        expect(pool_results[i] == pool_values[i] * CONFORM_FACTOR + CONFORM_OFFSET,
               "%s: out[%zu] is not the result of in[%zu].", call, i, i);
    expect(n == POOL_TASKS || pool_results[n] == 0, "%s wrote to out[%zu], outside out[0..%zu).",
           call, n, n);
}

int pool_task_pid(long in, long *out)
{
    (void)in;
    *out = getpid();
    return meeting_join(pool_meeting);
}

void pool_find_workers(struct pool *pool, long pids[], int workers)
{
    memset(pids, 0, (size_t)workers * sizeof *pids);
    expect(pool_map(pool, pool_task_pid, pool_values, pids, (size_t)workers, 1) == 0,
           "%s on %s should be under way at the same time, but there were never more than %d.",
           plural(workers, "task"), plural(workers, "worker"), meeting_most(pool_meeting));
    for (int i = 0; i < workers; i++) {
        siginfo_t info = {0};

        expect(pids[i] > 0, "Task %d brought no result back: out[%d] is as it was before the map.",
               i, i);
        expect(pids[i] != getpid(), "A task ran in the caller's process instead of a worker's.");
        expect(waitid(P_PID, (id_t)pids[i], &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
                   info.si_pid == 0,
               "After a map every worker should wait for the next, but the process %ld, which ran "
               "a task, is no living child of the caller.",
               pids[i]);
        for (int j = 0; j < i; j++)
            expect(pids[i] != pids[j],
                   "Tasks %d and %d were under way at the same time in the same process (PID %ld).",
                   j, i, pids[i]);
    }
}
