/* What the rows say when all goes well: order, best rounds, speedups, results compared. */
#include "tests/suites/10-contrast.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <string.h>

#include "tests/suites/10-contrast-world.h"
#include "tests/harness/grader.h"
#include "tests/harness/wording.h"

static int announced; /* how often progress has been called without a context */

static void count_announced(void *context, size_t engine, int round)
{
    (void)engine, (void)round;
    announced += context == NULL;
}

/* The context is progress's own: it may need none. */
static void check_no_context(void)
{
    struct contrast_plan plan = world_plan;

    world_begin();
    plan.progress = count_announced;
    plan.context = NULL;
    expect(grader_call(contrast_run(&plan, world_engines, WORLD_ENGINES, world_rows),
                       "contrast_run", "contrast_run with no context (NULL)") == 0,
           "contrast_run with no context (NULL) failed with errno %s.", error_name(errno));
    expect(announced == WORLD_ROUNDS * WORLD_ENGINES,
           "progress should be called before each run, also where the context is NULL, but in %d "
           "rounds of %d engines it was called %d times.",
           WORLD_ROUNDS, WORLD_ENGINES, announced);
}

void test_contrast_rounds(void)
{
    world_begin();
    world.leaves = EAGAIN;
    world_run();
    expect_at("run_once", world_rows[0].error == 0,
              "An engine that went well (it returned 0, whatever it left in errno) has the error "
              "%d.",
              world_rows[0].error);
    expect(
        strcmp(world.log, "ABCABCABC") == 0,
        "Engines A, B and C over 3 rounds should run as ABCABCABC, so that a disturbance hits all "
        "alike, but they ran as %s.",
        world.log);
    world_expect_announced(WORLD_ANNOUNCED);
    expect(!world.late, "progress should be called before each run, but it was called after one.");
    expect_at("run_once", world.workers == WORLD_WORKERS,
              "Each engine should get the plan's %d workers, also for %d tasks, but it got %d.",
              WORLD_WORKERS, WORLD_TASKS, world.workers);
    check_no_context();
}

static void expect_time(const char *what, int64_t got, int64_t wanted)
{
    expect(got != INT_MAX || wanted <= INT_MAX,
           "%s should be %lld ns, not %lld, which is INT_MAX. Is that what best begins with?", what,
           (long long)wanted, (long long)got);
    expect_at("run_once", got == wanted, "%s should be %lld ns, not %lld.", what, (long long)wanted,
              (long long)got);
}

/* The counter is read before the CPU clock, and not between that and the wall clock; after the run
 * both clocks come first. */
static void check_counter_outside(int64_t got, int64_t wanted)
{
    expect_at("run_once", got != wanted + WORLD_READ_CPU,
              "The CPU time of the quickest round should be %lld ns, not %lld. In this test it "
              "takes %d ns of CPU time to read the counter, and that was timed. Before the run the "
              "counter is read before the CPU clock, and after the run after it.",
              (long long)wanted, (long long)got, WORLD_READ_CPU);
}

/* A clock may be coarser than a run; and a run may last for seconds. */
static void check_lengths(void)
{
    const int64_t long_run = 5 * NS_PER_S; /* does not fit in an unsigned, either */

    world_begin();
    world.what = "one of which takes 0 ns in a round";
    world.runs[1][0].wall = 0;
    world_run();
    expect_time("The best of rounds of 0, 100 and 100 ns", world_rows[1].best, 0);
    world_begin();
    world.what = "one of which takes 0 ns in a round";
    world.runs[1][1].wall = 0;
    world_run();
    expect_time("The best of rounds of 100, 0 and 100 ns", world_rows[1].best, 0);
    world_begin();
    for (int round = 0; round < WORLD_ROUNDS; round++)
        world.runs[1][round] = (struct world_run){.wall = long_run, .cpu = long_run};
    world_run();
    expect_time("The best of three rounds of 5 s", world_rows[1].best, long_run);
    expect_time("The worst of three rounds of 5 s", world_rows[1].worst, long_run);
    expect_time("The CPU time of rounds that compute for 5 s", world_rows[1].cpu, long_run);
}

