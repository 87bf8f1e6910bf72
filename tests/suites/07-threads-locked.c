/* sum_locked: one lock around each thread's whole share. */
#include "tests/suites/07-threads.h"

#include <errno.h>

#include "07-threads/thread_map.h"
#include "tests/harness/constructs.h"
#include "tests/harness/grader.h"
#include "tests/harness/meeting.h"
#include "tests/harness/wording.h"

/* sum_locked with a lock of the test's own, in the shape of the other sums. */
static struct counted_lock lock;
static int still_held; /* set if somebody held the lock after the call */
static int destroyed;  /* set if it was destroyed in the call */

static int locked(term_fn *term, long n, int threads, long *sum)
{
    int failed;

    counted_lock_init(&lock);
    atomic_store(&constructs.ended_last, NULL);
    failed = sum_locked(term, n, threads, &lock, sum);
    if (atomic_load(&constructs.ended_last) == &lock)
        destroyed = 1;
    if (omp_test_lock(&lock.lock))
        omp_unset_lock(&lock.lock);
    else
        still_held = 1;
    counted_lock_destroy(&lock);
    return failed;
}

/* Each call has another lock: a term may call it while the first one is held. */
static int locked_by_its_own(term_fn *term, long n, int threads, long *sum)
{
    struct counted_lock own;
    int failed;

    counted_lock_init(&own);
    failed = sum_locked(term, n, threads, &own, sum);
    counted_lock_destroy(&own);
    return failed;
}

static struct hold *hold; /* made by the test before the call */

static long term_hold(long i)
{
    hold_pass(hold);
    return i;
}

static void expect_one_at_a_time(void)
{
    const long n = 40;
    long sum;

    hold = hold_create(2);
    expect(grader_call(locked(term_hold, n, 4, &sum), "sum_locked", "%s",
                       terms_call("sum_locked", n, 4)) == 0,
           "sum_locked failed with errno %s.", error_name(errno));
    expect(
        hold_most(hold) == 1,
        "Under one lock only one thread computes at a time, but %d were working out terms at the "
        "same time.",
        hold_most(hold));
    hold_free(hold);
}

void test_sum_locked(void)
{
    long sum = 7;

    /* Alone, as two never work at the same time; and first, so that no process waits for its turn
     * if one of the other sums hangs. */
    terms_expect_far("sum_locked", terms_start_far(locked, 1));
    grader_begin("sum_locked", locked(term_identity, 2, 2, &sum) == 0);
    terms_expect_sum("sum_locked", locked, 3, 1);
    terms_expect_sum("sum_locked", locked, 0, 2);
    terms_expect_sum("sum_locked", locked, 3, 7);
    expect_one_at_a_time();
    expect(!still_held, "After a call of sum_locked the lock is still held. Each thread that takes "
                        "it drops it.");
    expect(!destroyed, "sum_locked destroyed the lock that it was given. The lock is the caller's, "
                       "who has initialised it and will use it again.");
    terms_expect_no_race("sum_locked", locked);
    terms_expect_sum("sum_locked", locked, 20001, 4);
    terms_expect_wide("sum_locked", locked);
    terms_expect_teams("sum_locked", locked);
    terms_expect_fewer("sum_locked", locked);
    terms_expect_inside("sum_locked", locked_by_its_own);
    terms_expect_refusals("sum_locked", locked);
    sum = 7;
    grader_refused("sum_locked with no lock (NULL)", sum_locked(term_identity, 1, 1, NULL, &sum),
                   EINVAL);
    grader_refused("sum_locked of no terms with no lock (NULL)",
                   sum_locked(term_identity, 0, 1, NULL, &sum), EINVAL);
    expect(sum == 7, "After an error sum_locked should leave *sum as it was.");
}

static int granted_team(int threads)
{
    int granted = 0;

#pragma omp parallel num_threads(threads) default(none) shared(granted)
#pragma omp master
    granted = omp_get_num_threads();

    return granted;
}

static void expect_coarse(long n, int threads)
{
    int granted = granted_team(threads);
    long sum;

    expect(grader_call(locked(term_identity, n, threads, &sum), "sum_locked", "%s",
                       terms_call("sum_locked", n, threads)) == 0,
           "sum_locked failed with errno %s.", error_name(errno));
    expect(lock.taken == (unsigned long)granted,
           "A team of %s should take the lock once for each thread and its whole share of %s, but "
           "it was taken %s.",
           plural(granted, "thread"), plural(n, "term"), plural((long)lock.taken, "time"));
}

/* The lock is the caller's: it has a past, and goes on counting. */
static void expect_count_goes_on(void)
{
    enum { TAKEN = 3, CALLS = 2, THREADS = 2 };
    int wanted = TAKEN + CALLS * granted_team(THREADS);
    long sum;

    counted_lock_init(&lock);
    for (int i = 0; i < TAKEN; i++) {
        counted_lock_take(&lock);
        counted_lock_drop(&lock);
    }
    for (int call = 0; call < CALLS; call++)
        expect(grader_call(sum_locked(term_identity, 100, THREADS, &lock, &sum), "sum_locked", "%s",
                           terms_call("sum_locked", 100, THREADS)) == 0,
               "sum_locked, with a lock that the caller has taken and dropped 3 times before, "
               "failed with errno %s.",
               error_name(errno));
    expect(
        lock.taken == (unsigned long)wanted,
        "The caller has initialised the lock and taken it 3 times. After two calls of sum_locked "
        "with 2 threads its count should be %d, but it is %lu. The lock is used as it is.",
        wanted, lock.taken);
    counted_lock_destroy(&lock);
}

void test_sum_locked_coarse(void)
{
    long sum;

    grader_begin("sum_locked", locked(term_identity, 2, 2, &sum) == 0);
    for (int threads = 1; threads <= 8; threads++)
        expect_coarse(10000, threads);
    expect_coarse(1L << 24, 2); /* a share is a share, however large it is */
    expect_count_goes_on();
}
