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

    world.untimed_now = false;
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
    world.untimed |= world.untimed_now;
    world.untimed_now = true;
}

/* Like any call, a clock may leave something in errno. */
static int64_t fake_wall(void)
{
    look_at_results(&at_wall);
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

static unsigned long fake_counter(void)
{
    world.wall += 20000;
    return world.count;
}

static int run_engine(int which, task_fn *task, const long *input, long *out, size_t n, int workers)
{
    const int number = world.done[which]++;
    const struct world_run *run = &world.runs[which][number < WORLD_ROUNDS ? number : 0];
    size_t length = strlen(world.log);

    if (length + 1 < sizeof world.log)
        world.log[length] = (char)('A' + which);
    world.workers = workers;
    if (number >= WORLD_ROUNDS || n != WORLD_TASKS)
        return 0; /* world_run tells */
    expect_filled_before(out);
    world.wall += run->wall;
    world.cpu += run->cpu;
    world.count += run->count;
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

    if (context != &world)
        return;

    world.wall += 30000;
    world.cpu += 30000;
    if (length + 2 >= sizeof world.announced)
        return;
    world.late |= length / 2 < strlen(world.log);
    world.announced[length] = (char)('A' + engine);
    world.announced[length + 1] = (char)('0' + round);
}

const struct contrast_engine world_engines[WORLD_ENGINES] = {
    {"a", engine_a, NULL}, {"b", engine_b, fake_counter}, {"c", engine_c, fake_counter}};
const struct contrast_plan world_plan = {task_double,  in,        WORLD_TASKS, WORLD_WORKERS,
                                         WORLD_ROUNDS, fake_wall, fake_cpu,    fake_progress,
                                         &world};
struct contrast_row world_rows[WORLD_ENGINES];

void world_begin(void)
{
    memset(&world, 0, sizeof world);
    last_out = NULL;
    world.wall = 1000000;
    for (int engine = 0; engine < WORLD_ENGINES; engine++)
        for (int round = 0; round < WORLD_ROUNDS; round++)
            world.runs[engine][round] = (struct world_run){.wall = 100, .cpu = 10};
}

void world_run(void)
{
    memset(world_rows, 0x77, sizeof world_rows);
    grader_begin("contrast_run",
                 contrast_run(&world_plan, world_engines, WORLD_ENGINES, world_rows) == 0);
    for (int i = 0; i < WORLD_ENGINES; i++)
        expect_at(world.untimed ? "run_once" : "contrast_run", world.done[i] <= WORLD_ROUNDS,
                  "In %d rounds each engine should run %d times, but engine %c ran %d times: %s.",
                  WORLD_ROUNDS, WORLD_ROUNDS, 'A' + i, world.done[i], world.log);
}

void world_expect_announced(const char *wanted)
{
    expect(strcmp(world.announced, wanted) == 0,
           "progress should be called before each run with engine and round, as A0 B0 C0 A1 ..., "
           "but the calls were %s.",
           world.announced);
}
