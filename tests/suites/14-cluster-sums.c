/* Sums over all ranks. */
#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>

#include "14-cluster/cluster.h"
#include "tests/harness/census.h"
#include "tests/harness/faults.h"
#include "tests/harness/grader.h"
#include "tests/harness/wording.h"
#include "tests/suites/14-cluster-calls.h"
#include "tests/suites/14-cluster-job.h"
#include "tests/suites/14-cluster-ledger.h"
#include "tests/suites/14-cluster-support.h"
#include "tests/suites/14-cluster.h"

enum { UNTOUCHED = -77 };

static long number(long i)
{
    return 3 * i + 1 + (i == 0 ? 1L << 60 : 0); /* no int and no double holds the sum */
}

static long term(long i)
{
    ledger_begin_task(i);
    ledger_end_task();
    return number(i);
}

static long sum_of(long n)
{
    return 3 * (n * (n - 1) / 2) + n + (n > 0 ? 1L << 60 : 0);
}

static void check_sum(const char *function, long n, long sum)
{
    if (ledger_me == 0)
        expect(sum == sum_of(n), "%s of %s on %d ranks: the sum should be %ld, but it is %ld.",
               function, plural(n, "number"), ledger->ranks, sum_of(n), sum);
    else
        expect(sum == UNTOUCHED, "%s of %s: only rank 0 gets the sum, but *sum was changed to %ld.",
               function, plural(n, "number"), sum);
}

static void expect_done(const char *function, int result)
{
    if (result == -1)
        grader_begun(function, false);
    expect(result == 0, "%s should return 0, but it returned %d.", function, result);
}

/* ---- reduce ------------------------------------------------------------------------------- */

/* Each number is added up once, in slices of nearly the same length that go by rank. */
static void check_slices(long n)
{
    int counts[LEDGER_RANKS] = {0}, most = 0, fewest = INT_MAX;

    for (long i = 0; i < n; i++) {
        int ran = atomic_load(&ledger->ran[i]);

        expect(ran == 1, "cluster_sum_reduce of %s: term(%ld) should be called once, not %s.",
               plural(n, "number"), i, plural(ran, "time"));
        counts[atomic_load(&ledger->by[i])]++;
        expect(i == 0 || atomic_load(&ledger->by[i]) == atomic_load(&ledger->by[i - 1]) ||
                   counts[atomic_load(&ledger->by[i])] == 1,
               "cluster_sum_reduce of %s: a slice should be consecutive numbers, but rank %d has "
               "%ld, and not the one before.",
               plural(n, "number"), atomic_load(&ledger->by[i]), i);
    }
    for (int rank = 0; rank < ledger->ranks; rank++) {
        most = counts[rank] > most ? counts[rank] : most;
        fewest = counts[rank] < fewest ? counts[rank] : fewest;
    }
    expect(most - fewest <= 1,
           "cluster_sum_reduce of %s on %d ranks: one rank added up %d, and another one %d.",
           plural(n, "number"), ledger->ranks, most, fewest);
}

static void reduce(long n)
{
    long sum = UNTOUCHED;

    if (ledger_me == 0)
        ledger_open_anew(0);
    support_meet();
    errno = 0;
    expect_done("cluster_sum_reduce",
                grader_call(cluster_sum_reduce(term, n, &sum), "cluster_sum_reduce",
                            "cluster_sum_reduce of %s", plural(n, "number")));
    support_meet();
    check_sum("cluster_sum_reduce", n, sum);
    if (ledger_me == 0)
        check_slices(n);
    support_meet();
}

void scene_reduce(int rank, int ranks)
{
    long sum = UNTOUCHED;

    (void)rank;
    support_begin();
    for (long n = 5; n >= 0; n--)
        reduce(n);
    reduce(1000 + ranks);
    grader_refused("cluster_sum_reduce without a term", cluster_sum_reduce(NULL, 5, &sum), EINVAL);
    grader_refused("cluster_sum_reduce with sum NULL", cluster_sum_reduce(term, 5, NULL), EINVAL);
    grader_refused("cluster_sum_reduce of -1 numbers", cluster_sum_reduce(term, -1, &sum), EINVAL);
    grader_refused("cluster_sum_reduce of too many numbers",
                   cluster_sum_reduce(term, MOST_TERMS + 1, &sum), EINVAL);
    reduce(7);
}

void test_cluster_reduce(void)
{
    job_run("reduce", 3);
    job_run("most", 1);
    job_run("most", 3);
    job_run("reduce", 1);
}

/* ---- scatter ------------------------------------------------------------------------------ */

enum { NUMBERS = 2000, EVERY_RANK = -1 };

static long numbers[NUMBERS];

/* The errno that the last call left. */
static int left_error;

