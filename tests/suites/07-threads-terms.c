/* Terms of sums that are watched. They are worked out in the threads of a team; all else runs in
 * the test's own thread. */
#include "tests/suites/07-threads.h"

#include <errno.h>
#include <stdatomic.h>

#include <omp.h>

#include "07-threads/thread_map.h"
#include "tests/harness/forced_stop.h"
#include "tests/harness/grader.h"
#include "tests/harness/wording.h"
#include "tests/watch/quiet.h"

enum { MOST_TERMS_WATCHED = 20001, BEFORE = 7 };

/* Set by the test before the call. */
static long terms;                           /* term(0) to term(terms - 1) may be called */
static atomic_int calls[MOST_TERMS_WATCHED]; /* how often each has been */
static atomic_long stray;                    /* one that must not be called, but was; or 0 */

/* In a thread of the team: n of these add up to n * n. */
static long term_watched(long i)
{
    if (i < 0 || i >= terms)
        atomic_store(&stray, i);
    else
        atomic_fetch_add(&calls[i], 1);
    return 2 * i + 1;
}

const char *terms_call(const char *name, long n, int threads)
{
    return wording("%s of %s with %s", name, plural(n, "term"), plural(threads, "thread"));
}

static void expect_each_once(const char *call)
{
    expect(atomic_load(&stray) == 0,
           "%s worked out term(%ld). The terms are term(0) up to term(n - 1).", call,
           atomic_load(&stray));
    for (long i = 0; i < terms; i++)
        expect(atomic_load(&calls[i]) == 1,
               "%s should work out each of term(0) up to term(n - 1) once, but term(%ld) was "
               "called %s.",
               call, i, plural(atomic_load(&calls[i]), "time"));
}

/* All terms have been worked out. So why is the sum not right? */
static const char *why_wrong(long sum, long right, int threads)
{
    if (sum == BEFORE)
        return "*sum is as before the call: nothing was stored there.";
    if (sum == right + BEFORE)
        return "It is too large by what *sum held before the call.";
    if (sum == 0)
        return "No addition reached *sum. Is the variable that the threads add to private, is it "
               "read before they have added, or are their sums not put together by +, from that of "
               "the first thread to that of the last?";
    if (threads == 1)
        return "Is exactly the value of each term added, to a total that begins with 0?";
    if (threads > 64)
        return "Smaller teams add up to the right sum. Has an array no place for so many threads?";
    return "All terms were worked out. So additions were lost, or came too late: did threads "
           "overwrite what others had added, or was the total read before all had added?";
}

void terms_expect_sum(const char *name, sum_fn *sum_of, long n, int threads)
{
    const char *call = terms_call(name, n, threads);
    long sum = BEFORE;

    terms = n;
    atomic_store(&stray, 0);
    for (long i = 0; i < n; i++)
        atomic_store(&calls[i], 0);
    expect(grader_call(sum_of(term_watched, n, threads, &sum), name, "%s", call) == 0,
           "%s failed with errno %s.", call, error_name(errno));
    expect_each_once(call);
    expect(sum == n * n, "%s, where term(i) is 2 * i + 1, should be %ld, but it is %ld. %s", call,
           n * n, sum, why_wrong(sum, n * n, threads));
}

/* The sum of 31 of them is odd, and has 62 bits. */
enum { WIDE_TERMS = 31 };
static long wide_sign;

static long term_wide(long i)
{
    return wide_sign * ((1L << 57) + 2 * i + 1);
}

void terms_expect_wide(const char *name, sum_fn *sum_of)
{
    for (wide_sign = 1; wide_sign >= -1; wide_sign -= 2) {
        long sum = BEFORE,
             right = wide_sign * ((WIDE_TERMS * (1L << 57)) + WIDE_TERMS * WIDE_TERMS);

        expect(grader_call(sum_of(term_wide, WIDE_TERMS, 2, &sum), name,
                           "%s of %d large terms with 2 threads", name, WIDE_TERMS) == 0,
               "%s failed with errno %s.", name, error_name(errno));
        expect(sum == right,
               "%s of large terms should be %ld, but it is %ld, though sums of small ones are "
               "right. Neither an int nor a double holds this: is every value and every total on "
               "the way a long?",
               name, right, sum);
    }
}

static atomic_int largest_team; /* that a term was worked out in */
/* What is expected: not on the stack, which an array that is too small may damage. */
static int wanted_team;
static long wanted_sum;
static const char *team_call;

static long term_in_team(long i)
{
    int team = omp_get_num_threads(), largest = atomic_load(&largest_team);

    while (team > largest && !atomic_compare_exchange_weak(&largest_team, &largest, team))
        ;
    return 2 * i + 1;
}

static void expect_team(const char *name, sum_fn *sum_of, long n, int threads)
{
    long sum = BEFORE;

    wanted_team = threads;
    wanted_sum = n * n;
    team_call = terms_call(name, n, threads);
    atomic_store(&largest_team, 0);
    expect(grader_call(sum_of(term_in_team, n, threads, &sum), name, "%s", team_call) == 0,
           "%s failed with errno %s.", team_call, error_name(errno));
    expect(atomic_load(&largest_team) == wanted_team,
           "%s should work in a team of that many threads, but omp_get_num_threads says %d there.",
           team_call, atomic_load(&largest_team));
    expect(sum == wanted_sum, "%s, where term(i) is 2 * i + 1, should be %ld, but it is %ld. %s",
           team_call, wanted_sum, sum, why_wrong(sum, wanted_sum, wanted_team));
}

