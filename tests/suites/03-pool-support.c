#include "tests/suites/03-pool-support.h"

#include <errno.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/shared.h"
#include "tests/harness/conformance.h"
#include "tests/harness/faults.h"
#include "tests/harness/wording.h"
#include "tests/watch/quiet.h"

long pool_values[POOL_TASKS], pool_results[POOL_TASKS];
struct meeting *pool_meeting;

/* Where failures of the engine as such lead. What concerns the pool is asked of the pool itself,
 * and before: so what is left is pool_once, as a rule. */
static const struct conform_looks looks = {
    .values = "work_off",
    .spins = "await_map",
    .errors = "work_off",
    .skipped = "work_off",
    .death = "reap",
    .tidy = "pool_close",
    .heap = "pool_close",
    .own_child = "reap",
    .signals = "reap",
};

static int workers_begun; /* how many the pool has that was begun last */

const char *pool_call(size_t n, size_t chunk)
{
    const char *tasks = plural((long)n, "task"), *workers = plural(workers_begun, "worker");

    if (chunk == 0)
        return wording("pool_map of %s with chunk 0 (pool_chunk's length) on %s", tasks, workers);
    return wording("pool_map of %s in chunks of %zu on %s", tasks, chunk, workers);
}

int pool_try(struct pool *pool, const char *look_at, task_fn *task, size_t n, size_t chunk)
{
    return grader_call(pool_map(pool, task, pool_values, pool_results, n, chunk), look_at, "%s",
                       pool_call(n, chunk));
}

/* pool_map itself compares. */
static void expect_not_too_big(int failed, size_t n)
{
    expect_at("pool_map", !failed || errno != E2BIG,
              "pool_map of %s failed with errno %s, but the pool's capacity is %d.",
              plural((long)n, "task"), error_name(errno), POOL_TASKS);
}

void pool_must_map(struct pool *pool, const char *look_at, const char *when, task_fn *task,
                   size_t n, size_t chunk)
{
    int failed = pool_try(pool, look_at, task, n, chunk);

    expect_not_too_big(failed, n);
    expect(!failed, "%s%s failed with errno %s.", when, pool_call(n, chunk), error_name(errno));
}

enum { MAP_STEP = 100 };        /* the first numbers of two maps differ by it */
static atomic_long *ran_with;   /* the numbers of a map's tasks that ran; in shared memory */
static atomic_int *first_calls; /* of a first map's task; in shared memory */

int pool_first_calls(void)
{
    return atomic_load(first_calls);
}

/* In a worker. */
static int task_first(long in, long *out)
{
    atomic_fetch_add(first_calls, 1);
    return conform_task(in, out);
}

/* A map that must succeed. If it fails and says nothing, that is what a task returned which has
 * succeeded, or has not run. */
static void begin_to_map(struct pool *pool)
{
    int failed, calls;

    atomic_store(first_calls, 0);
    errno = 0;
    failed = pool_try(pool, "start_map", task_first, 2, 1);
    calls = atomic_load(first_calls);
    expect_at(calls > 0 ? "pool_map" : "start_map", !failed || errno != 0,
              "The first pool_map of 2 tasks on a new pool should return 0, but it returned %d, "
              "and errno was not set, or to 0. %s",
              failed,
              calls > 0 ? "Tasks were run, and all of them returned 0: when is one said to have "
                          "failed?"
                        : "No task was run: is first_bad n before the first one?");
    grader_begun("pool_map", !failed);
}

struct pool *pool_begin_plainly(int workers)
{
    struct pool *pool;

    if (!first_calls)
        first_calls = grader_share(1, sizeof *first_calls);
    if (!ran_with)
        ran_with = grader_share(MAP_STEP, sizeof *ran_with);

    workers_begun = workers;
    errno = 0;
    pool =
        grader_call(pool_open(workers, POOL_TASKS), "pool_open",
                    "pool_open of %s with a capacity of %d", plural(workers, "worker"), POOL_TASKS);
    grader_begun("pool_open", pool != NULL);
    for (long i = 0; i < POOL_TASKS; i++)
        pool_values[i] = i + 1;
    begin_to_map(pool);
    return pool;
}

static long result_for(long in)
{
    return in * CONFORM_FACTOR + CONFORM_OFFSET;
}

struct pool *pool_begin(int workers)
{
    pool_expect_sound();
    return pool_begin_plainly(workers);
}

void pool_end(struct pool *pool)
{
    expect(grader_call(pool_close(pool), "pool_close", "pool_close of a pool that is whole") == 0,
           "pool_close of a pool that is whole failed with errno %s.", error_name(errno));
}

void pool_lead_to(const char *look_at)
{
    grader_doing(look_at, "%s", "");
    grader_did();
}

