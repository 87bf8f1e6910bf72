/* Bad arguments, failing engines, no memory. */
#include "tests/suites/10-contrast.h"

#include <errno.h>
#include <math.h>
#include <string.h>
#include <sys/resource.h>

#include "tests/suites/10-contrast-world.h"
#include "tests/harness/grader.h"
#include "tests/harness/no_memory.h"
#include "tests/harness/wording.h"

/* A plan or a table of engines that contrast_run must refuse. */
static void expect_refused(const char *what, const struct contrast_plan *plan,
                           const struct contrast_engine engines[], size_t count)
{
    grader_refused(wording("contrast_run with %s", what),
                   contrast_run(plan, engines, count, world_rows), EINVAL);
}

static void check_plans(void)
{
    struct contrast_plan bad = world_plan;

    bad.n = 0;
    expect_refused("no tasks (n is 0)", &bad, world_engines, WORLD_ENGINES);
    bad = world_plan;
    bad.task = NULL;
    expect_refused("no task (NULL)", &bad, world_engines, WORLD_ENGINES);
    bad = world_plan;
    bad.in = NULL;
    expect_refused("no input (NULL)", &bad, world_engines, WORLD_ENGINES);
    bad = world_plan;
    bad.rounds = 0;
    expect_refused("0 rounds", &bad, world_engines, WORLD_ENGINES);
    bad = world_plan;
    bad.rounds = -1;
    expect_refused("-1 rounds", &bad, world_engines, WORLD_ENGINES);
    bad = world_plan;
    bad.workers = 0;
    expect_refused("0 workers", &bad, world_engines, WORLD_ENGINES);
    bad.workers = -1;
    expect_refused("-1 workers", &bad, world_engines, WORLD_ENGINES);
    bad = world_plan;
    bad.wall = NULL;
    expect_refused("no wall clock (NULL)", &bad, world_engines, WORLD_ENGINES);
    bad = world_plan;
    bad.cpu = NULL;
    expect_refused("no CPU clock (NULL)", &bad, world_engines, WORLD_ENGINES);
}

static void check_arguments(void)
{
    struct contrast_plan silent = world_plan;

    world_begin();
    check_plans();
    expect_refused("no plan (NULL)", NULL, world_engines, WORLD_ENGINES);
    expect_refused("no table of engines (NULL)", &world_plan, NULL, WORLD_ENGINES);
    expect_refused("an empty table of engines", &world_plan, world_engines, 0);
    grader_refused("contrast_run with nowhere to store rows (NULL)",
                   contrast_run(&world_plan, world_engines, WORLD_ENGINES, NULL), EINVAL);
    world_begin();
    silent.progress = NULL;
    expect(grader_call(contrast_run(&silent, world_engines, 1, world_rows), "contrast_run",
                       "contrast_run without progress (NULL)") == 0,
           "contrast_run with one engine and without progress (NULL) should succeed, but it failed "
           "with errno %s.",
           error_name(errno));
}

static int task_same(long in, long *out)
{
    *out = in;
    return 0;
}

static int64_t no_clock(void)
{
    return 0;
}

static int engine_plain(task_fn *task, const long in[], long out[], size_t n, int workers)
{
    (void)workers;
    for (size_t i = 0; i < n; i++)
        task(in[i], &out[i]);
    return 0;
}

static void no_progress(void *context, size_t engine, int round)
{
    (void)context, (void)engine, (void)round;
}

/* An engine may measure something of its own before it begins. */
static int engine_measures(task_fn *task, const long in[], long out[], size_t n, int workers)
{
    static const struct contrast_engine plain = {"plain", engine_plain, NULL};
    static const long other[2] = {3, 4};
    static long context;
    const struct contrast_plan plan = {task_same, other,    2,           1,       1,
                                       no_clock,  no_clock, no_progress, &context};
    struct contrast_row row = {.error = 0};

    if (contrast_run(&plan, &plain, 1, &row) || !row.agrees)
        return -1;
    return engine_plain(task, in, out, n, workers);
}

