/* The lock towards one thread: misuse, and what is counted. */
#include "tests/suites/09-gil.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>

#include <omp.h>

#include "tests/suites/09-gil-stops.h"
#include "tests/suites/09-gil-support.h"
#include "tests/harness/faults.h"
#include "tests/harness/grader.h"
#include "tests/harness/wording.h"

static void *take_once(void *gil)
{
    gil_must_acquire(gil);
    gil_must_release(gil);
    return NULL;
}

/* In a thread that OpenMP knows nothing of: the lock is for any thread. */
static void run_in_thread(void *function(void *), void *argument)
{
    pthread_t thread;
    int error = pthread_create(&thread, NULL, function, argument);

    expect(!error, "There is no room for a thread: %s.", error_name(error));
    pthread_join(thread, NULL);
}

/* True if the lock takes two threads, one after the other, for the same. */
static bool mixes_threads_up(void)
{
    struct gil *gil = gil_begin(HOUR_US);
    struct gil_counts counts;

    run_in_thread(take_once, gil);
    gil_read_counts(gil, &counts);
    return counts.switches < 2;
}

struct release {
    struct gil *gil;
    struct grader_answer answer;
};

static void *release_only(void *argument)
{
    struct release *release = argument;

    release->answer = grader_answer(gil_release(release->gil));
    return NULL;
}

/* Thread 1 has asked thread 0 for the lock. Then calls are refused. */
void gil_try_refusals_when_asked(void)
{
    struct gil *gil = gil_begin(10000);
    struct release release = {.gil = gil};
    atomic_int held = 0;
    bool after_acquire = false, after_release = false;
    int taken = 0;

    atomic_store(&faults_reset()->no_time_limits, true);
#pragma omp parallel num_threads(2) default(none)                                                  \
    shared(gil, release, held, after_acquire, after_release, taken)
    if (omp_get_thread_num() == 0) {
        gil_must_acquire(gil);
        atomic_store(&held, 1);
        gil_wait_for_request(gil);
        gil_take_time_limits_away(gil);
        taken = gil_acquire(gil);
        after_acquire = gil_drop_requested(gil);
        run_in_thread(release_only, &release);
        after_release = gil_drop_requested(gil);
        gil_must_release(gil);
    } else {
        while (!atomic_load(&held))
            sched_yield();
        faults_pass_time(1); /* it asks once, and not again meanwhile */
        gil_must_acquire(gil);
        gil_must_release(gil);
    }
    faults_reset();
    gil_expect_no_failures("one thread held the lock until it was asked for it");
    expect_at("gil_acquire", taken == -1 && after_acquire,
              "The holder of the lock was asked to drop it, and called gil_acquire, which was "
              "refused. So it still is to drop the lock, but gil_drop_requested is false.");
    expect_at("gil_release", release.answer.refused && after_release,
              "The holder of the lock was asked to drop it. Then another thread called "
              "gil_release, which was refused. So the holder still is to drop the lock, but "
              "gil_drop_requested is false.");
    gil_end(gil);
}

/* A thread that does not hold the lock gives it back. */
static void try_release_elsewhere(struct gil *gil)
{
    struct release release = {.gil = gil};
    struct grader_answer answer;

    grader_trying("gil_release by a thread that does not hold the lock");
    run_in_thread(release_only, &release);
    answer = release.answer;
    if (!answer.refused && mixes_threads_up())
        grader_fail_at("self", "gil_release by a thread that does not hold the lock should return "
                               "-1, but it returned 0: two threads are taken for the same.");
    grader_trying("gil_release by a thread that does not hold the lock");
    grader_expect_refused("gil_release by a thread that does not hold the lock", answer, EPERM);
}

static void try_misuse_of_held(struct gil *gil)
{
    grader_refused("gil_acquire by the thread that holds the lock", gil_acquire(gil), EDEADLK);
    grader_refused("gil_acquire by the thread that holds the lock, again", gil_acquire(gil),
                   EDEADLK);
    grader_refused("gil_destroy of a lock that is held", gil_destroy(gil), EBUSY);
    expect(gil_acquire(gil) == -1 && errno == EDEADLK,
           "gil_destroy of a lock that is held was refused. The lock should then stay as it was, "
           "but its holder holds it no more.");
    try_release_elsewhere(gil);
}

/* A thread holds two locks, and gives back first the one that it took first. */
static void try_two_locks(struct gil *gil)
{
    struct gil *other = gil_begin(HOUR_US);

    gil_must_acquire(gil);
    expect(grader_call(gil_acquire(other), "gil_acquire",
                       "gil_acquire by a thread that holds another lock") == 0,
           "gil_acquire by a thread that holds another lock failed with errno %s.",
           error_name(errno));
    gil_must_release(gil);
    gil_expect_no_failures("one thread held two locks");
    grader_refused("gil_acquire by the thread that holds the lock", gil_acquire(other), EDEADLK);
    expect_at("gil_release", gil_release(other) == 0, "gil_release failed with errno %s.",
              error_name(errno));
    gil_end(other);
}

