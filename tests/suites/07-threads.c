#include "tests/suites/07-threads.h"

#include <errno.h>
#include <stdatomic.h>
#include <string.h>

#include <omp.h>

#include "07-threads/thread_map.h"
#include "tests/harness/grader.h"
#include "tests/harness/meeting.h"
#include "tests/harness/forced_stop.h"

enum { THREADS = 4 };

typedef int sum_fn(term_fn *term, long n, int threads, long *sum);

/* n of them are n * n. The first is not 0. */
static long term_odd(long i)
{
    return 2 * i + 1;
}

static void expect_sum(const char *name, sum_fn *sum_of, long n, int threads)
{
    long sum = -1;

    expect(sum_of(term_identity, n, threads, &sum) == 0, "%s failed: %s.", name, strerror(errno));
    expect(
        sum == n * (n - 1) / 2,
        "%s of 0 .. %ld with %d threads should be %ld, but it is %ld. Did threads overwrite what "
        "others had added?",
        name, n - 1, threads, n * (n - 1) / 2, sum);
    expect(sum_of(term_odd, n, threads, &sum) == 0, "%s failed: %s.", name, strerror(errno));
    expect(sum == n * n,
           "%s of the first %ld odd numbers with %d threads should be %ld, but it is %ld. It is "
           "term(i) that is added up, from i = 0.",
           name, n, threads, n * n, sum);
}

static void expect_refused(const char *name, const char *what, int failed)
{
    expect(failed == -1 && errno == EINVAL, "%s with %s should return -1 with errno EINVAL.", name,
           what);
}

static struct meeting *meeting;

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
    expect(sum_of(term_meet, 100, THREADS, &sum) == 0, "%s failed: %s.", name, strerror(errno));
    expect(
        meeting_most(meeting) == THREADS,
        "%s with %d threads should work out %d terms at once, but there were never more than %d.",
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
        expect(sum_of(term_stop, n, THREADS, &sum) == 0, "%s failed: %s.", name, strerror(errno));
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
    expect_refused(name, "a term of NULL", sum_of(NULL, 1, 1, &sum));
    expect_refused(name, "n of -1", sum_of(term_identity, -1, 1, &sum));
    expect_refused(name, "0 threads", sum_of(term_identity, 1, 0, &sum));
    expect_refused(name, "nowhere to store", sum_of(term_identity, 1, 1, NULL));
    expect(sum == 7, "After an error %s should leave *sum as it was.", name);
}

static void test_critical(void)
{
    check_sum("sum_critical", sum_critical);
}

static void test_atomic(void)
{
    check_sum("sum_atomic", sum_atomic);
}

static void test_reduction(void)
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

static struct hold *hold;

static long term_hold(long i)
{
    hold_pass(hold);
    return i;
}

static void test_locked(void)
{
    const long n = 40;
    long sum = 7;

    grader_begin("sum_locked", locked(term_identity, 2, 2, &sum) == 0);
    expect_sum("sum_locked", locked, 0, 2);
    expect_sum("sum_locked", locked, 3, 7);
    expect_sum("sum_locked", locked, 20001, THREADS);
    hold = hold_create(2);
    expect(locked(term_hold, n, THREADS, &sum) == 0, "sum_locked failed: %s.", strerror(errno));
    expect(
        hold_most(hold) == 1,
        "Under one lock only one thread computes at a time, but %d were working out terms at once.",
        hold_most(hold));
    expect(sum == n * (n - 1) / 2, "sum_locked of 0 .. %ld should be %ld, but it is %ld.", n - 1,
           n * (n - 1) / 2, sum);
    hold_free(hold);
    expect_no_race("sum_locked", locked);
    sum = 7;
    expect_refused("sum_locked", "a lock of NULL", sum_locked(term_identity, 1, 1, NULL, &sum));
    expect_refused("sum_locked", "a term of NULL", locked(NULL, 1, 1, &sum));
    expect_refused("sum_locked", "0 threads", locked(term_identity, 1, 0, &sum));
    expect(sum == 7, "After an error sum_locked should leave *sum as it was.");
}

static void test_locked_coarse(void)
{
    long sum;

    grader_begin("sum_locked", locked(term_identity, 2, 2, &sum) == 0);
    for (int threads = 1; threads <= 8; threads++) {
        int granted = 0;

#pragma omp parallel num_threads(threads) default(none) shared(granted)
#pragma omp master
        granted = omp_get_num_threads();

        expect(locked(term_identity, 10000, threads, &sum) == 0, "sum_locked failed: %s.",
               strerror(errno));
        expect(
            lock.taken == (unsigned long)granted,
            "Each of %d threads should take the lock once for its whole share of 10000 terms, %d "
            "times in all, but it was taken %lu times.",
            granted, granted, lock.taken);
    }
}

/* clang-format off */
static const struct graded_test tests[] = {
    {"critical", 2, "sum_critical loses no addition", "sum_critical", test_critical,
     {"Only the addition goes into the critical construct; the call of term stays outside.",
      "#pragma omp critical before the one statement that adds.",
      "Store term(i) in a variable of the loop body, then add that variable."}},
    {"atomic", 2, "sum_atomic loses no addition", "sum_atomic", test_atomic,
     {"An atomic construct guards one update of one variable.",
      "#pragma omp atomic update, then total += value."}},
    {"reduction", 2, "sum_reduction loses no addition", "sum_reduction", test_reduction,
     {"A reduction gives each thread a private total.",
      "reduction(+ : total) on the parallel for."}},
    {"locked", 2, "under one lock only one thread computes", "sum_locked", test_locked,
     {"Take the lock before the first term and drop it after the last.",
      "The lock must be held while terms are worked out, as an interpreter's would be.",
      "A for construct ends with a barrier: who waits there with the lock stops all. nowait."}},
    {"locked-coarse", 1, "each thread takes the lock once", "sum_locked", test_locked_coarse,
     {"A parallel region with a for construct inside: take the lock before the loop.",
      "At the end of the for construct there is a barrier: nowait takes it away.",
      "A thread that waits at a barrier with the lock in its hands stops all others for ever."}},
    {"map", 2, "thread_map runs every task and keeps the order", "thread_map", test_map,
     {"Each iteration of a parallel for runs one task: out[i] is its own place.",
      "For n == 0 make no team."}},
    {"map-parallel", 2, "tasks go to whichever thread is free", "thread_map", test_map_parallel,
     {"num_threads takes min(n, workers).",
      "schedule(static) gives each thread its share in advance.",
      "schedule(dynamic) hands out iterations one by one."}},
    {"map-errors", 2, "the error with the lowest index is reported", "thread_map", test_map_errors,
     {"Several tasks may fail: remember the lowest index, not the latest.",
      "The index and its error belong together: change both in one critical construct.",
      "A task may be skipped only if its index is above the lowest that failed."}},
};
/* clang-format on */

const struct graded_suite graded_suite = {"07-threads", "thread_map.c", tests,
                                          sizeof tests / sizeof tests[0]};
