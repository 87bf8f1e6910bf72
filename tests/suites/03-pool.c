#include "tests/suites/03-pool.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/shared.h"
#include "tests/harness/capture.h"
#include "tests/harness/faults.h"
#include "tests/harness/grader.h"
#include "tests/watch/quiet.h"

const struct engine pool_engine = {"pool_once", pool_once, ENGINE_PROCESSES, 100000, 100000};

long values[N], results[N];

/* Opens a pool that must open, and fills values[] with 1 .. N. */
struct pool *begin(int workers)
{
    struct pool *pool = pool_open(workers, N);

    grader_begin("pool_open", pool != NULL);
    for (long i = 0; i < N; i++)
        values[i] = i + 1;
    grader_begin("pool_map", pool_map(pool, conform_task, values, results, 2, 0) == 0);
    return pool;
}

void end(struct pool *pool)
{
    expect(pool_close(pool) == 0, "pool_close failed: %s.", strerror(errno));
}

void expect_mapped(struct pool *pool, size_t n, size_t chunk)
{
    memset(results, 0, sizeof results);
    expect(pool_map(pool, conform_task, values, results, n, chunk) == 0,
           "pool_map of %zu tasks in chunks of %zu failed: %s.", n, chunk, strerror(errno));
    for (size_t i = 0; i < n; i++)
        expect(results[i] == values[i] * CONFORM_FACTOR + CONFORM_OFFSET,
               "pool_map of %zu tasks in chunks of %zu: out[%zu] is not the result of in[%zu].", n,
               chunk, i, i);
    expect(n == N || results[n] == 0, "pool_map of %zu tasks wrote behind out[%zu].", n, n);
}

static atomic_int *runs; /* runs[value]: how often its task ran; in shared memory */

static int task_count(long in, long *out)
{
    atomic_fetch_add(&runs[in], 1);
    return conform_task(in, out);
}

/* However long a chunk is, each task runs once. */
static void expect_each_once(struct pool *pool, size_t chunk)
{
    memset(runs, 0, (N + 1) * sizeof *runs);
    expect(pool_map(pool, task_count, values, results, N, chunk) == 0,
           "pool_map in chunks of %zu failed: %s.", chunk, strerror(errno));
    for (int value = 1; value <= N; value++)
        expect(runs[value] == 1,
               "pool_map of %d tasks in chunks of %zu: task %d should run once, not %d times.", N,
               chunk, value - 1, runs[value]);
}

static int task_print(long in, long *out)
{
    printf("[%ld]", in);
    *out = in;
    return 0;
}

/* One worker, so that there is an order. */
static int print_in_pool(void)
{
    struct pool *pool = begin(1);
    int failed = 0;

    for (int map = 0; map < 2; map++) {
        failed |= pool_map(pool, task_print, values, results, 3, 1);
        printf("[mapped]");
        fflush(stdout);
    }
    end(pool);
    return failed;
}

static void check_output(void)
{
    char text[256];

    expect(
        capture_output(print_in_pool, text, sizeof text) == 0 &&
            strcmp(text, "[before][1][2][3][mapped][1][2][3][mapped][after]") == 0,
        "Tasks print [1], [2] and [3], the caller [before] and [after], and [mapped] after each of "
        "two maps. It should come in this order, but there came: %s",
        text);
}

static void test_results(void)
{
    static const size_t chunks[] = {0, 1, 2, 7, 98, 99, 100, SIZE_MAX / 2 + 1, SIZE_MAX};
    struct pool *pool;

    runs = grader_share(N + 1, sizeof *runs);
    pool = begin(3);
    for (size_t i = 0; i < sizeof chunks / sizeof chunks[0]; i++)
        for (size_t n = 0; n <= N; n += n < 3 ? 1 : 32)
            expect_mapped(pool, n, chunks[i]);
    expect_mapped(pool, N, 1);
    for (size_t i = 0; i < sizeof chunks / sizeof chunks[0]; i++)
        expect_each_once(pool, chunks[i]);
    shared_free(runs);
    end(pool);
    check_output();
    conform_results(&pool_engine);
    conform_alternating(&pool_engine);
}

struct meeting *meeting;

int task_pid(long in, long *out)
{
    *out = getpid() + 0 * in;
    return meeting_join(meeting);
}