void contrast_try_run_in_run(void)
{
    static const long in[3] = {5, 6, 7};
    static const struct contrast_engine engines[2] = {{"a", engine_plain, NULL},
                                                      {"b", engine_measures, NULL}};
    static long context;
    const struct contrast_plan plan = {task_same, in,       3,           1,       3,
                                       no_clock,  no_clock, no_progress, &context};

    expect(grader_call(contrast_run(&plan, engines, 2, world_rows), "contrast_run",
                       "contrast_run with an engine that calls contrast_run itself") == 0,
           "contrast_run failed with errno %s.", error_name(errno));
    expect(world_rows[0].agrees && world_rows[1].agrees,
           "One of two engines calls contrast_run itself, and both have the same results, but "
           "they do not agree. Is anything of one call kept in a variable that all calls share?");
}

static int run_two(void)
{
    static const long in[1] = {1};
    static const struct contrast_plan plan = {task_same, in,       1,    1,   2,
                                              no_clock,  no_clock, NULL, NULL};
    static const struct contrast_engine engines[2] = {{"a", engine_plain, NULL},
                                                      {"b", engine_plain, NULL}};
    struct contrast_row rows[2] = {{0}};
    int failed = contrast_run(&plan, engines, 2, rows);

    expect(
        failed || (rows[0].agrees && rows[1].agrees),
        "There was no memory, and contrast_run claims to have succeeded, but its rows are empty.");
    return failed;
}

/* After runs of few tasks one of many, on a small stack: what lies there cannot say that no memory
 * is left. */
static void check_many(void)
{
    enum { MANY = 50000 };
    static const struct contrast_engine plain = {"plain", engine_plain, NULL};
    static long in[MANY];
    const struct contrast_plan plan = {task_same, in, MANY, 1, 2, no_clock, no_clock, NULL, NULL};
    struct rlimit before, small;
    int failed;

    getrlimit(RLIMIT_STACK, &before);
    small = (struct rlimit){128 << 10, before.rlim_max};
    if (!GRADER_SANITIZED)
        setrlimit(RLIMIT_STACK, &small);
    failed = grader_call(contrast_run(&plan, &plain, 1, world_rows), "contrast_run",
                         "contrast_run of %d tasks after runs of %d, on a stack of 128 KiB", MANY,
                         WORLD_TASKS);
    setrlimit(RLIMIT_STACK, &before);
    expect(!failed, "contrast_run of %d tasks failed with errno %s.", MANY, error_name(errno));
    expect(world_rows[0].agrees, "The only engine does not agree with itself, in %d tasks.", MANY);
}

static int calls; /* of this engine, whichever of the table it is */

static int engine_second_fails(task_fn *task, const long in[], long out[], size_t n, int workers)
{
    if (++calls != 2)
        return engine_plain(task, in, out, n, workers);
    errno = EDOM;
    return -1;
}

/* More engines than a number has bits: one that fails takes no other one with it. */
static void check_many_engines(void)
{
    enum { ENGINES = 300, ROUNDS = 2 };
    static struct contrast_engine engines[ENGINES];
    static struct contrast_row rows[ENGINES];
    static const long in[1] = {1};
    const struct contrast_plan plan = {task_same, in, 1, 1, ROUNDS, no_clock, no_clock, NULL, NULL};

    for (int i = 0; i < ENGINES; i++)
        engines[i] = (struct contrast_engine){"b", engine_second_fails, NULL};
    calls = 0;
    expect(grader_call(contrast_run(&plan, engines, ENGINES, rows), "contrast_run",
                       "contrast_run of %d engines", ENGINES) == 0,
           "contrast_run failed with errno %s.", error_name(errno));
    expect(calls == ROUNDS * ENGINES - 1 && rows[1].error == EDOM,
           "Of %d engines the second one failed in the first of %d rounds. So %d runs are to be "
           "made, but there were %d: how do you remember which engines have failed?",
           ENGINES, ROUNDS, ROUNDS * ENGINES - 1, calls);
}

