#include <errno.h>
#include <math.h>
#include <string.h>

#include "tests/suites/10-contrast.h"

enum { ENGINES = 3, ROUNDS = 3, TASKS = 4 };

/* A world of the test's own: its clocks move when an engine runs, by what the script says for that
 * engine's next run, and by much more when something is done that is not to be timed. */
struct run {
    int64_t wall, cpu;
    unsigned long count;
    int error;  /* the run fails with this errno */
    long wrong; /* added to one result, */
    int where;  /* which is this one */
    bool lazy;  /* stores no results */
};

static struct {
    struct run runs[ENGINES][ROUNDS];
    int done[ENGINES];
    int64_t wall, cpu;
    unsigned long count;
    char log[64];       /* a letter for each run, in order */
    char announced[64]; /* engine and round of each call of progress */
} world;

static const long in[TASKS] = {5, 6, 7, 8};

static int task_double(long value, long *out)
{
    *out = 2 * value;
    return 0;
}

/* Like any call, a clock may leave something in errno. */
static int64_t fake_wall(void)
{
    errno = EBADF;
    return world.wall;
}

static int64_t fake_cpu(void)
{
    world.wall += 10000;
    errno = EBADF;
    return world.cpu;
}

static unsigned long fake_counter(void)
{
    world.wall += 20000;
    return world.count;
}

static int run_engine(int which, task_fn *task, const long *input, long *out, size_t n)
{
    const struct run *run = &world.runs[which][world.done[which]++];

    world.log[strlen(world.log)] = (char)('A' + which);
    world.wall += run->wall;
    world.cpu += run->cpu;
    world.count += run->count;
    for (size_t i = 0; i < n && !run->lazy; i++)
        task(input[i], &out[i]);
    out[run->where] += run->wrong;
    errno = run->error;
    return run->error ? -1 : 0;
}

static int engine_a(task_fn *task, const long *input, long *out, size_t n, int workers)
{
    return workers == 2 ? run_engine(0, task, input, out, n) : -1;
}

static int engine_b(task_fn *task, const long *input, long *out, size_t n, int workers)
{
    return workers == 2 ? run_engine(1, task, input, out, n) : -1;
}

static int engine_c(task_fn *task, const long *input, long *out, size_t n, int workers)
{
    return workers == 2 ? run_engine(2, task, input, out, n) : -1;
}

static void fake_progress(void *context, size_t engine, int round)
{
    size_t length = strlen(world.announced);

    if (context != &world)
        return;
    world.wall += 30000;
    world.cpu += 30000;
    world.announced[length] = (char)('A' + engine);
    world.announced[length + 1] = (char)('0' + round);
}

static const struct contrast_engine engines[ENGINES] = {
    {"a", engine_a, NULL}, {"b", engine_b, fake_counter}, {"c", engine_c, fake_counter}};
static const struct contrast_plan plan = {task_double, in,       TASKS,         2,     ROUNDS,
                                          fake_wall,   fake_cpu, fake_progress, &world};
static struct contrast_row rows[ENGINES];

/* A world in which every run takes 100 ns and goes well. */
static void begin(void)
{
    memset(&world, 0, sizeof world);
    world.wall = 1000000;
    for (int engine = 0; engine < ENGINES; engine++)
        for (int round = 0; round < ROUNDS; round++)
            world.runs[engine][round] = (struct run){.wall = 100, .cpu = 10};
}

static void run(void)
{
    memset(rows, 0x77, sizeof rows);
    grader_begin("contrast_run", contrast_run(&plan, engines, ENGINES, rows) == 0);
}

static void test_rounds(void)
{
    begin();
    run();
    expect(rows[0].error == 0, "An engine that went well has the error %d.", rows[0].error);
    expect(
        strcmp(world.log, "ABCABCABC") == 0,
        "Engines A, B and C over 3 rounds should run as ABCABCABC, so that a disturbance hits all "
        "alike, but they ran as %s.",
        world.log);
    expect(strcmp(world.announced, "A0B0C0A1B1C1A2B2C2") == 0,
           "progress should be called before each run with engine and round, as A0 B0 C0 A1 ..., "
           "but the calls were %s.",
           world.announced);
}

static void expect_time(const char *what, int64_t got, int64_t wanted)
{
    expect(got == wanted, "%s should be %lld ns, not %lld.", what, (long long)wanted,
           (long long)got);
}

static void test_best(void)
{
    begin();
    world.runs[1][0] = (struct run){.wall = 300, .cpu = 30, .count = 3};
    world.runs[1][1] = (struct run){.wall = 200, .cpu = 90, .count = 7};
    world.runs[1][2] = (struct run){.wall = 900, .cpu = 20, .count = 1};
    world.runs[2][0].wall = 700;
    run();
    expect_time("The best of rounds of 300, 200 and 900 ns", rows[1].best, 200);
    expect_time("The worst of rounds of 300, 200 and 900 ns", rows[1].worst, 900);
    expect_time("The CPU time of the quickest round", rows[1].cpu, 90);
    expect(rows[1].counted == 7, "The counter grew by 7 in the quickest round, not by %lu.",
           rows[1].counted);
    expect(rows[2].counted == 0, "The counter did not grow while the third engine ran.");
    expect(rows[0].counted == 0, "An engine without a counter should count 0.");
    expect_time("The worst of rounds of 700, 100 and 100 ns", rows[2].worst, 700);
    expect_time("The best of three rounds of 100 ns", rows[0].best, 100);
    expect_time("The worst of three rounds of 100 ns", rows[0].worst, 100);
}