void find_workers(struct pool *pool, long pids[], int workers)
{
    expect(pool_map(pool, task_pid, values, pids, (size_t)workers, 1) == 0,
           "%d tasks on %d workers should be under way at once, but there were never more than %d.",
           workers, workers, meeting_most(meeting));
    for (int i = 0; i < workers; i++) {
        siginfo_t info = {0};

        expect(pids[i] != getpid(), "A task ran in the caller's process instead of a worker's.");
        expect(
            pids[i] > 0 && waitid(P_PID, (id_t)pids[i], &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
                info.si_pid == 0,
            "After a map every worker should wait for the next, but the process %ld, which ran a "
            "task, is no living child of the caller.",
            pids[i]);
        for (int j = 0; j < i; j++)
            expect(pids[i] != pids[j], "Two tasks under way at once had the same PID.");
    }
}

/* Looks until everybody else is asleep, or has used half a second of CPU time. */
static bool all_come_to_rest(void)
{
    struct quiet_look first = quiet_look(), now;

    do {
        clock_sleep(5 * NS_PER_MS);
        now = quiet_look();
    } while (now.awake > 0 && now.cpu_ms - first.cpu_ms < 500);
    return now.awake == 0;
}

static void test_reuse(void)
{
    struct faults *faults = faults_reset();
    struct meeting *first = meeting_create(WORKERS);
    struct pool *pool;
    long pids[WORKERS];
    int forks;

    meeting = first;
    pool = begin(WORKERS);
    forks = atomic_load(&faults->forks);
    find_workers(pool, pids, WORKERS);
    for (int map = 0; map < 50; map++) {
        expect(pool_map(pool, task_pid, values, results, N, 1) == 0, "pool_map failed: %s.",
               strerror(errno));
        for (int i = 0; i < N; i++) {
            int known = 0;

            while (known < WORKERS && pids[known] != results[i])
                known++;
            expect(
                known < WORKERS,
                "A task of map %d ran in process %ld, which is none of the %d workers of the first "
                "map: workers are made once, by pool_open.",
                map + 2, results[i], WORKERS);
        }
    }
    expect(atomic_load(&faults->forks) == forks,
           "pool_map should not fork, but it did so %d times.",
           atomic_load(&faults->forks) - forks);
    expect(all_come_to_rest(), "Workers that wait for work should sleep, but they use CPU time.");
    end(pool);
    meeting_free(first);
}

static void test_together(void)
{
    struct faults *faults = faults_reset();

    conform_begin(&pool_engine);
    conform_together(&pool_engine);
    conform_at_most(&pool_engine);
    atomic_store(&faults->forks, 0);
    expect(pool_once(conform_task, values, results, 2, 7) == 0, "pool_once failed: %s.",
           strerror(errno));
    expect(atomic_load(&faults->forks) == 2,
           "For 2 tasks and 7 workers pool_once needs 2 processes, but it forked %d.",
           atomic_load(&faults->forks));
}

/* clang-format off */
static const struct graded_test tests[] = {
    {"chunk", 1, "the chunk is CPython's", "pool_chunk", test_chunk,
     {"Four chunks for each worker, rounded up.",
      "n / (4 * workers), and one more if there is a remainder."}},
    {"rounds", 1, "the number of rounds", "pool_rounds", test_rounds,
     {"First count the chunks, then what the busiest worker gets.",
      "Round up both times.",
      "Rounding up by (a + b - 1) / b overflows for large a: use a / b + (a % b != 0)."}},
    {"results", 2, "every result comes back to its place", "pool_map", test_results,
     {"Workers see in[] only in shared memory: it was not there when they were forked.",
      "A chunk that is longer than what is left ends at n, and board->next + chunk must not overflow.",
      "What tasks print is lost with _exit, and late without a flush: flush after each map."}},
    {"first-values", 1, "chunks are handed out in order", "work_off", test_first_values,
     {"Six workers begin with values 1, 6, 11, 16, 21 and 26: chunks of five.",
      "A chunk is consecutive tasks, run in order by one worker."}},
    {"dynamic", 1, "a free worker takes the next chunk", "work_off", test_dynamic,
     {"A worker takes its next chunk only when it has finished the last one.",
      "atomic_fetch_add(&board->next, board->chunk) hands out each chunk once."}},
    {"reuse", 1, "workers are made once and used over many maps", "pool_map", test_reuse,
     {"Only pool_open forks.",
      "After a map a worker goes back to waiting for the next."}},
    {"together", 1, "all workers work at once, and never more", "pool_open", test_together,
     {"Every worker has a start semaphore of its own: post them all, then wait.",
      "pool_once opens a pool of min(n, workers)."}},
    {"errors", 1, "bad arguments and failing tasks are reported", "pool_map", test_errors,
     {"n above the capacity is E2BIG.",
      "note which failed task has the lowest index, and its error.",
      "A pool is as good as new after a task has failed."}},
    {"killed-idle", 1, "a worker killed while idle is noticed", "pool_map", test_killed_idle,
     {"Who is dead never posts `done`: look for dead workers while you wait.",
      "waitpid with WNOHANG tells whether a child has ended, without waiting for it.",
      "Once broken, always broken: kill and reap the others, and fail with ECHILD."}},
    {"killed-working", 1, "a worker killed at work is noticed", "pool_map", test_killed_working,
     {"Wait for `done` a while at a time, and look for dead workers in between.",
      "The others may be waiting for the dead one: kill them."}},
    {"orphans", 1, "workers end when the pool's owner is gone", "worker_main", test_orphans,
     {"A worker whose parent has died has another parent: getppid changes.",
      "Look at getppid while you wait for work, and before you take a chunk."}},
    {"fork-fails", 1, "a failing fork is undone", "pool_open", test_fork_fails,
     {"fork returns -1 when no process is to be had.",
      "Kill and reap the workers that are there, free the pool, return NULL.",
      "Keep fork's errno while you clean up."}},
    {"tidy", 1, "nothing is left behind", "pool_close", test_tidy,
     {"pool_close wakes every worker, so that it can leave, and reaps it.",
      "What pool_open maps and allocates, pool_close gives back."}},
    {"signals", 1, "works while signals arrive", "reap", test_signals,
     {"A wait that was interrupted by a signal returned without what it waited for.",
      "waitpid: EINTR means try again."}},
};
/* clang-format on */

const struct graded_suite graded_suite = {"03-pool", "pool.c", tests,
                                          sizeof tests / sizeof tests[0]};