const struct engine *pool_begin_once(void)
{
    pool_expect_sound();
    conform_lead_to(&looks);
    return conform_begin("pool_once");
}

/* A wrong result: of which number is it the result, if of any that a test maps? */
static const char *result_of(long result)
{
    long in = (result - CONFORM_OFFSET) / CONFORM_FACTOR;

    if (result == 0)
        return ", as before the call";
    if (in * CONFORM_FACTOR + CONFORM_OFFSET != result || in < 0 || in > 1000000)
        return "";
    return wording(", the result of %ld: of an earlier map, or of another task", in);
}

/* Numbers that no map before has had, so that old input and old results show. */
static void fill_in(long in[], size_t n)
{
    static long maps;

    ++maps;
    for (size_t i = 0; i < n; i++)
        in[i] = maps * MAP_STEP + (long)i;
}

/* Where wrong results lead: none has come, or all are of numbers that are not in this map, or tasks
 * of this map have run: all of them, and whatever has come of that is in its place, or not. */
static const char *look_at_results(const long in[], size_t n)
{
    size_t none = 0, ours = 0, right = 0, ran = 0;

    for (size_t i = 0; i < n; i++) {
        none += pool_results[i] == 0;
        ours += pool_results[i] >= result_for(in[0]) && pool_results[i] <= result_for(in[n - 1]);
        right += pool_results[i] == result_for(in[i]);
        ran += atomic_load(&ran_with[i]) == in[i];
    }
    if (none == n || (ran == n && none + right == n))
        return "pool_map";
    return ours == 0 ? "start_map" : "work_off";
}

/* In a worker. */
static int task_note(long in, long *out)
{
    atomic_store(&ran_with[in % MAP_STEP], in);
    return conform_task(in, out);
}

void pool_expect_mapped(struct pool *pool, const char *when, size_t n, size_t chunk)
{
    const char *call = wording("%s%s", when, pool_call(n, chunk));
    long in[POOL_TASKS];
    int failed;

    fill_in(in, POOL_TASKS);
    memset(pool_results, 0, sizeof pool_results);
    memset(ran_with, 0, MAP_STEP * sizeof *ran_with);
    failed =
        grader_call(pool_map(pool, task_note, in, pool_results, n, chunk),
                    chunk == 0 || chunk > n ? "pool_map" : "start_map", "%s", pool_call(n, chunk));
    expect_not_too_big(failed, n);
    expect(!failed, "%s failed with errno %s.", call, error_name(errno));
    for (size_t i = 0; i < n; i++)
        expect_at(look_at_results(in, n), pool_results[i] == result_for(in[i]),
                  "%s: out[%zu] should be %ld, the result of %ld, which is in in[%zu], but it is "
                  "%ld%s.",
                  call, i, result_for(in[i]), in[i], i, pool_results[i],
                  result_of(pool_results[i]));
    expect_at("pool_map", n == POOL_TASKS || pool_results[n] == 0,
              "%s wrote to out[%zu], outside out[0..%zu).", call, n, n);
}

int pool_task_pid(long in, long *out)
{
    (void)in;
    *out = getpid();
    return meeting_join(pool_meeting);
}

void pool_find_workers(struct pool *pool, long pids[], int workers)
{
    int failed;

    memset(pids, 0, (size_t)workers * sizeof *pids);
    failed = grader_call(pool_map(pool, pool_task_pid, pool_values, pids, (size_t)workers, 1),
                         "start_map", "%s", pool_call((size_t)workers, 1));
    /* If nobody came, and a worker is said to have died: did they all leave at once? */
    expect_at(failed && errno == ECHILD && meeting_most(pool_meeting) == 0 ? "worker_main"
                                                                           : "start_map",
              failed == 0,
              "%s on %s should be under way at the same time, but there were never more than %d.",
              plural(workers, "task"), plural(workers, "worker"), meeting_most(pool_meeting));
    for (int i = 0; i < workers; i++) {
        siginfo_t info = {0};

        expect_at("work_off", pids[i] > 0,
                  "Task %d brought no result back: out[%d] is as it was before the map.", i, i);
        expect_at("pool_open", pids[i] != getpid(),
                  "A task ran in the caller's process instead of a worker's.");
        expect_at("worker_main",
                  waitid(P_PID, (id_t)pids[i], &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
                      info.si_pid == 0,
                  "After a map every worker should wait for the next, but the process %ld, which "
                  "ran a task, is no living child of the caller.",
                  pids[i]);
        for (int j = 0; j < i; j++)
            expect_at("work_off", pids[i] != pids[j],
                      "Tasks %d and %d were under way at the same time in the same process (PID "
                      "%ld).",
                      j, i, pids[i]);
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

void pool_expect_rest(void)
{
    expect_at("worker_main", all_come_to_rest(),
              "Workers that wait for work should sleep, but they use CPU time.");
}
