/* cluster_map: results, sizes, who works, and how much at once. */
#include "14-cluster/cluster.h"
#include "tests/harness/grader.h"
#include "tests/harness/wording.h"
#include "tests/suites/14-cluster-calls.h"
#include "tests/suites/14-cluster-job.h"
#include "tests/suites/14-cluster-ledger.h"
#include "tests/suites/14-cluster-support.h"
#include "tests/suites/14-cluster.h"

/* ---- results ------------------------------------------------------------------------------ */

void scene_map(int rank, int ranks)
{
    support_begin();
    if (rank != 0) {
        support_serve(1);
        return;
    }
    support_try(10, ranks - 1);
    support_try(50, ranks - 1);
    support_try(13, 2);
    support_try(7, 1);
    for (int map = 0; map < 3; map++) {
        support_use_other(map != 1);
        support_try(9, ranks - 1);
    }
    support_stop();
}

void test_cluster_map(void)
{
    job_run("map", 2);
    job_run("map", 4);
}

/* A map of nothing says nothing to anybody. */
static void check_nothing(void)
{
    int sent = ledger_sent();

    support_try(0, 3);
    expect(ledger_sent() == sent, "cluster_map of 0 tasks should send nothing, but it sent %s.",
           plural(ledger_sent() - sent, "message"));
}

void scene_few(int rank, int ranks)
{
    support_begin();
    if (rank != 0) {
        support_serve(1);
        return;
    }
    check_nothing();
    for (size_t n = 1; n <= (size_t)ranks + 1; n++)
        support_try(n, ranks - 1);
    support_try(2, 100);
    support_try(30, 100);
    support_try(1, 1);
    check_nothing();
    support_stop();
}

void test_cluster_few(void)
{
    job_run("few", 4);
    job_run("alone", 1);
    job_run("refuses", 3);
}

/* ---- who works ---------------------------------------------------------------------------- */

/* Task 0 lasts until all tasks outside its chunk are done: whoever gives the others a fixed share,
 * or waits for it before going on, waits for ever. */
void scene_goes_on(int rank, int ranks)
{
    enum { N = 24 };
    const size_t chunk = cluster_chunk(N, ranks - 1);

    support_begin();
    if (rank != 0) {
        support_serve(1);
        return;
    }
    ledger_open_anew(N - (int)chunk);
    atomic_store(&ledger->kept_for, 0);
    support_map(N, ranks - 1);
    expect(!atomic_load(&ledger->room.hopeless),
           "cluster_map of %d tasks with %d workers: task 0 lasts until the %d tasks that are not "
           "in its chunk are done. The other ranks should get a new chunk as soon as they answer, "
           "but then nobody worked, and not all were done.",
           N, ranks - 1, N - (int)chunk);
    support_stop();
}

void test_cluster_goes_on(void)
{
    job_run("goes-on", 3);
    job_run("goes-on", 4);
}

/* ---- how many at once --------------------------------------------------------------------- */

static void check_as_many(int workers, size_t n)
{
    ledger_open_anew(workers);
    support_map(n, workers);
    expect(!atomic_load(&ledger->room.hopeless),
           "cluster_map of %s with %d workers: %d tasks should run at the same time, each on a "
           "rank of its own, but there were never more than %d.",
           plural((long)n, "task"), workers, workers, atomic_load(&ledger->room.most));
}

static void check_no_more(int workers, size_t n)
{
    ledger_open_anew(workers + 1);
    support_map(n, workers);
    expect(atomic_load(&ledger->room.most) <= workers,
           "cluster_map of %s with %s on %d ranks: %d tasks ran at the same time.",
           plural((long)n, "task"), plural(workers, "worker"), ledger->ranks,
           atomic_load(&ledger->room.most));
}

void scene_at_once(int rank, int ranks)
{
    support_begin();
    if (rank != 0) {
        support_serve(1);
        return;
    }
    check_as_many(ranks - 1, 12);
    check_as_many(ranks - 1, (size_t)ranks - 1);
    check_as_many(2, 2);
    check_no_more(2, 16);
    check_no_more(1, 5);
    support_stop();
}

void test_cluster_at_once(void)
{
    job_run("at-once", 4);
}

/* ---- many tasks --------------------------------------------------------------------------- */

/* All tasks of a chunk are run by the rank that got it. */
static void check_chunks(size_t n, int workers)
{
    size_t chunk = cluster_chunk(n, workers);

    for (size_t i = 0; i < n; i++)
        expect(atomic_load(&ledger->by[i]) == atomic_load(&ledger->by[i - i % chunk]),
               "cluster_map of %zu tasks with %d workers: tasks go out in chunks of %zu, but task "
               "%zu was run by rank %d, and task %zu, with which its chunk begins, by rank %d.",
               n, workers, chunk, i, atomic_load(&ledger->by[i]), i - i % chunk,
               atomic_load(&ledger->by[i - i % chunk]));
}

/* `asked` may be more workers than there are: a chunk is for those that work. */
static void check_many(size_t n, int asked)
{
    int workers = asked < ledger->ranks ? asked : ledger->ranks - 1;
    int chunks = (int)((n + cluster_chunk(n, workers) - 1) / cluster_chunk(n, workers));
    int before = ledger_sent(), sent;

    support_try(n, asked);
    sent = ledger_sent() - before;
    expect(sent <= 2 * chunks + 2 * ledger->ranks,
           "cluster_map of %zu tasks with %d workers%s: these are %d chunks, but rank 0 sent %d "
           "messages.",
           n, asked, asked > workers ? wording(", of which there are %d", workers) : "", chunks,
           sent);
    check_chunks(n, workers);
}

void scene_many(int rank, int ranks)
{
    support_begin();
    if (rank != 0) {
        support_serve(1);
        return;
    }
    check_many(107, ranks - 1);
    check_many(107, 100);
    check_many(LEDGER_TASKS, ranks - 1);
    support_stop();
}

void test_cluster_many(void)
{
    job_run("many", 3);
}

/* ---- the end ------------------------------------------------------------------------------ */

void scene_stop(int rank, int ranks)
{
    support_begin();
    for (int round = 0; round < 3; round++) {
        support_set_jobs(round % 2); /* a number means another task than in the round before */
        if (rank != 0) {
            support_serve(1 + round);
            continue;
        }
        for (int map = 0; map < 10 * round; map++) {
            support_use_other(map % 2);
            support_try((size_t)map, 1 + map % (ranks - 1));
        }
        support_stop();
    }
}

void test_cluster_stop(void)
{
    job_run("stop", 3);
}
