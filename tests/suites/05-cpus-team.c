/* How many threads OpenMP uses. */
#include "tests/suites/05-cpus.h"

#include <sched.h>
#include <stdbool.h>

#include <omp.h>

#include "05-cpus/cpus.h"
#include "tests/harness/forced_stop.h"
#include "tests/harness/grader.h"
#include "tests/harness/wording.h"

/* What holds for the regions to come. */
enum { SETTINGS = 5 };
static const char *const setting_names[SETTINGS] = {"omp_get_max_threads", "omp_get_dynamic",
                                                    "omp_get_max_active_levels", "omp_get_schedule",
                                                    "omp_get_schedule"};

static void take_settings(int settings[SETTINGS])
{
    omp_sched_t kind;

    settings[0] = omp_get_max_threads();
    settings[1] = omp_get_dynamic() != 0;
    settings[2] = omp_get_max_active_levels();
    omp_get_schedule(&kind, &settings[4]);
    settings[3] = (int)kind;
}

/* Calls cpus_team. What that finds set, it leaves so. */
static int ask_team(const char *where)
{
    int before[SETTINGS], after[SETTINGS], got;

    take_settings(before);
    got = grader_call(cpus_team(), "cpus_team", "cpus_team, %s", where);
    take_settings(after);
    for (size_t i = 0; i < SETTINGS; i++)
        expect(after[i] == before[i],
               "Before a call of cpus_team %s says %d, and after it %d. What holds for all regions "
               "(omp_set_...) is to be told, and not changed.",
               setting_names[i], before[i], after[i]);
    return got;
}

static void expect_team(int threads)
{
    int got = ask_team(wording("where a region has a team of %s", plural(threads, "thread")));

    expect(got == threads, "A parallel region has a team of %s now, but cpus_team says %d.",
           plural(threads, "thread"), got);
}

/* One thread of the team is stopped in the middle, and all others go on. Returns false if none came
 * to that point. */
static bool check_stopped_thread(int point)
{
    bool happened;
    int got;

    forced_stop_other_at(point);
    got = grader_call(cpus_team(), "cpus_team",
                      "cpus_team, one of whose threads is stopped for a while");
    happened = forced_stop_happened();
    forced_stop_reset();
    expect(got == 5,
           "A parallel region has a team of 5 threads, and cpus_team says %d if one of them is "
           "stopped for a while in the middle of its work. Do several threads write one "
           "variable at once?",
           got);
    return happened;
}

/* Whoever comes to a point first is stopped. A team's last thread may do no harm when it writes
 * late, and it is the first one in at most every fourth round. */
static void check_stopped_threads(void)
{
    const int rounds = 8, most_points = 8;

    omp_set_num_threads(5);
    for (int round = 0; round < rounds; round++)
        for (int point = 1; point <= most_points && check_stopped_thread(point); point++)
            ;
}

/* Five threads are asked for, and no region gets more than one: the only thread there then. */
static void check_no_teams(void)
{
    const int levels = omp_get_max_active_levels();

    omp_set_max_active_levels(0);
    expect_team(1);
    omp_set_max_active_levels(levels);
}

/* The runtime may say how large a team is, and what it says is not known. */
static void check_dynamic(void)
{
    omp_set_dynamic(1);
    ask_team("where the runtime may adjust a team (omp_set_dynamic)");
    omp_set_dynamic(0);
}

/* This process may run on the CPU where it is, and on no other. */
static void keep_one(void)
{
    cpu_set_t one;

    CPU_ZERO(&one);
    CPU_SET((size_t)sched_getcpu(), &one);
    sched_setaffinity(0, sizeof one, &one);
}

void test_cpus_team(void)
{
    cpu_set_t all;
    int inside = 0;

    grader_begin("cpus_team", cpus_team() != -1);
    omp_set_max_active_levels(3); /* settings that nobody makes by chance */
    omp_set_schedule(omp_sched_guided, 7);
    for (int threads = 1; threads <= 5; threads++) {
        omp_set_num_threads(threads);
        expect_team(threads);
    }
    check_no_teams();
    check_stopped_threads();
    check_dynamic();
    sched_getaffinity(0, sizeof all, &all);
    keep_one();
    expect_team(5); /* CPUs or not: OpenMP does not ask for them */
    sched_setaffinity(0, sizeof all, &all);
    omp_set_max_active_levels(1);
#pragma omp parallel num_threads(2) default(none) shared(inside)
#pragma omp single
    inside = cpus_team();
    expect(inside == 1,
           "A parallel region in another one has a team of 1 thread here (max_active_levels), but "
           "cpus_team says %d there.",
           inside);
}
