/* Sums of many threads, each kept apart in another way. The terms are worked out in the threads of
 * a team; all else runs in the test's own thread. */
#include "tests/suites/07-threads.h"

#include <errno.h>
#include <stdatomic.h>

#include <omp.h>

#include "07-threads/thread_map.h"
#include "tests/harness/forced_stop.h"
#include "tests/harness/grader.h"
#include "tests/harness/meeting.h"
#include "tests/harness/wording.h"

enum { THREADS = 4 };

typedef int sum_fn(term_fn *term, long n, int threads, long *sum);

/* n of them are n * n. The first is not 0. */
static long term_odd(long i)
{
    return 2 * i + 1;
}

static void expect_sum(const char *name, sum_fn *sum_of, long n, int threads)
{
    const char *call =
        wording("%s of %s with %s", name, plural(n, "term"), plural(threads, "thread"));
    long sum = -1;

    expect(sum_of(term_identity, n, threads, &sum) == 0, "%s failed with errno %s.", call,
           error_name(errno));
    expect(
        sum == n * (n - 1) / 2,
        "%s, where term(i) is i, should be %ld, but it is %ld. Did threads overwrite what others "
        "had added?",
        call, n * (n - 1) / 2, sum);
    expect(sum_of(term_odd, n, threads, &sum) == 0, "%s failed with errno %s.", call,
           error_name(errno));
    expect(sum == n * n,
           "%s, where term(i) is 2 * i + 1, should be %ld, but it is %ld. The terms are term(0) up "
           "to term(n - 1).",
           call, n * n, sum);
}

static struct meeting *meeting; /* made by the test before the call */

/* The threads meet at their first terms: so all of them are at work before any sum is complete, and
 * no thread does all the work alone. */
static long term_meet(long i)
{
    static _Thread_local struct meeting *been;

    if (been != meeting) {
        been = meeting;
        meeting_join(meeting);
    }
    return i;
}

static void expect_at_once(const char *name, sum_fn *sum_of)
{
    long sum;

    meeting = meeting_create(THREADS);
    expect(sum_of(term_meet, 100, THREADS, &sum) == 0, "%s failed with errno %s.", name,
           error_name(errno));
    expect(
        meeting_most(meeting) == THREADS,
        "%s with %d threads should work out %d terms at the same time, but there were never more "
        "than %d.",
        name, THREADS, THREADS, meeting_most(meeting));
    meeting_free(meeting);
}

/* The thread that works out the first term is stopped at access number `stop_at` after that. */
static atomic_int stop_at;

static long term_stop(long i)
{
    int access = atomic_exchange(&stop_at, 0);

    if (access)
        forced_stop_at(access);
    return 2 * i + 1;
}

static void expect_no_race(const char *name, sum_fn *sum_of)
{
    const long n = 2 * THREADS;

    for (int access = 1; access <= 12; access++) {
        long sum = -1;

        atomic_store(&stop_at, access);
        expect(sum_of(term_stop, n, THREADS, &sum) == 0, "%s failed with errno %s.", name,
               error_name(errno));
        forced_stop_reset();
        expect(
            sum == n * n,
            "%s of the first %ld odd numbers should be %ld, but it is %ld if a thread is stopped "
            "for a while in the middle of its work: what others add meanwhile is lost.",
            name, n, n * n, sum);
    }
}

static void check_sum(const char *name, sum_fn *sum_of)
{
    long sum = 7;

    grader_begin(name, sum_of(term_identity, 2, 2, &sum) == 0);
    expect_sum(name, sum_of, 0, 2);
    expect_sum(name, sum_of, 1, 2);
    expect_sum(name, sum_of, 3, 7);
    expect_sum(name, sum_of, 20001, 1);
    expect_sum(name, sum_of, 20001, THREADS);
    expect_at_once(name, sum_of);
    expect_no_race(name, sum_of);
    sum = 7;
    grader_refused(wording("%s with no term (NULL)", name), sum_of(NULL, 1, 1, &sum), EINVAL);
    grader_refused(wording("%s of -1 terms", name), sum_of(term_identity, -1, 1, &sum), EINVAL);
    grader_refused(wording("%s with 0 threads", name), sum_of(term_identity, 1, 0, &sum), EINVAL);
    grader_refused(wording("%s with nowhere to store (NULL)", name),
                   sum_of(term_identity, 1, 1, NULL), EINVAL);
    expect(sum == 7, "After an error %s should leave *sum as it was.", name);
}

void test_sum_critical(void)
{
    check_sum("sum_critical", sum_critical);
}

void test_sum_atomic(void)
{
    check_sum("sum_atomic", sum_atomic);
}

void test_sum_reduction(void)
{
    check_sum("sum_reduction", sum_reduction);
}

/* sum_locked with a lock of the test's own, in the shape of the other sums. */
static struct counted_lock lock;

static int locked(term_fn *term, long n, int threads, long *sum)
{
    int failed;

    counted_lock_init(&lock);
    failed = sum_locked(term, n, threads, &lock, sum);
    counted_lock_destroy(&lock);
    return failed;
}

static struct hold *hold; /* made by the test before the call */

static long term_hold(long i)
{
    hold_pass(hold);
    return i;
}

void test_sum_locked(void)
{
    const long n = 40;
    long sum = 7;

    grader_begin("sum_locked", locked(term_identity, 2, 2, &sum) == 0);
    expect_sum("sum_locked", locked, 0, 2);
    expect_sum("sum_locked", locked, 3, 7);
    expect_sum("sum_locked", locked, 20001, THREADS);
    hold = hold_create(2);
    expect(locked(term_hold, n, THREADS, &sum) == 0, "sum_locked failed with errno %s.",
           error_name(errno));
    expect(
        hold_most(hold) == 1,
        "Under one lock only one thread computes at a time, but %d were working out terms at the "
        "same time.",
        hold_most(hold));
    expect(sum == n * (n - 1) / 2, "sum_locked of 0 .. %ld should be %ld, but it is %ld.", n - 1,
           n * (n - 1) / 2, sum);
    hold_free(hold);
    expect_no_race("sum_locked", locked);
    sum = 7;
    grader_refused("sum_locked with no lock (NULL)", sum_locked(term_identity, 1, 1, NULL, &sum),
                   EINVAL);
    grader_refused("sum_locked with no term (NULL)", locked(NULL, 1, 1, &sum), EINVAL);
    grader_refused("sum_locked with 0 threads", locked(term_identity, 1, 0, &sum), EINVAL);
    expect(sum == 7, "After an error sum_locked should leave *sum as it was.");
}

void test_sum_locked_coarse(void)
{
    long sum;

    grader_begin("sum_locked", locked(term_identity, 2, 2, &sum) == 0);
    for (int threads = 1; threads <= 8; threads++) {
        int granted = 0;

#pragma omp parallel num_threads(threads) default(none) shared(granted)
#pragma omp master
        granted = omp_get_num_threads();

        expect(locked(term_identity, 10000, threads, &sum) == 0, "sum_locked failed with errno %s.",
               error_name(errno));
        expect(
            lock.taken == (unsigned long)granted,
            "A team of %s should take the lock once for each thread and its whole share of 10000 "
            "terms, but it was taken %lu times.",
            plural(granted, "thread"), lock.taken);
    }
}
