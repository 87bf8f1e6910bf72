/* A pool at work: results, the same workers over many maps, and nothing left behind. */
#include "tests/suites/03-pool.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/shared.h"
#include "tests/suites/03-pool-support.h"
#include "tests/harness/census.h"
#include "tests/harness/conformance.h"
#include "tests/harness/faults.h"
#include "tests/harness/grader.h"
#include "tests/harness/wording.h"
#include "tests/watch/quiet.h"

/* How many workers have run what the test registered with atexit; shared. */
static atomic_int *exits;
static pid_t registered_by;

static void on_exit_count(void)
{
    if (getpid() != registered_by)
        atomic_fetch_add(exits, 1);
}

static atomic_int *runs; /* shared; runs[value]: how often its task ran; [0]: all there were */

/* In a worker. */
static int task_count(long in, long *out)
{
    atomic_fetch_add(&runs[0], 1);
    if (in >= 1 && in <= POOL_TASKS)
        atomic_fetch_add(&runs[in], 1);
    return conform_task(in, out);
}

/* However long a chunk is, each task runs once. */
static void expect_each_once(struct pool *pool, size_t chunk)
{
    const char *look_at = chunk == 0 || chunk > POOL_TASKS ? "pool_map" : "work_off";

    memset(runs, 0, (POOL_TASKS + 1) * sizeof *runs);
    pool_must_map(pool, look_at, "", task_count, POOL_TASKS, chunk);
    for (int value = 1; value <= POOL_TASKS; value++)
        expect(runs[value] == 1, "%s: task %d should run once, but it ran %s.",
               pool_call(POOL_TASKS, chunk), value - 1, plural(runs[value], "time"));
    /* What lies behind the last one is not in this map, whatever number stands there. */
    expect_at("work_off", runs[0] == POOL_TASKS,
              "%s called the task %s: the last chunk ends at n, and what is behind it is no task.",
              pool_call(POOL_TASKS, chunk), plural(runs[0], "time"));
}

enum { THOUSANDS = 20000 };

/* More chunks than any pipe or queue holds. */
static void try_thousands(void)
{
    static long in[THOUSANDS], out[THOUSANDS];
    const char *call = "pool_map of 20000 tasks in chunks of 1 on 1 worker";
    struct pool *pool = grader_call(pool_open(1, THOUSANDS), "pool_open",
                                    "pool_open of 1 worker with a capacity of 20000");

    expect(pool, "pool_open of 1 worker with a capacity of %d failed with errno %s.", THOUSANDS,
           error_name(errno));
    for (long i = 0; i < THOUSANDS; i++)
        in[i] = i;
    expect(grader_call(pool_map(pool, conform_task, in, out, THOUSANDS, 1), "work_off", "%s",
                       call) == 0,
           "%s failed with errno %s.", call, error_name(errno));
    for (long i = 0; i < THOUSANDS; i++)
        expect(out[i] == in[i] * CONFORM_FACTOR + CONFORM_OFFSET,
               "%s: out[%ld] is not the result of in[%ld].", call, i, i);
    pool_end(pool);
}

void test_pool_results(void)
{
    static const size_t chunks[] = {1, 2, 7, 98, 99, 0, 100, SIZE_MAX / 2 + 1, SIZE_MAX};
    const struct engine *engine;
    struct pool *pool;

    runs = grader_share(POOL_TASKS + 1, sizeof *runs);
    pool = pool_begin(3);
    for (size_t i = 0; i < sizeof chunks / sizeof chunks[0]; i++)
        for (size_t n = 0; n <= POOL_TASKS; n += n < 3 ? 1 : 32)
            pool_expect_mapped(pool, "", n, chunks[i]);
    pool_expect_mapped(pool, "", POOL_TASKS, 1);
    for (size_t i = 0; i < sizeof chunks / sizeof chunks[0]; i++)
        expect_each_once(pool, chunks[i]);
    shared_free(runs);
    pool_end(pool);
    pool_try_output();
    pool_try_no_more_input();
    try_thousands();
    engine = pool_begin_once();
    conform_results(engine);
    conform_very_many(engine);
    conform_alternating(engine);
}

static void expect_workers_of(const long pids[POOL_WORKERS], int map)
{
    for (int i = 0; i < POOL_TASKS; i++) {
        int known = 0;

        while (known < POOL_WORKERS && pids[known] != pool_results[i])
            known++;
        expect_at("work_off", pool_results[i] > 0, "Task %d of map %d brought no result back.", i,
                  map);
        expect(known < POOL_WORKERS,
               "A task of map %d ran in process %ld, which is none of the %d workers of the first "
               "map: workers are made once, by pool_open.",
               map, pool_results[i], POOL_WORKERS);
    }
}

