/* How MPI is started; what is refused; and a program that has one rank only. */
#include <errno.h>
#include <mpi.h>

#include "14-cluster/cluster.h"
#include "tests/harness/grader.h"
#include "tests/harness/wording.h"
#include "tests/suites/14-cluster-calls.h"
#include "tests/suites/14-cluster-job.h"
#include "tests/suites/14-cluster-ledger.h"
#include "tests/suites/14-cluster-support.h"
#include "tests/suites/14-cluster.h"

/* ---- start -------------------------------------------------------------------------------- */

void scene_start(int rank, int ranks)
{
    (void)rank;
    (void)ranks;
    support_begin();
}

void scene_no_threads(int rank, int ranks)
{
    (void)rank;
    (void)ranks;
    calls_most_provided = MPI_THREAD_SINGLE;
    grader_refused("cluster_start, where MPI provides only MPI_THREAD_SINGLE,", cluster_start(),
                   ENOTSUP);
}

void scene_more_threads(int rank, int ranks)
{
    (void)rank;
    (void)ranks;
    calls_least_provided = MPI_THREAD_MULTIPLE;
    expect(grader_call(cluster_start(), "cluster_start",
                       "cluster_start, where MPI provides MPI_THREAD_MULTIPLE") == 0,
           "MPI provides MPI_THREAD_MULTIPLE, which is more than MPI_THREAD_FUNNELED: "
           "cluster_start should return 0, but it failed.");
}

void test_cluster_start(void)
{
    job_run("start", 2);
    job_run("no-threads", 1);
    job_run("more-threads", 1);
}

/* ---- one rank ----------------------------------------------------------------------------- */

static void expect_error(int result, int error, const char *what)
{
    int seen = errno;

    expect(result == -1 && seen == error,
           "%s: cluster_map should return -1 with errno %s, but it returned %d%s.", what,
           error_name(error), result,
           result == -1 ? wording(" with errno %s", error_name(seen)) : "");
}

static int unknown(long in, long *out)
{
    *out = in;
    return 0;
}

static void check_refusals(void)
{
    long in[3] = {0}, out[3];
    task_fn *task = support_task();

    grader_refused("cluster_map without a task", cluster_map(NULL, in, out, 3, 2), EINVAL);
    grader_refused("cluster_map with in NULL", cluster_map(task, NULL, out, 3, 2), EINVAL);
    grader_refused("cluster_map with out NULL", cluster_map(task, in, NULL, 3, 2), EINVAL);
    grader_refused("cluster_map with 0 workers", cluster_map(task, in, out, 3, 0), EINVAL);
    grader_refused("cluster_map of a task that is not in the list of jobs",
                   cluster_map(unknown, in, out, 3, 2), EINVAL);
    grader_refused("cluster_map of 0 tasks, with one that is not in the list of jobs,",
                   cluster_map(unknown, in, out, 0, 2), EINVAL);
    grader_refused("cluster_map of no tasks, with 0 workers,", cluster_map(task, in, out, 0, 0),
                   EINVAL);
    grader_refused("cluster_serve on rank 0", cluster_serve(1), EINVAL);
    expect(ledger_sent() == 0,
           "Bad arguments should be refused before any message is sent, but "
           "rank 0 sent %s.",
           plural(ledger_sent(), "message"));
}

void scene_alone(int rank, int ranks)
{
    long one[1] = {0};

    (void)rank;
    (void)ranks;
    support_begin();
    check_refusals();
    support_try(9, 1);
    support_try(9, 3);
    support_try(0, 3);
    support_try(LEDGER_TASKS, 1); /* more than a message holds */
    ledger_open_anew(0);
    atomic_store(&ledger->fails[0], 4);
    atomic_store(&ledger->fails_with[0], EDOM);
    expect_error(support_call(9, 2), EDOM, "On the only rank, task 4 fails");
    atomic_store(&ledger->fails[1], 6);
    atomic_store(&ledger->fails_with[1], ERANGE);
    expect_error(support_call(9, 2), EDOM, "On the only rank, tasks 4 and 6 would fail");
    expect(atomic_load(&ledger->ran[4]) == 2, "%s: task %zu should run once, but it ran %s.",
           "On the only rank, task 4 fails", (size_t)4,
           plural(atomic_load(&ledger->ran[4]) - 1, "time"));
    grader_refused("cluster_map of a task that is not in the list of jobs, on the only rank,",
                   cluster_map(unknown, one, one, 1, 1), EINVAL);
    support_stop();
}

void scene_refuses(int rank, int ranks)
{
    support_begin();
    if (rank == 0) {
        check_refusals();
        support_meet();
        support_try(5, ranks - 1);
        support_stop();
        return;
    }
    grader_refused("cluster_serve with 0 threads", cluster_serve(0), EINVAL);
    grader_refused("cluster_serve with -1 threads", cluster_serve(-1), EINVAL);
    support_meet();
    support_serve(1);
}