static void test_speedup(void)
{
    begin();
    world.runs[0][0].wall = 800;
    world.runs[0][1].wall = 400;
    world.runs[0][2].wall = 600;
    world.runs[2][0].wall = world.runs[2][1].wall = world.runs[2][2].wall = 160;
    run();
    expect(rows[0].speedup == 1, "The first engine's speedup over itself is 1, not %f.",
           rows[0].speedup);
    expect(rows[1].speedup == 4, "Best of 400 ns over best of 100 ns is 4, not %f.",
           rows[1].speedup);
    expect(rows[2].speedup == 2.5, "Best of 400 ns over best of 160 ns is 2.5, not %f.",
           rows[2].speedup);
}

static void test_agrees(void)
{
    begin();
    run();
    expect(rows[0].agrees && rows[1].agrees && rows[2].agrees,
           "All engines had the same results in all rounds, so all agree.");
    for (int round = 0; round < ROUNDS; round++) {
        begin();
        world.runs[1][round].wrong = 1;
        world.runs[1][round].where = round == 0 ? TASKS - 1 : round - 1;
        run();
        expect(
            rows[0].agrees && !rows[1].agrees && rows[2].agrees,
            "One of the second engine's results was wrong in round %d of 3: it, and only it, does "
            "not agree.",
            round + 1);
    }
    begin();
    world.runs[2][1].lazy = true;
    run();
    expect(!rows[2].agrees,
           "The third engine stored no results in its second round: what it stored in the round "
           "before should not count for it.");
    begin();
    world.runs[0][2].wrong = 1;
    run();
    expect(!rows[0].agrees && rows[1].agrees, "The first engine's last round differs from its "
                                              "first: then it does not agree with itself.");
}

static void expect_refused(const char *what, struct contrast_plan bad,
                           const struct contrast_engine *table, size_t count)
{
    errno = 0;
    expect(contrast_run(&bad, table, count, rows) == -1 && errno == EINVAL,
           "contrast_run with %s should fail with EINVAL.", what);
}

static void test_arguments(void)
{
    struct contrast_plan bad = plan;

    begin();
    bad.n = 0;
    expect_refused("no tasks", bad, engines, ENGINES);
    bad = plan;
    bad.task = NULL;
    expect_refused("a NULL task", bad, engines, ENGINES);
    bad = plan;
    bad.in = NULL;
    expect_refused("a NULL input", bad, engines, ENGINES);
    bad = plan;
    bad.rounds = 0;
    expect_refused("0 rounds", bad, engines, ENGINES);
    bad = plan;
    bad.workers = 0;
    expect_refused("0 workers", bad, engines, ENGINES);
    bad = plan;
    bad.wall = NULL;
    expect_refused("no wall clock", bad, engines, ENGINES);
    bad = plan;
    bad.cpu = NULL;
    expect_refused("no CPU clock", bad, engines, ENGINES);
    expect_refused("no table", plan, NULL, ENGINES);
    expect_refused("an empty table", plan, engines, 0);
    expect(contrast_run(NULL, engines, ENGINES, rows) == -1 && errno == EINVAL,
           "contrast_run with no plan should fail with EINVAL.");
    expect(contrast_run(&plan, engines, ENGINES, NULL) == -1 && errno == EINVAL,
           "contrast_run with nowhere to store rows should fail with EINVAL.");
    begin();
    bad = plan;
    bad.progress = NULL;
    expect(contrast_run(&bad, engines, 1, rows) == 0,
           "contrast_run should do with one engine, and without progress (NULL).");
}

static void test_failures(void)
{
    begin();
    run();
    begin();
    world.runs[1][1].error = EDOM;
    run();
    expect(strcmp(world.log, "ABCABCAC") == 0,
           "Engine B failed in round 2 and is left out after that: ABCABCAC, not %s.", world.log);
    expect(rows[1].error == EDOM, "The errno of a failed run should be in its row's error, not %d.",
           rows[1].error);
    expect(rows[1].best == 0 && rows[1].worst == 0 && rows[1].cpu == 0 && !rows[1].agrees &&
               isnan(rows[1].speedup),
           "An engine that failed has no times, no speedup (NAN), and does not agree.");
    expect(rows[2].error == 0 && rows[2].agrees && rows[2].speedup == 1,
           "The failure of one engine should not touch another's row.");
    begin();
    world.runs[0][0].error = ENOMEM;
    run();
    expect(rows[0].error == ENOMEM && rows[1].error == 0 && rows[1].best == 100,
           "If the first engine fails, the others are still timed.");
    expect(!rows[1].agrees && !rows[2].agrees && isnan(rows[1].speedup),
           "If the first engine fails, there is nothing to agree with, and no speedup (NAN).");
    test_arguments();
    test_memory();
}

/* clang-format off */
static const struct graded_test tests[] = {
    {"rounds", 1, "rounds are interleaved over the engines", "contrast_run", test_rounds,
     {"The outer loop goes over rounds, the inner one over engines.",
      "Call plan->progress (if there is one) before each run."}},
    {"best", 1, "the quickest round is kept", "run_once", test_best,
     {"Wall time, CPU time and count belong together: keep those of the same round.",
      "INT64_MAX to begin with: any round is quicker."}},
    {"speedup", 1, "speedups over the first engine", "conclude", test_speedup,
     {"The first engine's best over this one's best, once all rounds are done."}},
    {"agrees", 1, "every round's results are compared", "contrast_run", test_agrees,
     {"Keep a copy of the first engine's results of its first round.",
      "Fill the results with rubbish before each run: old ones must not count."}},
    {"failures", 1, "bad arguments and failing engines", "contrast_run", test_failures,
     {"An engine that failed once is not run again; the others are.",
      "If the first engine failed, nobody agrees."}},
};
/* clang-format on */

const struct graded_suite graded_suite = {"10-contrast", "contrast.c", tests,
                                          sizeof tests / sizeof tests[0]};
