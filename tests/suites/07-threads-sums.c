/* Sums of many threads, each kept apart by another construct. The terms are worked out in the
 * threads of a team; all else runs in the test's own thread. */
#include "tests/suites/07-threads.h"

#include <errno.h>

#include "07-threads/thread_map.h"
#include "tests/harness/constructs.h"
#include "tests/harness/grader.h"
#include "tests/harness/meeting.h"
#include "tests/harness/wording.h"

static struct meeting *meeting; /* made by the test before the call */
static int meetings;            /* how many there have been */
static struct hold *hold;

/* The threads meet at their first terms: so all of them are at work before any sum is complete, and
 * no thread does all the work alone. */
static long term_meet(long i)
{
    static _Thread_local int been;

    if (been != meetings) {
        been = meetings;
        meeting_join(meeting);
    }
    return i;
}

static long term_hold(long i)
{
    hold_pass(hold);
    return i;
}

/* So many that they are shared out among a team also if threads take a hundred at a time. */
enum { TEAM_TERMS = 1000 };

/* As many threads as were asked for work at the same time, and no more. */
static void expect_team(const char *name, sum_fn *sum_of, int threads)
{
    const char *call = terms_call(name, TEAM_TERMS, threads);
    long sum;

    meeting = meeting_create(threads);
    meetings++;
    expect(grader_call(sum_of(term_meet, TEAM_TERMS, threads, &sum), name, "%s", call) == 0,
           "%s failed with errno %s.", call, error_name(errno));
    expect(meeting_most(meeting) == threads,
           "%s should work out %d terms at the same time, but there were never more than %d. Does "
           "the parallel region say num_threads(threads), does each thread of the team get a share "
           "of the terms, and is term called outside of what one thread at a time does?",
           call, threads, meeting_most(meeting));
    meeting_free(meeting);
    hold = hold_create(threads + 1);
    expect(grader_call(sum_of(term_hold, TEAM_TERMS, threads, &sum), name, "%s", call) == 0,
           "%s failed with errno %s.", call, error_name(errno));
    expect(hold_most(hold) <= threads,
           "%s should work out %d terms at the same time, but there were %d. How large is the "
           "team?",
           call, threads, hold_most(hold));
    hold_free(hold);
}

static void check_sum(const char *name, sum_fn *sum_of)
{
    struct far_sum far_sum = terms_start_far(sum_of, 2);
    long sum = 7;

    grader_begin(name, sum_of(term_identity, 2, 2, &sum) == 0);
    terms_expect_sum(name, sum_of, 1, 1);
    terms_expect_sum(name, sum_of, 3, 1);
    terms_expect_sum(name, sum_of, 0, 2);
    terms_expect_sum(name, sum_of, 1, 2);
    terms_expect_sum(name, sum_of, 3, 7);
    terms_expect_sum(name, sum_of, 20001, 1);
    expect_team(name, sum_of, 3);
    expect_team(name, sum_of, 5);
    terms_expect_no_race(name, sum_of);
    terms_expect_sum(name, sum_of, 20001, 4);
    terms_expect_wide(name, sum_of);
    terms_expect_far(name, far_sum);
    terms_expect_teams(name, sum_of);
    terms_expect_fewer(name, sum_of);
    terms_expect_inside(name, sum_of);
    terms_expect_refusals(name, sum_of);
}

/* Counts the constructs that a sum of 1000 terms uses. Its result is no matter here. */
static void use_constructs(const char *name, sum_fn *sum_of, int threads)
{
    long sum;

    atomic_store(&constructs.criticals, 0);
    atomic_store(&constructs.atomics, 0);
    grader_call(sum_of(term_identity, 1000, threads, &sum), name, "%s",
                terms_call(name, 1000, threads));
}

void test_sum_critical(void)
{
    check_sum("sum_critical", sum_critical);
    use_constructs("sum_critical", sum_critical, 2);
    expect(atomic_load(&constructs.criticals) > 0,
           "The sum of sum_critical is right, but no thread entered a critical construct to add. "
           "This one of the sums is to be kept apart by #pragma omp critical.");
}

void test_sum_atomic(void)
{
    check_sum("sum_atomic", sum_atomic);
    use_constructs("sum_atomic", sum_atomic, 2);
    expect(atomic_load(&constructs.criticals) == 0,
           "The sum of sum_atomic is right, but its threads entered critical constructs (%ld times "
           "for 1000 terms). This one is to be kept apart by #pragma omp atomic alone.",
           atomic_load(&constructs.criticals));
    expect(!atomic_load(&constructs.watched) || atomic_load(&constructs.atomics) > 0,
           "The sum of sum_atomic is right, but no atomic construct changed anything. This one of "
           "the sums is to be kept apart by #pragma omp atomic.");
}

void test_sum_reduction(void)
{
    enum { TEAM = 4 };
    long most = 2 * TEAM; /* each thread's total is added up once, whichever way */

    check_sum("sum_reduction", sum_reduction);
    use_constructs("sum_reduction", sum_reduction, TEAM);
    expect(atomic_load(&constructs.criticals) + atomic_load(&constructs.atomics) <= most,
           "For 1000 terms and %d threads sum_reduction entered critical constructs %ld times and "
           "made %ld atomic additions. With a reduction clause each thread adds to a variable of "
           "its own, and these are added up once, at the end.",
           TEAM, atomic_load(&constructs.criticals), atomic_load(&constructs.atomics));
}
