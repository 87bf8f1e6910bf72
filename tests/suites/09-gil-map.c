/* The engine: what every engine must do. Tasks run in the threads of a team, each with the lock
 * held. */
#include "tests/suites/09-gil.h"

#include <errno.h>
#include <stdatomic.h>

#include <omp.h>

#include "tests/suites/09-gil-support.h"
#include "tests/harness/conformance.h"
#include "tests/harness/faults.h"
#include "tests/harness/grader.h"
#include "tests/harness/wording.h"
#include "tests/watch/quiet.h"

/* A failure of the map leads to the function that makes the threads, but for what is left behind.
 * */
static const struct conform_looks looks = {
    .results = "gil_map_with",
    .together = "gil_map_with",
    .at_most = "gil_map_with",
    .arguments = "gil_map_with",
    .errors = "gil_map_with",
    .skipped = "gil_map_with",
    .late = "gil_map_with",
    .signals = "gil_map_with",
};

static const struct engine *begin_engine(void)
{
    omp_set_num_threads(1); /* the team's size where workers are forgotten */
    conform_lead_to(&looks);
    return conform_begin("gil_map");
}

void test_gil_map(void)
{
    const struct engine *engine = begin_engine();

    gil_expect_sound_lock();
    conform_team(engine);
    conform_results(engine);
    conform_together(engine);
    conform_at_most(engine);
    conform_one_by_one(engine);
    conform_alternating(engine);
    gil_try_own_interval();
    gil_try_short_interval();
    gil_try_fewer_threads();
}

static int task_echo(long in, long *out)
{
    *out = in;
    return 0;
}

static int task_fail(long in, long *out)
{
    *out = in;
    return EDOM;
}

static void try_busy(void)
{
    const long in[1] = {0};
    long out[1];
    struct gil *gil = gil_create(HOUR_US);

    expect_at("gil_install", gil_install(gil) == 0, "gil_install failed with errno %s.",
              error_name(errno));
    grader_refused("gil_map while another lock is installed", gil_map(task_echo, in, out, 1, 1),
                   EBUSY);
    gil_uninstall(gil);
    gil_end(gil);
}

/* No tasks: no threads, and no lock to install. The team's size where workers are forgotten is
 * larger than any that was made before. */
static void try_nothing(void)
{
    const long in[1] = {0};
    long out[1];
    int before, made, team = omp_get_max_threads();
    struct gil *gil = gil_create(HOUR_US);

    omp_set_num_threads(100);
    before = quiet_look().threads;
    expect_at("gil_map_with",
              grader_call(gil_map_with(gil, task_echo, in, out, 0, 4), "gil_map_with",
                          "gil_map_with of 0 tasks") == 0,
              "gil_map_with of 0 tasks failed with errno %s.", error_name(errno));
    made = quiet_look().threads - before;
    omp_set_num_threads(team);
    expect_at("gil_map_with", made <= 0,
              "gil_map_with of 0 tasks has nothing to do, but it made %s.", plural(made, "thread"));
    expect_at("gil_install", gil_install(gil) == 0, "gil_install failed with errno %s.",
              error_name(errno));
    expect_at("gil_map_with",
              grader_call(gil_map(task_echo, in, out, 0, 4), "gil_map_with",
                          "gil_map of 0 tasks while another lock is installed") == 0,
              "gil_map of 0 tasks while another lock is installed should return 0, as there is "
              "nothing to install, but it failed with errno %s.",
              error_name(errno));
    gil_uninstall(gil);
    gil_end(gil);
}

/* How many allocations a call of gil_map makes. */
static int count_allocations(void)
{
    enum { PLENTY = 1000000 };
    const long in[1] = {3};
    long out[1];

    atomic_store(&faults_reset()->memory_fails_at, PLENTY);
    grader_call(gil_map(task_echo, in, out, 1, 1), "gil_map", "gil_map of a task");
    return PLENTY - atomic_exchange(&faults_now()->memory_fails_at, 0);
}

void test_gil_map_errors(void)
{
    int at_first = count_allocations();
    const struct engine *engine = begin_engine();
    long in[1] = {0}, out[1];

    gil_expect_sound_lock();
    expect_at("gil_map", at_first == 0 || count_allocations() > 0,
              "The first call of gil_map needed memory for its lock, but a later one needs none. "
              "Is the lock kept? It should be made for each call, and destroyed after it.");
    conform_arguments(engine);
    conform_errors(engine);
    conform_no_memory(engine);
    gil_wait_for_watcher();
    conform_tidy(engine);
    conform_signals(engine);
    gil_try_last_fails();
    try_nothing();
    try_busy();
    atomic_store(&faults_reset()->pthread_changes_errno, true);
    grader_refused(
        "gil_map of a task that fails with EDOM, where pthread functions change errno after that,",
        gil_map(task_fail, in, out, 1, 1), EDOM);
}
