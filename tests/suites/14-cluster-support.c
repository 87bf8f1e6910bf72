#include "tests/suites/14-cluster-support.h"

#include <errno.h>
#include <mpi.h>
#include <omp.h>
#include <string.h>

#include "14-cluster/cluster.h"
#include "tests/harness/forced_stop.h"
#include "tests/harness/grader.h"
#include "tests/harness/wording.h"
#include "tests/suites/14-cluster-calls.h"
#include "tests/suites/14-cluster-ledger.h"
#include "tests/watch/quiet.h"

/* Behind the results there is room for a whole chunk, where nobody may write. */
static long in[SUPPORT_MOST], out[SUPPORT_MOST + CLUSTER_MOST_CHUNK];
static const long unset = (long)0xeeeeeeeeeeeeeeee; /* as memset leaves it */

/* Inputs and results are larger than an int can hold. */
static const long far = 5000000000;

long support_result(long index)
{
    long result = 7 * (far + index) + 3;

    return atomic_load(&ledger->other) ? -result : result;
}

/* Task number `kept_for` waits until `wanted` tasks have come to their end. */
static void wait_for_others(void)
{
    struct ledger_room *room = &ledger->room;

    atomic_fetch_add(&ledger_mine()->held, 1);
    while (!atomic_load(&room->open))
        while (sem_wait(&room->gate) == -1 && errno == EINTR)
            ;
    atomic_fetch_sub(&ledger_mine()->held, 1);
    sem_post(&room->gate);
}

static void wait_in_room(long number)
{
    long kept = atomic_load(&ledger->kept_for);

    if (atomic_load(&ledger->room.wanted) == 0)
        return;
    if (kept == -1)
        ledger_enter_room();
    else if (kept == number)
        wait_for_others();
}

/* Two threads of a team have tasks 0 and 1. The first one stops after its task, at a point that the
 * ledger tells; the other one goes on with all that is left only then. */
static void stop_after_task(long number)
{
    const int point = atomic_load(&ledger->stop_at);

    if (point == 0 || number > 1)
        return;
    if (atomic_fetch_add(&ledger->met, 1) == 0)
        quiet_wait_briefly(&ledger->both_met);
    else
        atomic_store(&ledger->both_met, 1);
    if (number == 0)
        forced_stop_at(point);
    else
        forced_stop_wait();
}

/* The last of those that somebody waits for opens the room. */
static void end_task(void)
{
    ledger_end_task();
    if (atomic_load(&ledger->kept_for) != -1 &&
        atomic_load(&ledger->done) >= atomic_load(&ledger->room.wanted))
        ledger_open_room();
}

static int run_task(long number, long *result, bool on_rank_0, bool other)
{
    int error = 0;

    number -= far;
    if (number < 0 || number >= LEDGER_TASKS)
        ledger_fail(ledger_mine()->notes.look_at,
                    "A task was run on %ld, which is none of the numbers in in[].", number + far);
    if (on_rank_0 != (ledger_me == 0))
        atomic_store(&ledger->strayed, 1);
    if (other != (atomic_load(&ledger->other) != 0))
        atomic_store(&ledger->mistaken, 1);
    ledger_begin_task(number);
    atomic_store(&ledger->team, omp_get_num_threads());
    wait_in_room(number);
    stop_after_task(number);
    for (int i = 0; i < 2; i++)
        if (atomic_load(&ledger->fails_with[i]) && atomic_load(&ledger->fails[i]) == number)
            error = atomic_load(&ledger->fails_with[i]);
    *result = error ? -1 : support_result(number);
    end_task();
    return error;
}

static int task_on_rank_0(long number, long *result)
{
    return run_task(number, result, true, false);
}

static int task_elsewhere(long number, long *result)
{
    return run_task(number, result, false, false);
}

static int other_on_rank_0(long number, long *result)
{
    return run_task(number, result, true, true);
}

static int other_elsewhere(long number, long *result)
{
    return run_task(number, result, false, true);
}

/* Other places of the list, so that a number says something. */
static int no_task(long number, long *result)
{
    (void)number;
    *result = 0;
    atomic_store(&ledger->strayed, 1);
    return EDOM;
}

task_fn *support_task(void)
{
    return ledger_me == 0 ? task_on_rank_0 : task_elsewhere;
}

static task_fn *other_task(void)
{
    return ledger_me == 0 ? other_on_rank_0 : other_elsewhere;
}

void support_use_other(bool other)
{
    atomic_store(&ledger->other, other);
}

void support_set_jobs(bool swapped)
{
    task_fn *const one = swapped ? support_task() : other_task();
    task_fn *const two = swapped ? other_task() : support_task();
    task_fn *const tasks[] = {no_task, one, two, no_task};

    jobs_set(tasks, sizeof tasks / sizeof tasks[0]);
}

void support_begin(void)
{
    grader_doing("cluster_start", "cluster_start");
    grader_begun("cluster_start", cluster_start() == 0);
    expect(calls_asked >= MPI_THREAD_FUNNELED,
           "The ranks have teams of threads: cluster_start should ask MPI_Init_thread for "
           "MPI_THREAD_FUNNELED (%d), but %s.",
           MPI_THREAD_FUNNELED,
           calls_asked == -1
               ? "MPI was not started"
               : wording("it asked for a level of %d (MPI_Init asks for 0)", calls_asked));
    support_set_jobs(false);
    for (long i = 0; i < SUPPORT_MOST; i++)
        in[i] = far + i;
}

