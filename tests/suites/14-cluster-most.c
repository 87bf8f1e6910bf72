/* The longest sum that is allowed. */
#include <errno.h>
#include <unistd.h>

#include "14-cluster/cluster.h"
#include "tests/harness/grader.h"
#include "tests/harness/wording.h"
#include "tests/suites/14-cluster-ledger.h"
#include "tests/suites/14-cluster-support.h"
#include "tests/suites/14-cluster.h"

/* A term of so long a sum that nobody waits for its end. That it begins where it should is enough:
 * then the last rank ends the scene. */
static long term_of_most(long i)
{
    int last = ledger->ranks - 1;
    long begin = MOST_TERMS / ledger->ranks * ledger_me;

    expect(i >= begin && i <= begin + MOST_TERMS / ledger->ranks + ledger->ranks,
           "cluster_sum_reduce of %ld numbers on %d ranks: rank %d called term(%ld), which is not "
           "in its slice.",
           MOST_TERMS, ledger->ranks, ledger_me, i);
    for (int rank = 0; ledger_me == last && rank <= last; rank++)
        atomic_store(&ledger->ranks_of[rank].ended, 1);
    for (;;)
        pause();
}

void scene_most(int rank, int ranks)
{
    long sum = 0;
    int result;

    (void)rank;
    support_begin();
    errno = 0;
    result =
        grader_call(cluster_sum_reduce(term_of_most, MOST_TERMS, &sum), "cluster_sum_reduce",
                    "cluster_sum_reduce of %ld numbers, the most that are allowed,", MOST_TERMS);
    grader_fail("cluster_sum_reduce of %ld numbers, the most that are allowed, on %s: it returned "
                "%d and never called term.",
                MOST_TERMS, plural(ranks, "rank"), result);
}