/* Clocks that count from far back, as one that counts from 1970 does. */
static void check_far_clocks(void)
{
    const int64_t far = (1LL << 60) + 1;

    world_begin();
    world.wall = world.cpu = far;
    world_run();
    expect_at("run_once",
              world_rows[1].best == 100 && world_rows[1].worst == 100 && world_rows[1].cpu == 10,
              "On clocks that show %lld ns, runs that take 100 ns and 10 ns of CPU time have a "
              "best of 100, a worst of 100 and 10 ns of CPU time, not %lld, %lld and %lld: is a "
              "time kept in a double, which has 53 bits?",
              (long long)far, (long long)world_rows[1].best, (long long)world_rows[1].worst,
              (long long)world_rows[1].cpu);
}

void test_contrast_best(void)
{
    world_begin();
    world.runs[1][0] = (struct world_run){.wall = 300, .cpu = 30, .count = 3};
    world.runs[1][1] = (struct world_run){.wall = 200, .cpu = 90, .count = 7};
    world.runs[1][2] = (struct world_run){.wall = 900, .cpu = 20, .count = 1};
    world.runs[2][0].wall = 700;
    world_run();
    expect_at("run_once", !world.filled,
              "The %s clock was read before the results were filled, which is no part of the run: "
              "a run is timed from just before the engine's call.",
              world.filled);
    expect(world_rows[1].best != 0 || world_rows[1].worst != 900,
           "The best of rounds of 300, 200 and 900 ns should be 200 ns, and it is 0: what does "
           "best begin with?");
    expect_time("The best of rounds of 300, 200 and 900 ns", world_rows[1].best, 200);
    expect_time("The worst of rounds of 300, 200 and 900 ns", world_rows[1].worst, 900);
    check_counter_outside(world_rows[1].cpu, 90);
    expect_time("The CPU time of the quickest round", world_rows[1].cpu, 90);
    expect_at("run_once", world_rows[1].counted == 7,
              "The counter grew by 7 in the quickest round, not by %lu.", world_rows[1].counted);
    expect_at("run_once", world_rows[2].counted == 0,
              "The counter did not grow while the third engine ran.");
    expect_at("run_once", world_rows[0].counted == 0,
              "An engine without a counter should count 0.");
    expect_time("The worst of rounds of 700, 100 and 100 ns", world_rows[2].worst, 700);
    expect_time("The best of three rounds of 100 ns", world_rows[0].best, 100);
    expect_time("The worst of three rounds of 100 ns", world_rows[0].worst, 100);
    check_lengths();
    check_far_clocks();
    world_begin();
    world.runs[1][1] = (struct world_run){.wall = 50, .count = (1UL << 40) + 7};
    world_run();
    expect_at("run_once", world_rows[1].counted == (1UL << 40) + 7,
              "The counter grew by %lu in the quickest round, not by %lu. Is it kept in an int?",
              (1UL << 40) + 7, world_rows[1].counted);
}

void test_contrast_speedup(void)
{
    world_begin();
    world.runs[0][0].wall = 800;
    world.runs[0][1].wall = 400;
    world.runs[0][2].wall = 600;
    world.runs[2][0].wall = world.runs[2][1].wall = world.runs[2][2].wall = 160;
    world_run();
    expect_at("conclude", world_rows[0].speedup == 1,
              "The first engine's speedup over itself is 1, not %f.", world_rows[0].speedup);
    expect_at("conclude", world_rows[1].speedup == 4,
              "Best of 400 ns over best of 100 ns is 4, not %f.", world_rows[1].speedup);
    expect_at("conclude", world_rows[2].speedup == 2.5,
              "Best of 400 ns over best of 160 ns is 2.5, not %f.", world_rows[2].speedup);
    world_begin();
    for (int round = 0; round < WORLD_ROUNDS; round++) {
        world.runs[0][round].wall = 1000000007;
        world.runs[1][round].wall = 1;
    }
    world_run();
    expect_at("conclude",
              world_rows[1].speedup > 1000000006.5 && world_rows[1].speedup < 1000000007.5,
              "Best of 1000000007 ns over best of 1 ns is 1000000007, not %f. Is it kept in a "
              "float?",
              world_rows[1].speedup);
}

static const char *agreement(int row)
{
    return world_rows[row].agrees ? "true" : "false";
}

/* Runs a script in which every round of one engine differs, and returns that engine's row. */
static struct contrast_row run_uneven(int engine, int round, long wrong)
{
    world_begin();
    world.runs[engine][0] = (struct world_run){.wall = 40, .cpu = 4, .count = 2};
    world.runs[engine][1] = (struct world_run){.wall = 25, .cpu = 3, .count = 1};
    world.runs[engine][2] = (struct world_run){.wall = 80, .cpu = 8, .count = 4};
    world.runs[engine][round].wrong = wrong;
    world_run();
    return world_rows[engine];
}

