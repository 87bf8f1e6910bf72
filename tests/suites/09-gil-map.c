/* The engine: what every engine must do, and how tasks give the lock up. Tasks run in the threads
 * of a team, each with the lock held. */
#include "tests/suites/09-gil.h"

#include <errno.h>
#include <stdatomic.h>

#include "common/interp.h"
#include "tests/suites/09-gil-support.h"
#include "tests/harness/conformance.h"
#include "tests/harness/faults.h"
#include "tests/harness/grader.h"
#include "tests/harness/meeting.h"
#include "tests/harness/wording.h"

/* What tasks reach; made or set by the test before the call. */
static struct meeting *meeting;
static struct hold *hold;
static atomic_int started;

static int task_hold(long in, long *out)
{
    hold_pass(hold);
    *out = in;
    return 0;
}

/* Blocks; fails with EDOM if errno does not survive that. */
static int task_block(long in, long *out)
{
    int error;

    errno = 1234;
    interp_blocking_begin();
    error = meeting_join(meeting);
    interp_blocking_end();
    *out = in;
    return error ? error : errno == 1234 ? 0 : EDOM;
}

void test_gil_blocking(void)
{
    long in[8] = {0}, out[8];
    struct gil *gil;

    conform_begin("gil_map");
    gil = gil_begin(HOUR_US);
    hold = hold_create(2);
    expect(gil_map_with(gil, task_hold, in, out, 8, 4) == 0, "gil_map_with failed with errno %s.",
           error_name(errno));
    expect(hold_most(hold) == 1,
           "Only the holder of the lock may compute, but %d tasks did at the same time.",
           hold_most(hold));
    hold_free(hold);
    meeting = meeting_create(4);
    expect(gil_map_with(gil, task_block, in, out, 4, 4) == 0 || errno != EDOM,
           "errno should survive a blocking call, with the lock dropped and taken again.");
    expect(meeting_most(meeting) == 4,
           "A task that blocks should give the lock up, so that 4 of 4 can block at the same time, "
           "but there were never more than %d.",
           meeting_most(meeting));
    meeting_free(meeting);
    gil_end(gil);
}

/* Computes until as many tasks have started as there are threads, or a thousand million ticks. */
static int task_tick(long in, long *out)
{
    long ticks = 0;

    atomic_fetch_add(&started, 1);
    while (atomic_load(&started) < in) {
        interp_tick();
        if (++ticks == 1000000000)
            return ETIME;
    }
    *out = ticks;
    return 0;
}

void test_gil_ticks(void)
{
    long in[3] = {3, 3, 3}, out[3];
    struct gil_counts counts;
    struct gil *gil;

    conform_begin("gil_map");
    gil = gil_begin(1000);
    expect(gil_map_with(gil, task_tick, in, out, 3, 3) == 0,
           "A task that computes should give the lock up at a tick once it is asked to, so that "
           "the next can start. But the other tasks never had their turn.");
    gil_read_counts(gil, &counts);
    expect(counts.switches >= 3 && counts.forced >= 2,
           "Three computing tasks took turns: 3 switches and 2 forced drops at least, not %lu and "
           "%lu.",
           counts.switches, counts.forced);
    expect(gil_install(gil) == 0, "After gil_map_with no lock should be installed any more.");
    grader_refused("gil_map while another lock is installed", gil_map(task_tick, in, out, 3, 3),
                   EBUSY);
    grader_refused("gil_destroy of an installed lock", gil_destroy(gil), EBUSY);
    expect(gil_uninstall(gil) == 0, "gil_uninstall failed with errno %s.", error_name(errno));
    grader_refused("gil_map_with without a lock (NULL)",
                   gil_map_with(NULL, task_tick, in, out, 3, 3), EINVAL);
    gil_end(gil);
}

void test_gil_map(void)
{
    const struct engine *engine = conform_begin("gil_map");

    conform_team(engine);
    conform_results(engine);
    conform_together(engine);
    conform_at_most(engine);
    conform_one_by_one(engine);
    conform_alternating(engine);
}

static int task_fail(long in, long *out)
{
    *out = in;
    return EDOM;
}

void test_gil_map_errors(void)
{
    const struct engine *engine = conform_begin("gil_map");
    long in[1] = {0}, out[1];

    conform_arguments(engine);
    conform_errors(engine);
    conform_no_memory(engine);
    conform_tidy(engine);
    conform_signals(engine);
    atomic_store(&faults_reset()->pthread_changes_errno, true);
    grader_refused("A task fails with EDOM, and pthread functions change errno after that: gil_map",
                   gil_map(task_fail, in, out, 1, 1), EDOM);
}
