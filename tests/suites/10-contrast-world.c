#include "tests/suites/10-contrast-world.h"

#include <errno.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "tests/harness/grader.h"

struct world world;

static const long in[WORLD_TASKS] = {5, 6, 0, 8};

static int task_double(long value, long *out)
{
    *out = 2 * value;
    return 0;
}

/* Where the run before has stored its results, and what was there when a clock was last read. */
static const long *last_out;
static struct seen {
    bool any; /* the clock has been read since, and the memory is still there */
    long results[WORLD_TASKS];
} at_wall, at_cpu;

/* The answer may have given that memory back: so only the system looks there. */
static void look_at_results(struct seen *seen)
{
    struct iovec here = {seen->results, sizeof seen->results};
    struct iovec there = {(void *)last_out, sizeof seen->results};

    seen->any = last_out &&
                process_vm_readv(getpid(), &here, 1, &there, 1, 0) == (ssize_t)sizeof seen->results;
}

/* At the beginning of a run: if its results are where those of the run before were, nobody has
 * written there since the clocks were read. */
static void expect_filled_before(const long *out)
{
    if (out == last_out && at_cpu.any && memcmp(at_cpu.results, out, sizeof at_cpu.results) != 0)
        world.filled = "CPU";
    if (out == last_out && at_wall.any && memcmp(at_wall.results, out, sizeof at_wall.results) != 0)
        world.filled = "wall";
    last_out = out;
}

/* run_once reads the wall clock before a run, and again after one that has not failed. So a run
 * before which it was read less often is not the only one of its call. */
static void note_run(bool fails)
{
    static int needed;
    bool first = world.log[0] == '\0';

    world.untimed |= !first && world.walls < needed;
    world.walls = 0;
    needed = fails ? 1 : 2;
}

/* Like any call, a clock may leave something in errno. */
static int64_t fake_wall(void)
{
    look_at_results(&at_wall);
    world.walls++;
    errno = EBADF;
    return world.wall;
}

static int64_t fake_cpu(void)
{
    look_at_results(&at_cpu);
    world.wall += 10000;
    errno = EBADF;
    return world.cpu;
}

/* Reading it takes time, on both clocks. */
static unsigned long fake_counter(int engine)
{
    world.wall += WORLD_READ_WALL;
    world.cpu += WORLD_READ_CPU;
    return world.counts[engine];
}

static unsigned long counter_b(void)
{
    return fake_counter(1);
}

static unsigned long counter_c(void)
{
    return fake_counter(2);
}

static int run_engine(int which, task_fn *task, const long *input, long *out, size_t n, int workers)
{
    const int number = world.done[which]++;
    const struct world_run *run = &world.runs[which][number < WORLD_ROUNDS ? number : 0];
    size_t length = strlen(world.log);

    note_run(run->error != 0);
    if (length + 1 < sizeof world.log)
        world.log[length] = (char)('A' + which);
    world.workers = workers;
    if (n != WORLD_TASKS)
        world.other_n = n;
    world.failed |= run->error != 0;
    if (number >= WORLD_ROUNDS || n != WORLD_TASKS)
        return 0; /* world_run tells */
    expect_filled_before(out);
    world.wall += run->wall;
    world.cpu += run->cpu;
    world.counts[which] += run->count;
    for (size_t i = 0; i < n && !run->lazy; i++)
        if (run->forgets != (int)i + 1)
            task(input[i], &out[i]);
    out[run->where] += run->wrong;
    if (run->swapped) {
        long first = out[0];

        out[0] = out[1];
        out[1] = first;
    }
    errno = run->error ? run->error : world.leaves;
    return run->error ? -1 : 0;
}

static int engine_a(task_fn *task, const long *input, long *out, size_t n, int workers)
{
    return run_engine(0, task, input, out, n, workers);
}

static int engine_b(task_fn *task, const long *input, long *out, size_t n, int workers)
{
    return run_engine(1, task, input, out, n, workers);
}