void terms_expect_teams(const char *name, sum_fn *sum_of)
{
    expect_team(name, sum_of, 1000, 70);
    expect_team(name, sum_of, 3, 7);
}

/* The thread that works out the first term stops at point `first_at`. If `second_at` is not 0, the
 * thread that works out another one waits for that, and then stops at this point. */
static atomic_int first_at, second_at;
static atomic_int second_is_there;
static _Thread_local int stops; /* the calling thread is one of the two; counts tries */
static int try;                 /* from 1 */

/* 1 - 3 + 5 - ...: an even number n of them adds up to -n. What is kept apart for some values only
 * is not kept apart. */
static long term_signed(long i)
{
    return i % 2 ? -2 * i - 1 : 2 * i + 1;
}

static long term_stop(long i)
{
    int first = atomic_exchange(&first_at, 0), second;

    if (first) {
        stops = try;
        if (atomic_load(&second_at))
            quiet_wait_briefly(&second_is_there);
        forced_stop_at(first);
    } else if (stops != try && (second = atomic_exchange(&second_at, 0)) != 0) {
        stops = try;
        atomic_store(&second_is_there, 1);
        forced_stop_wait();
        forced_stop_second_at(second);
    }
    return term_signed(i);
}

/* Returns how many of the two have stopped. */
static int try_stops(const char *name, sum_fn *sum_of, int first, int second)
{
    const int threads = second ? 2 : 4;
    const long n = second ? 2 : 2 * threads;
    const char *whom = second ? "two threads are" : "a thread is";
    long sum = BEFORE;
    int stopped;

    try++;
    forced_stop_reset();
    atomic_store(&second_is_there, 0);
    atomic_store(&second_at, second);
    atomic_store(&first_at, first);
    expect(grader_call(sum_of(term_stop, n, threads, &sum), name,
                       "%s, while %s stopped for a while", terms_call(name, n, threads), whom) == 0,
           "%s failed with errno %s.", name, error_name(errno));
    stopped = forced_stop_happened() + forced_stop_second_happened();
    forced_stop_reset();
    expect(sum == -n,
           "%s of %ld terms, %s, should be %ld, but it is %ld if %s stopped for a while in the "
           "middle of its work, and others go on. Is each use of what threads share kept apart: of "
           "the total, of *sum if threads store there, and of a value that is declared outside the "
           "region? Can two threads find the same lock free, one before the other has taken it?",
           name, n, n == 2 ? "1 and -3" : "1, -3, 5, -7 ...", -n, sum, whom);
    return stopped;
}

void terms_expect_no_race(const char *name, sum_fn *sum_of)
{
    enum { MOST_ALONE = 12, MOST_FIRST = 8, MOST_SECOND = 12 };

    for (int point = 1; point <= MOST_ALONE; point++)
        if (try_stops(name, sum_of, point, 0) == 0)
            break;
    for (int first = 1; first <= MOST_FIRST; first++)
        for (int second = 1; second <= MOST_SECOND; second++)
            if (try_stops(name, sum_of, first, second) < 2)
                break;
}

/* A call with a bad argument. If sum_racy, which is given, takes it as well, then what both call to
 * look at arguments is to blame. */
static void expect_refused(const char *name, sum_fn *sum_of, const char *how, term_fn *term, long n,
                           int threads, long *sum)
{
    const char *what = wording("%s %s", name, how);
    struct grader_answer answer, racy;

    grader_trying(what);
    answer = grader_answer(sum_of(term, n, threads, sum));
    if (!answer.refused || answer.error != EINVAL) {
        racy = grader_answer(sum_racy(term, n, threads, sum));
        if (!racy.refused || racy.error != EINVAL)
            grader_doing("bad_sum", "%s", what);
    }
    grader_expect_refused(what, answer, EINVAL);
}

void terms_expect_refusals(const char *name, sum_fn *sum_of)
{
    long sum = BEFORE;

    expect_refused(name, sum_of, "of -1 terms", term_identity, -1, 1, &sum);
    expect_refused(name, sum_of, "with 0 threads", term_identity, 1, 0, &sum);
    expect_refused(name, sum_of, "with -1 threads", term_identity, 0, -1, &sum);
    expect_refused(name, sum_of, "with no term (NULL)", NULL, 0, 1, &sum);
    expect_refused(name, sum_of, "with no term (NULL)", NULL, 1, 1, &sum);
    expect_refused(name, sum_of, "with nowhere to store (NULL)", term_identity, 1, 1, NULL);
    expect(sum == BEFORE,
           "After an error %s should leave *sum as it was, which was %d, and not %ld. Write to it "
           "at the end only, when nothing can fail any more.",
           name, BEFORE, sum);
}