/* What the functions that are given refuse. */
static void try_misuse_of_given(struct gil *gil)
{
    struct gil_counts counts = {1, 1, 1, 1};

    grader_refused("gil_create with an interval of 0", gil_create(0), EINVAL);
    grader_refused("gil_create with an interval of -1", gil_create(-1), EINVAL);
    grader_refused("gil_destroy of no lock (NULL)", gil_destroy(NULL), EINVAL);
    grader_refused("gil_set_interval of no lock (NULL)", gil_set_interval(NULL, 1), EINVAL);
    grader_refused("gil_set_interval to 0", gil_set_interval(gil, 0), EINVAL);
    grader_refused("gil_set_interval to -1", gil_set_interval(gil, -1), EINVAL);
    grader_refused("gil_install of no lock (NULL)", gil_install(NULL), EINVAL);
    grader_refused("gil_uninstall of no lock (NULL)", gil_uninstall(NULL), EINVAL);
    grader_refused("gil_uninstall of a lock that is not installed", gil_uninstall(gil), EINVAL);
    grader_trying("gil_read_counts of no lock (NULL)");
    gil_read_counts(NULL, &counts);
    expect(counts.switches == 0 && counts.requests == 0 && counts.forced == 0 &&
               counts.voluntary == 0,
           "gil_read_counts of no lock (NULL) should store zeroes.");
    grader_trying("gil_drop_requested of no lock (NULL)");
    expect(!gil_drop_requested(NULL), "gil_drop_requested of no lock (NULL) should be false.");
}

void test_gil_misuse(void)
{
    struct gil *gil = gil_begin(HOUR_US);
    struct gil_counts before, after;
    bool kept;

    gil_read_counts(gil, &before);
    atomic_store(&faults_reset()->pthread_changes_errno, true);
    grader_refused("gil_acquire of no lock (NULL)", gil_acquire(NULL), EINVAL);
    grader_refused("gil_release of no lock (NULL)", gil_release(NULL), EINVAL);
    grader_refused("gil_release of a lock that nobody holds", gil_release(gil), EPERM);
    errno = 1234;
    gil_must_acquire(gil);
    kept = errno == 1234;
    gil_expect_no_failures("one thread took the lock, which nobody held");
    expect_at("gil_acquire", kept, "gil_acquire should keep errno.");
    try_misuse_of_held(gil);
    errno = 4321;
    gil_must_release(gil);
    expect_at("gil_release", errno == 4321, "gil_release should keep errno.");
    gil_expect_no_failures("one thread took the lock and gave it back, after some misuse");
    grader_refused("gil_release by the thread that held the lock last", gil_release(gil), EPERM);
    gil_read_counts(gil, &after);
    expect(after.voluntary + after.forced <= before.voluntary + before.forced + 1,
           "The lock was given back once, and other calls of gil_release were refused, but %lu "
           "releases are counted. One that is refused should not be counted.",
           after.voluntary + after.forced - before.voluntary - before.forced);
    try_misuse_of_given(gil);
    try_two_locks(gil);
    gil_end(gil);
}

void test_gil_counts(void)
{
    struct gil *gil = gil_begin(HOUR_US);
    struct gil_counts counts;

    for (int i = 0; i < 3; i++) {
        gil_must_acquire(gil);
        gil_must_release(gil);
    }
    gil_read_counts(gil, &counts);
    expect(counts.switches == 1,
           "One thread took the lock 4 times: that is 1 switch (from nobody), not %lu.",
           counts.switches);
    expect_at(
        "gil_release", counts.voluntary == 4 && counts.forced == 0 && counts.requests == 0,
        "One thread released the lock 4 times and nobody asked: voluntary should be 4, forced 0 "
        "and requests 0, not %lu, %lu and %lu.",
        counts.voluntary, counts.forced, counts.requests);
#pragma omp parallel num_threads(2) default(none) shared(gil)
    if (omp_get_thread_num() == 1) {
        gil_must_acquire(gil);
        gil_must_release(gil);
        gil_must_acquire(gil);
        gil_must_release(gil);
    }
    gil_expect_no_failures("one thread after the other took the lock");
    gil_read_counts(gil, &counts);
    expect(counts.switches == 2,
           "Then another thread took it twice: switches should be 2, not %lu.", counts.switches);
    expect_at("gil_release", counts.voluntary == 6,
              "It gave the lock back twice, too: voluntary should be 6, not %lu.",
              counts.voluntary);
    gil_end(gil);
}