static int engine_c(task_fn *task, const long *input, long *out, size_t n, int workers)
{
    return run_engine(2, task, input, out, n, workers);
}

static void fake_progress(void *context, size_t engine, int round)
{
    size_t length = strlen(world.announced);

    if (context != &world) {
        world.astray = true;
        return;
    }
    world.wall += 30000;
    world.cpu += 30000;
    if (length + 2 >= sizeof world.announced)
        return;
    world.late |= length / 2 < strlen(world.log);
    world.announced[length] = (char)('A' + engine);
    world.announced[length + 1] = (char)('0' + round);
}

const struct contrast_engine world_engines[WORLD_ENGINES] = {
    {"a", engine_a, NULL}, {"b", engine_b, counter_b}, {"c", engine_c, counter_c}};
const struct contrast_plan world_plan = {task_double,  in,        WORLD_TASKS, WORLD_WORKERS,
                                         WORLD_ROUNDS, fake_wall, fake_cpu,    fake_progress,
                                         &world};
struct contrast_row world_rows[WORLD_ENGINES];

void world_begin(void)
{
    memset(&world, 0, sizeof world);
    last_out = NULL;
    world.wall = 1000000;
    world.counts[1] = 1000;
    world.counts[2] = 50;
    world.what = "each of which runs for 100 ns";
    for (int engine = 0; engine < WORLD_ENGINES; engine++)
        for (int round = 0; round < WORLD_ROUNDS; round++)
            world.runs[engine][round] = (struct world_run){.wall = 100, .cpu = 10};
}

/* Rows whose bytes are as they were before the call. */
static void expect_initialised(void)
{
    for (int i = 0; i < WORLD_ENGINES; i++) {
        const struct contrast_row *row = &world_rows[i];

        expect(row->error != 0x77777777 && row->best != WORLD_RUBBISH &&
                   row->worst != WORLD_RUBBISH && row->cpu != WORLD_RUBBISH &&
                   row->counted != WORLD_RUBBISH,
               "The rows are not initialised when contrast_run is called: in this test each of "
               "their bytes is 0x77. After the call the row of engine %c has error %d, best %lld, "
               "worst %lld, cpu %lld and counted %lu: one of them still is what was there before.",
               'A' + i, row->error, (long long)row->best, (long long)row->worst,
               (long long)row->cpu, row->counted);
    }
}

void world_run(void)
{
    int failed;

    memset(world_rows, 0x77, sizeof world_rows);
    failed = grader_call(
        contrast_run(&world_plan, world_engines, WORLD_ENGINES, world_rows), "contrast_run",
        "contrast_run of engines A (which has no counter: NULL), B and C, %s", world.what);
    expect(!failed || errno == ENOSYS || !world.failed,
           "An engine failed, and contrast_run returned %d. It should return 0, also if engines "
           "fail: their rows say so.",
           failed);
    grader_begun("contrast_run", failed == 0);
    expect_at("run_once", world.other_n == 0,
              "Each engine should get all of the plan's %d tasks, but one got n = %zu.",
              WORLD_TASKS, world.other_n);
    for (int i = 0; i < WORLD_ENGINES; i++)
        expect_at(world.untimed ? "run_once" : "contrast_run", world.done[i] <= WORLD_ROUNDS,
                  "In %d rounds each engine should run %d times, but engine %c ran %d times: %s.",
                  WORLD_ROUNDS, WORLD_ROUNDS, 'A' + i, world.done[i], world.log);
    expect_initialised();
}

void world_expect_announced(const char *wanted)
{
    expect(!world.astray, "progress should be called with plan->context as its first argument, but "
                          "it was called with another pointer.");
    expect(world.announced[0] != '\0',
           "progress should be called before each run, but it was not called at all.");
    expect(strcmp(world.announced, wanted) == 0,
           "progress should be called before each run with engine and round, as A0 B0 C0 A1 ..., "
           "but the calls were %s.",
           world.announced);
}
