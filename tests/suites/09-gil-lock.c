/* The lock towards one thread: misuse, and what is counted. */
#include "tests/suites/09-gil.h"

#include <errno.h>
#include <stdatomic.h>

#include <omp.h>

#include "tests/suites/09-gil-support.h"
#include "tests/harness/faults.h"
#include "tests/harness/grader.h"

void test_gil_misuse(void)
{
    struct gil *gil = gil_begin(HOUR_US);
    struct grader_answer answer = {0};

    atomic_store(&faults_reset()->pthread_changes_errno, true);
    grader_refused("gil_acquire(NULL)", gil_acquire(NULL), EINVAL);
    grader_refused("gil_release(NULL)", gil_release(NULL), EINVAL);
    grader_refused("gil_release of a lock that nobody holds", gil_release(gil), EPERM);
    errno = 1234;
    gil_must_acquire(gil);
    expect(errno == 1234, "gil_acquire should keep errno.");
    grader_refused("gil_acquire by the thread that holds the lock", gil_acquire(gil), EDEADLK);
    grader_refused("gil_destroy of a lock that is held", gil_destroy(gil), EBUSY);
#pragma omp parallel num_threads(2) default(none) shared(gil, answer)
    if (omp_get_thread_num() == 1)
        answer = grader_answer(gil_release(gil));
    grader_expect_refused("gil_release by a thread that does not hold the lock", answer, EPERM);
    errno = 4321;
    gil_must_release(gil);
    expect(errno == 4321, "gil_release should keep errno.");
    gil_expect_no_failures("one thread took the lock and gave it back, after some misuse");
    grader_refused("gil_release by the thread that held the lock last", gil_release(gil), EPERM);
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
    expect(counts.voluntary == 4 && counts.forced == 0 && counts.requests == 0,
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
    expect(counts.switches == 2 && counts.voluntary == 6,
           "Then another thread took it twice: switches should be 2 and voluntary 6, not %lu and "
           "%lu.",
           counts.switches, counts.voluntary);
    gil_end(gil);
}
