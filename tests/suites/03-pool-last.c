/* Each test begins with it: workers end their work at the same time, and one is the last. */
#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/shared.h"
#include "tests/harness/forced_stop.h"
#include "tests/harness/wording.h"
#include "tests/suites/03-pool-support.h"

enum { MOST_POINTS = 18 };

/* In shared memory, made before the workers. */
static struct shared {
    atomic_int point; /* where the worker of the first task stops */
    atomic_int begun; /* 1 once it is on its way there */
} * shared;

static struct meeting *both; /* so neither worker runs both tasks */

/* In a worker. The second task ends when the first one's worker has been stopped behind its own. */
static int task_end_at_stop(long in, long *out)
{
    *out = in;
    if (meeting_join(both))
        return 0;
    if (in == 1) {
        forced_stop_at(atomic_load(&shared->point));
        atomic_store(&shared->begun, 1);
        return 0;
    }
    while (!atomic_load(&shared->begun))
        usleep(1000); /* it may still nap in the meeting: nobody would see that it goes on */
    forced_stop_wait();
    return 0;
}

/* Each time in a new pool: what one map leaves behind is another matter (try_end). */
void pool_try_last_of_all(void)
{
    const char *call = "pool_map of 2 tasks on 3 workers, one of which is held up between two "
                       "steps of its work while the others end theirs";
    bool stopped = true;

    shared = grader_share(1, sizeof *shared);
    for (int point = 1; point <= MOST_POINTS && stopped; point++) {
        struct pool *pool;

        both = meeting_create(2);
        pool = pool_begin_plainly(3);
        atomic_store(&shared->point, point);
        atomic_store(&shared->begun, 0);
        forced_stop_reset();
        expect(grader_call(pool_map(pool, task_end_at_stop, pool_values, pool_results, 2, 1),
                           "worker_main", "%s", call) == 0,
               "%s failed with errno %s.", call, error_name(errno));
        stopped = forced_stop_wait();
        pool_end(pool);
        while (waitpid(-1, NULL, WNOHANG) > 0)
            ; /* whom pool_close has left: what that breaks is for other tests to say */
        meeting_free(both);
    }
    forced_stop_reset();
    shared_free(shared);
}