/* More tasks than there is memory for; as an unsigned, one. */
static void check_no_room(void)
{
    static const struct contrast_engine plain = {"plain", engine_plain, NULL};
    static const long in[1] = {1};
    const struct contrast_plan plan = {task_same, in,  (1UL << 32) + 1, 1, 1, no_clock, no_clock,
                                       NULL,      NULL};
    struct rlimit before, small;

    getrlimit(RLIMIT_AS, &before);
    small = (struct rlimit){512UL << 20, before.rlim_max};
    if (before.rlim_cur < small.rlim_cur)
        small.rlim_cur = before.rlim_cur;
    setrlimit(RLIMIT_AS, &small);
    grader_refused("contrast_run of 4294967297 tasks", contrast_run(&plan, &plain, 1, world_rows),
                   ENOMEM);
    setrlimit(RLIMIT_AS, &before);
}

/* Whatever its error says: there is no second try. */
static void fail_in_round_2(int error)
{
    world_begin();
    world.runs[1][0].count = 5;
    world.runs[1][1].error = error;
    world_run();
    expect_at(world.untimed ? "run_once" : "contrast_run", strcmp(world.log, "ABCABCAC") == 0,
              "Engine B failed in round 2 and is left out after that: ABCABCAC, not %s.",
              world.log);
}

static void check_first_fails(bool sound)
{
    world_begin();
    world.runs[0][0].error = ENOMEM;
    world_run();
    expect(world_rows[0].error == ENOMEM && world_rows[1].error == 0 && world_rows[1].best == 100,
           "If the first engine fails, the others are still timed.");
    expect_at("conclude",
              !world_rows[1].agrees && !world_rows[2].agrees && isnan(world_rows[1].speedup) &&
                  isnan(world_rows[0].speedup),
              "If the first engine fails, there is nothing to agree with, and no speedup (NAN).");
    world_begin();
    world.runs[0][1].error = EDOM;
    world_run();
    expect(strcmp(world.log, "ABCABCBC") == 0,
           "The first engine failed in round 2 and is left out after that: ABCABCBC, not %s.",
           world.log);
    if (sound)
        world_expect_announced("A0B0C0A1B1C1B2C2");
    expect_at("conclude",
              world_rows[0].best == 0 && !world_rows[1].agrees && isnan(world_rows[2].speedup),
              "The first engine failed in round 2: it has no times, nobody agrees, and there is no "
              "speedup (NAN).");
}

void test_contrast_failures(void)
{
    bool sound; /* where nothing fails, progress is told the right things */

    world_begin();
    world_run();
    sound = strcmp(world.announced, WORLD_ANNOUNCED) == 0;
    fail_in_round_2(EAGAIN);
    fail_in_round_2(EINTR);
    fail_in_round_2(ENOMEM);
    fail_in_round_2(EDOM);
    expect(strlen(world.announced) <= 2 * strlen(world.log),
           "Engine B failed in round 2: progress is called before a run, and so not for B in round "
           "3, but for %zu runs it was called %zu times.",
           strlen(world.log), strlen(world.announced) / 2);
    if (sound)
        world_expect_announced("A0B0C0A1B1C1A2C2");
    /* It was left out, so run_once has noted an error; then 0 has come later. */
    expect_at(world_rows[1].error ? "run_once" : "conclude", world_rows[1].error == EDOM,
              "A run failed with %s: that should be in its row's error, not %d.", error_name(EDOM),
              world_rows[1].error);
    expect_at("conclude",
              world_rows[1].best == 0 && world_rows[1].worst == 0 && world_rows[1].cpu == 0 &&
                  !world_rows[1].agrees && isnan(world_rows[1].speedup),
              "An engine that failed has no times, no speedup (NAN), and does not agree.");
    expect_at("conclude", world_rows[1].counted == 0,
              "An engine that failed should count 0, but its row counts %lu.",
              world_rows[1].counted);
    expect(world_rows[2].error == 0 && world_rows[2].agrees && world_rows[2].speedup == 1,
           "The failure of one engine should not touch another's row.");
    check_first_fails(sound);
    check_arguments();
    check_many();
    no_memory_try("contrast_run", run_two);
    check_many_engines();
    if (!GRADER_SANITIZED) /* there what asks for too much ends the program */
        check_no_room();
}
