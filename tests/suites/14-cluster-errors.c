/* Tasks that fail, and teams. */
#include <errno.h>
#include <omp.h>
#include <stdbool.h>

#include "14-cluster/cluster.h"
#include "tests/harness/grader.h"
#include "tests/harness/wording.h"
#include "tests/suites/14-cluster-job.h"
#include "tests/suites/14-cluster-ledger.h"
#include "tests/suites/14-cluster-support.h"
#include "tests/suites/14-cluster.h"

/* One or two tasks fail. If `late` is not 0 the first of them ends only after so many tasks; if
 * `heard` is not 0, when rank 0 has received so many messages. If `in_order`, it is the second one
 * that does so. If `stop_at` is not 0 a thread of the team stops there, after task 0 (ledger.h). */
struct failing {
    long first, second;
    int first_error, second_error, late, heard, stop_at;
    bool in_order;
};

/* Where to look if the wrong error comes back: in a chunk one rank chooses, and between chunks rank
 * 0 does. */
static const char *blamed = "cluster_map";

static const char *who_chose(const struct failing *failing, size_t n, int workers)
{
    const long chunk = (long)cluster_chunk(n, workers);
    bool together = failing->second_error && failing->first / chunk == failing->second / chunk;

    return together ? "run_chunk" : blamed;
}

static const char *words_of(const struct failing *failing)
{
    const char *first =
        wording("Task %ld fails with %s", failing->first, error_name(failing->first_error));

    if (failing->stop_at)
        return wording("%s, and another thread of its team is stopped for a while", first);
    return failing->second_error
               ? wording(failing->in_order ? "%s, and task %ld, later, with %s"
                                           : "%s, and task %ld, sooner, with %s",
                         first, failing->second, error_name(failing->second_error))
               : first;
}

static void check_failing(struct failing failing, size_t n, int workers)
{
    const char *what = wording("%s (cluster_map of %zu tasks with %s)", words_of(&failing), n,
                               plural(workers, "worker"));
    int result, seen;
    long told;

    ledger_open_anew(failing.heard ? LEDGER_TASKS : failing.late);
    atomic_store(&ledger->opens_at, failing.heard);
    if (failing.late || failing.heard)
        atomic_store(&ledger->kept_for, failing.in_order ? failing.second : failing.first);
    atomic_store(&ledger->stop_at, failing.stop_at);
    atomic_store(&ledger->fails[0], failing.first);
    atomic_store(&ledger->fails[1], failing.second);
    atomic_store(&ledger->fails_with[0], failing.first_error);
    atomic_store(&ledger->fails_with[1], failing.second_error);
    result = support_call(n, workers);
    seen = errno;
    if (result == -1 && seen == ENOSYS)
        grader_begun("cluster_map", false);
    told = atomic_load(&ledger->bad_told);
    expect_at(told == -1              ? "run_chunk"
              : told == failing.first ? "receive_answer"
                                      : "cluster_map",
              result == -1, "%s: it should return -1, but it returned %d.", what, result);
    expect_at(who_chose(&failing, n, workers), seen == failing.first_error,
              "%s: errno should be that of the task with the lowest index, %s, but it is %s.", what,
              error_name(failing.first_error), error_name(seen));
    for (long i = 0; i < failing.first; i++)
        expect_at(blamed, atomic_load(&ledger->ran[i]) == 1,
                  "%s: all tasks before it should have run, but task %ld ran %s.", what, i,
                  atomic_load(&ledger->ran[i]) ? "more than once" : "never");
    for (size_t i = (size_t)failing.first; i < n; i++)
        expect_at("run_chunk", atomic_load(&ledger->ran[i]) <= 1,
                  "%s: task %zu should run once, but it ran %s.", what, i,
                  plural(atomic_load(&ledger->ran[i]), "time"));
}

/* One worker: nothing of a later chunk may have begun. */
static void check_stops(void)
{
    enum { N = 40 };
    const long chunk = (long)cluster_chunk(N, 1);

    check_failing((struct failing){.first = 3, .first_error = EDOM}, N, 1);
    for (long i = chunk; i < N; i++)
        expect(atomic_load(&ledger->ran[i]) == 0,
               "Task 3 fails (cluster_map of %d tasks with 1 worker, in chunks of %ld): no further "
               "chunk should be handed out, but task %ld was run.",
               N, chunk, i);
}

/* Two workers, a chunk each. That of the second one is over, and all is well there, when rank 0 has
 * heard that a task of the first one failed. Neither gets another chunk. */
static void check_others_stop(void)
{
    enum { N = 16 };
    const long chunk = (long)cluster_chunk(N, 2);

    check_failing((struct failing){1, chunk, EDOM, 0, .heard = 1, .in_order = true}, N, 2);
    for (long i = 2 * chunk; i < N; i++)
        expect(atomic_load(&ledger->ran[i]) == 0,
               "Task 1 fails (cluster_map of %d tasks with 2 workers, in chunks of %ld), and then "
               "the other worker is done: no further chunk should be handed out, but task %ld was "
               "run.",
               N, chunk, i);
}