void test_pool_reuse(void)
{
    struct faults *faults = faults_reset();
    struct pool *pool;
    long pids[POOL_WORKERS];
    int forks;

    pool_meeting = meeting_create(POOL_WORKERS);
    pool = pool_begin(POOL_WORKERS);
    forks = atomic_load(&faults->forks);
    pool_find_workers(pool, pids, POOL_WORKERS);
    for (int map = 2; map <= 51; map++) {
        memset(pool_results, 0, sizeof pool_results);
        pool_must_map(pool, "pool_map", "", pool_task_pid, POOL_TASKS, 1);
        expect_workers_of(pids, map);
    }
    forks = atomic_load(&faults->forks) - forks;
    expect(forks == 0, "pool_map should not fork, but it did so %s.", plural(forks, "time"));
    pool_expect_rest();
    pool_end(pool);
    meeting_free(pool_meeting);
    pool_try_globals();
    pool_try_two();
}

void test_pool_together(void)
{
    /* A pool of one is a pool, also where one task is all there is. */
    static const struct {
        size_t n;
        int workers, forks;
    } calls[] = {{2, 7, 2}, {3, 1, 1}, {1, 3, 1}};
    const struct engine *engine = pool_begin_once();
    struct faults *faults = faults_reset();

    conform_together(engine);
    conform_at_most(engine);
    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) {
        const char *call = conform_call(engine, calls[i].n, calls[i].workers);
        int forks;

        atomic_store(&faults->forks, 0);
        expect(conform_map(engine, NULL, conform_task, pool_values, pool_results, calls[i].n,
                           calls[i].workers) == 0,
               "%s failed with errno %s.", call, error_name(errno));
        forks = atomic_load(&faults->forks);
        expect(forks == calls[i].forks, "%s should open a pool of %s, but it forked %d.", call,
               plural(calls[i].forks, "worker"), forks);
    }
}

/* Pools that are only opened, used once and closed. */
static void try_open_and_close(void)
{
    struct census before = {0};

    exits = grader_share(1, sizeof *exits);
    registered_by = getpid();
    atexit(on_exit_count);
    for (int call = 1; call <= 30; call++) {
        pool_end(pool_begin(1 + call % 4));
        if (call == 3)
            before = census_take();
    }
    pool_lead_to("pool_close");
    census_expect_same(before, census_take(), "pool_open, pool_map and pool_close", 30);
    expect_at(
        "worker_main", atomic_load(exits) == 0,
        "The caller has registered a function with atexit(3), and workers that left ran it %s. "
        "A worker should leave with _exit, not exit.",
        plural(atomic_load(exits), "time"));
}

void test_pool_tidy(void)
{
    const struct engine *engine = pool_begin_once();

    try_open_and_close();
    pool_try_stopped();
    conform_own_children(engine);
    conform_no_memory(engine);
    conform_tidy(engine);
}

/* A handler of the test's own process, which workers have a copy of. */
static atomic_int poked;

static void on_poke(int signal)
{
    (void)signal;
    atomic_fetch_add(&poked, 1);
}

/* Starts a process that sends signals to the workers for as long as it lives. */
static pid_t start_poking(const long pids[], int count)
{
    pid_t poker = grader_fork();

    while (poker == 0) {
        for (int i = 0; i < count; i++)
            kill((pid_t)pids[i], SIGUSR1);
        clock_sleep(NS_PER_MS / 2);
    }
    return poker;
}

/* Signals that come to the workers while they wait, and work. */
static void try_poked_workers(void)
{
    struct sigaction action = {.sa_handler = on_poke};
    struct pool *pool;
    long pids[3];
    pid_t poker;

    sigaction(SIGUSR1, &action, NULL);
    pool_meeting = meeting_create(3);
    pool = pool_begin(3);
    pool_find_workers(pool, pids, 3);
    poker = start_poking(pids, 3);
    for (int map = 0; map < 50; map++) {
        int failed = pool_try(pool, "worker_main", conform_task, POOL_TASKS, 1);

        expect(!failed, "While signals arrive in the workers, %s failed with errno %s.",
               pool_call(POOL_TASKS, 1), error_name(errno));
        clock_sleep(NS_PER_MS);
    }
    kill(poker, SIGKILL);
    waitpid(poker, NULL, 0);
    pool_expect_mapped(pool, "Signals arrived in the workers. After that ", POOL_TASKS, 1);
    pool_end(pool);
    meeting_free(pool_meeting);
}

/* Workers inherit what the caller ignores. */
static void try_ignored(void)
{
    struct sigaction ignore = {.sa_handler = SIG_IGN}, before;
    struct pool *pool;

    sigaction(SIGTERM, &ignore, &before);
    pool = pool_begin(2);
    expect(grader_call(pool_close(pool), "pool_close", "pool_close while SIGTERM is ignored") == 0,
           "pool_close failed with errno %s.", error_name(errno));
    sigaction(SIGTERM, &before, NULL);
}

void test_pool_signals(void)
{
    const struct engine *engine = pool_begin_once();

    try_poked_workers();
    try_ignored();
    conform_signals(engine);
    conform_sigchld_ignored(engine);
    pool_try_sigchld_ignored();
}
