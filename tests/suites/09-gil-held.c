/* Whether each task has the lock, also one that has nobody to share it with. */
#include "tests/suites/09-gil-support.h"

#include <errno.h>
#include <stdatomic.h>

#include <omp.h>

#include "common/interp.h"
#include "tests/harness/grader.h"
#include "tests/harness/wording.h"
#include "tests/watch/quiet.h"

enum { MOST_TASKS = 8, LAST = 1 };

/* The lock that tasks should have; NULL: that of gil_map, whichever it is. */
static struct gil *given;
static atomic_int without; /* so many tasks did not have it */

static int no_hook(void *self)
{
    (void)self;
    return 0;
}

/* In a task of gil_map that is alone: somebody else's lock can be installed only if none is. */
static bool some_lock_is_installed(void)
{
    static const struct interp_lock other = {no_hook, no_hook, &without};

    if (interp_install(&other))
        return true;
    interp_uninstall(&without);
    return false;
}

/* Gives the lock back and takes it again: only who has it can. Number LAST waits before that until
 * all other threads of the team have nothing left to do. */
static int task_drops(long in, long *out)
{
    bool installed;

    *out = in;
    if (in == LAST) {
        interp_blocking_begin();
        quiet_wait_briefly(NULL);
        interp_blocking_end();
    }
    installed = given ? interp_installed(given) : some_lock_is_installed();
    if (!installed || interp_detach())
        atomic_fetch_add(&without, 1);
    else
        interp_attach();
    return 0;
}

static void expect_held(const char *name, size_t n, int workers)
{
    const long in[MOST_TASKS] = {[MOST_TASKS - 1] = LAST};
    long out[MOST_TASKS];
    const char *call =
        wording("%s of %s with %s", name, plural((long)n, "task"), plural(workers, "worker"));
    int failed;

    atomic_store(&without, 0);
    grader_doing(name, "%s", call);
    failed = given ? gil_map_with(given, task_drops, in, out, n, workers)
                   : gil_map(task_drops, in, out, n, workers);
    grader_did();
    expect_at(name, !failed, "%s failed with errno %s.", call, error_name(errno));
    expect_at(name, atomic_load(&without) == 0,
              "%s: each task computes only while its thread holds the lock, also one that is "
              "alone or the last to end, but %d of them ran without it.",
              call, atomic_load(&without));
}

void gil_expect_held(void)
{
    const int levels = omp_get_max_active_levels();

    given = gil_begin(HOUR_US);
    expect_held("gil_map_with", MOST_TASKS, 4);
    expect_held("gil_map_with", MOST_TASKS, 1);
    expect_held("gil_map_with", 1, 4);
    omp_set_max_active_levels(0); /* the runtime grants one thread */
    expect_held("gil_map_with", MOST_TASKS, 4);
    omp_set_max_active_levels(levels);
    gil_end(given);
    given = NULL;
    expect_held("gil_map", MOST_TASKS, 1);
    expect_held("gil_map", 1, 4);
}
