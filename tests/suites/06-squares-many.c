/* More children than any small array holds; a part of the test caller. */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/resource.h>
#include <unistd.h>

#include "tests/suites/06-squares-support.h"
#include "tests/suites/06-squares.h"
#include "tests/harness/faults.h"
#include "tests/harness/grader.h"
#include "tests/harness/wording.h"
#include "tests/watch/quiet.h"

/* AT_ONCE: the judge ends whoever has more than a hundred processes. */
enum { MANY = 300, AT_ONCE = 40 };

static struct faults *faults;
static bool crowded; /* children stay where they cannot go on: so many cannot be tried */

/* Before each fork: where SIGCHLD is ignored, children that have ended are gone. Whoever waits for
 * its parent before it leaves is right, too: then the next fork fails. */
static void wait_for_room(void)
{
    if (crowded || squares_count_children() < AT_ONCE)
        return;
    quiet_wait_briefly(NULL);
    crowded = squares_count_children() >= AT_ONCE;
    if (crowded)
        atomic_store(&faults->fork_fails_at, 1);
}

/* Whoever has more than one descriptor for each child may not get them all. */
static void expect_many(const struct squares_way *way, const struct squares_job *job)
{
    int failed = squares_run(way, NULL, job);

    if (failed && (crowded || errno == EMFILE))
        return;
    expect(!failed, "%s of %s should succeed, but it failed with errno %s.", way->name,
           plural((long)job->n, "value"), error_name(errno));
    for (size_t i = 0; i < job->n; i++)
        expect(job->squares[i] == job->values[i] * job->values[i],
               "%s of %zu values: squares[%zu] should be the square of %ld, but it is %ld.",
               way->name, job->n, i, job->values[i], job->squares[i]);
}

void squares_expect_many(const struct squares_way *way)
{
    static long values[MANY], squares[MANY];
    const struct squares_job job = {values, squares, MANY, squares_open_output(), NULL};
    struct rlimit before, most;

    faults = faults_reset();
    getrlimit(RLIMIT_NOFILE, &before);
    most = (struct rlimit){before.rlim_max, before.rlim_max};
    setrlimit(RLIMIT_NOFILE, &most);
    for (long i = 0; i < MANY; i++)
        values[i] = 3 * i - 100;
    signal(SIGCHLD, SIG_IGN);
    squares_note_caller();
    pthread_atfork(wait_for_room, NULL, NULL);
    expect_many(way, &job);
    faults_reset();
    signal(SIGCHLD, SIG_DFL);
    setrlimit(RLIMIT_NOFILE, &before);
    close(job.output);
}