/* Wrong results are no failure: the engine runs and is timed as if they were right. (The first
 * engine's first results are right, whatever they are.) */
static void check_wrong_is_no_failure(int engine, int round)
{
    struct contrast_row right = run_uneven(engine, round, 0), wrong;
    int runs = world.done[engine];

    wrong = run_uneven(engine, round, 1);
    expect(world.done[engine] == runs,
           "Engine %c ran %d times, but only %d times where its results were wrong in round %d: "
           "only an engine that failed is left out of the rounds that follow.",
           'A' + engine, runs, world.done[engine], round + 1);
    expect_at(wrong.error == right.error ? "conclude" : "contrast_run",
              wrong.error == right.error && wrong.best == right.best &&
                  wrong.worst == right.worst && wrong.cpu == right.cpu &&
                  wrong.counted == right.counted &&
                  (isnan(right.speedup) || wrong.speedup == right.speedup),
              "Engine %c had wrong results in round %d. That is no failure: but for agrees its row "
              "should be what it is where they are right, and it is not.",
              'A' + engine, round + 1);
}

/* A call does not know what came of the one before, though its plan is the same. */
static void check_other_results(void)
{
    world_begin();
    for (int engine = 0; engine < WORLD_ENGINES; engine++)
        for (int round = 0; round < WORLD_ROUNDS; round++)
            world.runs[engine][round].wrong = 1;
    world_run();
    expect(world_rows[0].agrees && world_rows[1].agrees && world_rows[2].agrees,
           "In a second call, with the same plan, all engines have another result than in the "
           "first call, and in all rounds the same, so all should agree. Is anything kept from one "
           "call to the next?");
}

static void check_forgotten(int round, int place)
{
    world_begin();
    world.runs[1][round].forgets = place;
    world_run();
    expect(!world_rows[1].agrees,
           "The second engine did not store result %d of %d in round %d, and agrees all the same. "
           "What was there before its run? (Result 3 is 0 in this test.)",
           place, WORLD_TASKS, round + 1);
}

void test_contrast_agrees(void)
{
    world_begin();
    world_run();
    expect(world_rows[0].agrees && world_rows[1].agrees && world_rows[2].agrees,
           "All engines had the same results in all rounds, so all should agree.");
    check_other_results();
    for (int round = 0; round < WORLD_ROUNDS; round++) {
        world_begin();
        world.runs[1][round].wrong = 1;
        world.runs[1][round].where = round == 0 ? WORLD_TASKS - 1 : round - 1;
        world_run();
        expect(world_rows[0].agrees && !world_rows[1].agrees && world_rows[2].agrees,
               "One of the second engine's results was wrong in round %d of 3, so agrees should be "
               "true, false, true for the three engines, but it is %s, %s, %s.",
               round + 1, agreement(0), agreement(1), agreement(2));
    }
    world_begin();
    world.runs[1][1].swapped = true;
    world_run();
    expect(!world_rows[1].agrees,
           "The second engine stored two results at each other's places in its second round: then "
           "it does not agree, though the sum is the same.");
    world_begin();
    world.runs[1][1].wrong = 1L << 32;
    world_run();
    expect(!world_rows[1].agrees,
           "The second engine's results are wrong by 4294967296 in its second round: then it does "
           "not agree. Are results, and their differences, kept in longs?");
    for (int round = 0; round < WORLD_ROUNDS; round++)
        for (int place = 1; place <= WORLD_TASKS; place++)
            check_forgotten(round, place);
    world_begin();
    world.runs[2][1].lazy = true;
    world_run();
    expect(!world_rows[2].agrees,
           "The third engine stored no results in its second round: what it stored in the round "
           "before should not count for it.");
    world_begin();
    world.runs[0][2].wrong = 1;
    world_run();
    expect(!world_rows[0].agrees && world_rows[1].agrees,
           "The first engine's last round differs from its "
           "first: then it does not agree with itself.");
    check_wrong_is_no_failure(0, 1);
    check_wrong_is_no_failure(1, 0);
    check_wrong_is_no_failure(1, 1);
    contrast_try_run_in_run();
}