/* On the other ranks n is what nobody could have. */
static int call(const long array[], size_t n, long *sum)
{
    bool first = ledger_me == 0;
    size_t others = n % 2 ? SIZE_MAX : 0;
    int result;

    errno = 0;
    result =
        grader_call(cluster_sum_scatter(first ? array : NULL, first ? n : others, sum),
                    "cluster_sum_scatter", "cluster_sum_scatter of %s", plural((long)n, "number"));
    left_error = errno;
    return result;
}

static int call_with(const long array[], size_t n)
{
    long sum;

    return call(array, n, &sum);
}

static void scatter(size_t n)
{
    long sum = UNTOUCHED;
    long sent = calls_broadcast;

    expect_done("cluster_sum_scatter", call(numbers, n, &sum));
    check_sum("cluster_sum_scatter", (long)n, sum);
    expect(n < 100 || calls_broadcast - sent < (long)(n * sizeof(long)),
           "cluster_sum_scatter of %zu numbers: a rank should be sent its own slice, but "
           "MPI_Bcast sent all of them to each rank.",
           n);
    support_meet();
}

static void begin_scatter(void)
{
    support_begin();
    for (int i = 0; i < NUMBERS; i++)
        numbers[i] = number(i);
}

void scene_scatter(int rank, int ranks)
{
    begin_scatter();
    for (size_t n = 5; n > 0; n--)
        scatter(n);
    scatter(0);
    calls_most_scattered = 0;
    calls_fewest_scattered = INT_MAX;
    scatter(1001 + (size_t)ranks);
    expect(rank != 0 || calls_most_scattered - calls_fewest_scattered <= 1,
           "cluster_sum_scatter of %d numbers on %d ranks: MPI_Scatterv gave one rank %d numbers, "
           "and another one %d.",
           1001 + ranks, ranks, calls_most_scattered, calls_fewest_scattered);
}

/* All ranks must fail with the same error, though only one of them has it. */
static void expect_all_refuse(const char *why, int result, int error)
{
    expect(result == -1 && left_error == error,
           "%s: cluster_sum_scatter should return -1 with errno %s on every rank, but here it "
           "returned %d%s.",
           why, error_name(error), result,
           result == -1 ? wording(" with errno %s", error_name(left_error)) : "");
    support_meet();
}

/* Allocation number `which` fails on one rank, or on every one. Returns whether there was one, on
 * that rank or on the last. */
static bool without_memory(int who, int which)
{
    const int witness = who == EVERY_RANK ? ledger->ranks - 1 : who;
    struct faults *faults = faults_reset();
    int failed;
    long sum;

    atomic_store(&faults->memory_comes_back, true);
    atomic_store(&faults->memory_fails_at, ledger_me == who || who == EVERY_RANK ? which : 0);
    failed = call(numbers, 1000, &sum);
    atomic_store(&faults->memory_fails_at, 0);
    if (ledger_me == witness)
        atomic_store(&ledger->done, atomic_load(&faults->no_memory));
    support_meet();
    if (atomic_load(&ledger->done) == 0)
        return false;
    expect_all_refuse(who == EVERY_RANK
                          ? wording("Allocation number %d fails on every rank", which)
                          : wording("Allocation number %d fails on rank %d", which, who),
                      failed, ENOMEM);
    return true;
}

static void check_left(void)
{
    enum { CALLS = 25 };
    struct census before, now;

    without_memory(ledger->ranks - 1, 1);
    before = census_take();
    for (int call = 0; call < CALLS; call++) {
        const int who = call % 2 ? ledger->ranks - 1 : 0;

        without_memory(who, 1); /* that one there is in any case */
        without_memory(who, 2 + call % 2);
        scatter(NUMBERS);
    }
    now = census_take();
    expect(now.heap < before.heap + CALLS * 1000,
           "After %d calls of cluster_sum_scatter, of which some failed, %ld bytes are still "
           "allocated.",
           3 * CALLS, (long)(now.heap - before.heap));
}

void scene_scatter_errors(int rank, int ranks)
{
    (void)rank;
    begin_scatter();
    scatter(10);
    expect_all_refuse("numbers is NULL on rank 0, and n is 3", call_with(NULL, 3), EINVAL);
    expect_all_refuse("n is more than INT_MAX on rank 0", call_with(numbers, (size_t)INT_MAX + 1),
                      EINVAL);
    expect_all_refuse("n is 2^32 + 3 on rank 0", call_with(numbers, (1UL << 32) + 3), EINVAL);
    expect_done("cluster_sum_scatter", call_with(NULL, 0));
    for (int who = EVERY_RANK; who < ranks; who++)
        for (int which = 1; which <= 4 && without_memory(who, which); which++)
            ;
    if (!GRADER_SANITIZED)
        check_left();
}

void test_cluster_scatter(void)
{
    job_run("scatter", 3);
    job_run("scatter", 1);
    job_run("scatter-errors", 3);
    job_run("scatter-errors", 1);
}