/* Whoever serves does so until rank 0 stops it, each time anew. */
static void check_stopped(void)
{
    int services = atomic_fetch_add(&ledger_mine()->services, 1) + 1;
    int told = atomic_load(&ledger->ranks_of[0].stops[ledger_me]);

    expect_at(told < services ? "cluster_serve" : "cluster_stop",
              atomic_load(&ledger->stops) >= services,
              "cluster_serve was called %s, and has returned each time, but rank 0 has called "
              "cluster_stop only %s. It serves until rank 0 stops it, each time anew.",
              plural(services, "time"), plural(atomic_load(&ledger->stops), "time"));
}

void support_serve(int threads)
{
    int result;

    errno = 0;
    result = grader_call(cluster_serve(threads), "cluster_serve", "cluster_serve with %s",
                         plural(threads, "thread"));
    if (result == -1)
        grader_begun("cluster_serve", false);
    expect(result == 0, "cluster_serve should return 0 once rank 0 stops it, but it returned %d.",
           result);
    check_stopped();
}

int support_call(size_t n, int workers)
{
    memset(out, 0xee, sizeof out);
    errno = 0;
    return grader_call(cluster_map(atomic_load(&ledger->other) ? other_task() : support_task(), in,
                                   out, n, workers),
                       "cluster_map", "cluster_map of %s with %s on %s", plural((long)n, "task"),
                       plural(workers, "worker"), plural(ledger->ranks, "rank"));
}

/* Every task has run once, where it may. */
static void check_ran(size_t n, int workers, const char *what)
{
    for (size_t i = 0; i < n; i++) {
        int ran = atomic_load(&ledger->ran[i]);

        expect(ran == 1, "%s: task %zu should run once, but it ran %s.", what, i,
               ran ? plural(ran, "time") : "never");
        expect(ledger->ranks == 1 || atomic_load(&ledger->by[i]) != 0,
               "%s: task %zu was run by rank 0, which should only hand out.", what, i);
        expect(atomic_load(&ledger->by[i]) <= workers,
               "%s: tasks should go to ranks 1, 2, ..., as many as there are workers, but task %zu "
               "was run by rank %d.",
               what, i, atomic_load(&ledger->by[i]));
    }
}

/* Where a result may have got lost that a rank had. */
static const char *way_of_result(size_t i)
{
    if (ledger->ranks == 1 || atomic_load(&ledger->ran[i]) != 1)
        return "";
    return wording(" Task %zu was run, on rank %d. See what cluster_serve sends for it (which "
                   "first index, of which MPI type), and where receive_answer stores it.",
                   i, atomic_load(&ledger->by[i]));
}

void support_map(size_t n, int workers)
{
    int result = support_call(n, workers);
    const long number = jobs_number(atomic_load(&ledger->other) ? other_task() : support_task());
    const char *what = wording("cluster_map of %s with %s on %s", plural((long)n, "task"),
                               plural(workers, "worker"), plural(ledger->ranks, "rank"));

    if (result == -1)
        grader_begun("cluster_map", false);
    expect(result == 0, "%s should return 0, but it returned %d.", what, result);
    expect_at(
        atomic_load(&ledger->job_sent) == number ? "cluster_serve" : "send_chunk",
        !atomic_load(&ledger->mistaken),
        "%s, of another task than before: the one of an earlier map was run. Each chunk tells "
        "the number of its task (CHUNK_JOB), and whoever serves runs that one (jobs_task).",
        what);
    expect_at("send_chunk", !atomic_load(&ledger->strayed),
              "%s: another function was run than the one with the task's number. A function's "
              "address means nothing on another rank: what travels is jobs_number(task).",
              what);
    for (size_t i = n; i < n + CLUSTER_MOST_CHUNK && i < LEDGER_TASKS; i++)
        expect_at("send_chunk", atomic_load(&ledger->ran[i]) == 0,
                  "%s: task %zu was run, but there are only %s. The last chunk may be smaller than "
                  "the others.",
                  what, i, plural((long)n, "task"));
    for (size_t i = 0; i < n; i++)
        expect(out[i] == support_result((long)i), "%s: out[%zu] should be %ld, but it is %ld%s.%s",
               what, i, support_result((long)i), out[i],
               out[i] == unset ? ", as it was before the call" : "", way_of_result(i));
    for (size_t i = n; i < n + CLUSTER_MOST_CHUNK; i++)
        expect_at(ledger->ranks == 1 ? "cluster_map" : "receive_answer", out[i] == unset,
                  "%s: out[] has places for %s, but out[%zu] was written to. How many results an "
                  "answer holds is told by MPI_Get_count.",
                  what, plural((long)n, "result"), i);
    check_ran(n, workers, what);
}

void support_try(size_t n, int workers)
{
    ledger_open_anew(0);
    support_map(n, workers);
}

void support_stop(void)
{
    grader_doing("cluster_stop", "cluster_stop on %s", plural(ledger->ranks, "rank"));
    atomic_fetch_add(&ledger->stops, 1);
    cluster_stop();
    grader_did();
}

void support_meet(void)
{
    MPI_Request request;

    ledger_wait("at a barrier of the test");
    PMPI_Ibarrier(MPI_COMM_WORLD, &request);
    calls_finish("MPI_Barrier", &request, MPI_STATUS_IGNORE);
}