static void check_errors(int ranks)
{
    check_failing((struct failing){.first = 5, .first_error = EDOM}, 30, ranks - 1);
    check_failing((struct failing){.first = 0, .first_error = ENOSPC}, 2, ranks - 1);
    check_failing((struct failing){.first = 29, .first_error = EPERM}, 30, ranks - 1);
    check_stops();
    if (ranks > 2)
        check_others_stop();
    /* On three ranks, chunks of two: the two tasks are on two ranks, and rank 0 knows of one when
     * the other one fails. */
    check_failing((struct failing){1, 5, EDOM, ERANGE, .heard = 2}, 16, ranks - 1);
    check_failing((struct failing){3, 4, EDOM, ERANGE, .heard = 2}, 16, ranks - 1);
    check_failing((struct failing){1, 3, EDOM, ERANGE, .heard = 1, .in_order = true}, 16,
                  ranks - 1);
    check_failing((struct failing){5, 9, ENOSPC, EPERM, .late = 0}, 16, ranks - 1);
    support_try(20, ranks - 1);
}

void scene_errors(int rank, int ranks)
{
    support_begin();
    if (rank != 0) {
        support_serve(1);
        return;
    }
    check_errors(ranks);
    support_stop();
}

void test_cluster_errors(void)
{
    job_run("errors", 3);
    job_run("errors", 2);
}

/* ---- teams -------------------------------------------------------------------------------- */

/* Each rank runs `threads` tasks at the same time, and no more. */
static void check_team(int workers, int threads, size_t n)
{
    const int both = workers * threads;

    ledger_open_anew(both);
    support_map(n, workers);
    expect_at("run_chunk", !atomic_load(&ledger->room.hopeless),
              "%zu tasks with %s of %d threads each: %d tasks should run at the same time, but "
              "there were never more than %d.",
              n, plural(workers, "worker"), threads, both, atomic_load(&ledger->room.most));
    ledger_open_anew(both + 1);
    support_map(n, workers);
    expect_at("run_chunk", atomic_load(&ledger->room.most) <= both,
              "%zu tasks with %s of %d threads each: %d tasks ran at the same time.", n,
              plural(workers, "worker"), threads, atomic_load(&ledger->room.most));
}

/* The team is as large as it was asked to be, for a single task, too. */
static void check_whole_team(int workers, int threads)
{
    support_try(1, workers);
    expect_at("run_chunk", atomic_load(&ledger->team) == threads,
              "1 task on a rank that serves with %d threads: a team of so many should run it, but "
              "in the task omp_get_num_threads() is %d.",
              threads, atomic_load(&ledger->team));
}

/* Task 0 lasts until the others of its chunk are done: one thread must do all of these. */
static void check_dynamic(void)
{
    enum { N = 32 };
    const int chunk = (int)cluster_chunk(N, 1);

    ledger_open_anew(chunk - 1);
    atomic_store(&ledger->kept_for, 0);
    support_map(N, 1);
    expect_at("run_chunk", !atomic_load(&ledger->room.hopeless),
              "Task 0 lasts until the other %d tasks of its chunk are done. The second thread "
              "should take one after the other, but they were not all done.",
              chunk - 1);
}

/* A thread has its next task, and stops before it looks whether that may be left out; then one
 * behind it fails. */
static void check_stopped(void)
{
    enum { MOST_POINTS = 4 };

    for (int point = 1; point <= MOST_POINTS; point++)
        check_failing((struct failing){3, 5, EDOM, ENOSPC, .stop_at = point}, 32, 1);
}

static void check_team_errors(void)
{
    blamed = "run_chunk";
    check_failing((struct failing){.first = 6, .first_error = EDOM}, 32, 1);
    /* Both in the first chunk, of eight: task 4 fails first, and then task 1. */
    check_failing((struct failing){1, 4, EDOM, ERANGE, .late = 6}, 32, 1);
    check_failing((struct failing){2, 3, ENOSPC, EPERM, .late = 0}, 32, 2);
    check_stopped();
}

void scene_team(int rank, int ranks)
{
    support_begin();
    omp_set_schedule(omp_sched_static, 0); /* for who leaves it open (runtime) */
    for (int threads = 2; threads <= 3; threads++) {
        if (rank != 0) {
            support_serve(threads);
            continue;
        }
        check_whole_team(ranks - 1, threads);
        check_team(ranks - 1, threads, 32);
        check_team(1, threads, 13);
        if (threads == 2) {
            check_dynamic();
            check_team_errors();
        }
        support_stop();
    }
}

void test_cluster_team(void)
{
    job_run("team", 3);
}
