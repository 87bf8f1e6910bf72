/* Tasks and terms, one after the other. */
#include "tests/suites/08-serial.h"

#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdatomic.h>
#include <string.h>

#include "08-serial/serial.h"
#include "common/interp.h"
#include "tests/harness/conformance.h"
#include "tests/harness/grader.h"
#include "tests/harness/wording.h"

/* How many tasks ran in a thread that is not the caller's. */
static pthread_t caller;
static atomic_int elsewhere;

static int task_looks_where(long in, long *out)
{
    *out = in;
    if (!pthread_equal(pthread_self(), caller))
        elsewhere++;
    return 0;
}

/* "Itself": also not in threads that take turns. */
static void check_thread(void)
{
    enum { TASKS = 64 };
    static long in[TASKS], out[TASKS];

    caller = pthread_self();
    elsewhere = 0;
    expect(grader_call(serial_map(task_looks_where, in, out, TASKS, 4), "serial_map",
                       "serial_map of 64 tasks with 4 workers") == 0,
           "serial_map failed with errno %s.", error_name(errno));
    expect(elsewhere == 0,
           "serial_map should run all 64 tasks itself, in the thread that called it, but %d of "
           "them ran in another thread.",
           atomic_load(&elsewhere));
}

void test_serial_map(void)
{
    const struct engine *engine = conform_begin("serial_map");

    check_thread();
    conform_results(engine);
    serial_try_map_in_map();
    conform_errno_of_success(engine);
    conform_very_many(engine);
    conform_at_most(engine);
    conform_alternating(engine);
    conform_signals(engine);
}

/* Which inputs were run, in order. */
static long order[8];
static size_t ran;
static int note_error = EDOM;

static int task_note(long in, long *out)
{
    order[ran++] = in;
    *out = in;
    errno = EAGAIN; /* what a task leaves there is not what it returns */
    return in == 30 ? note_error : 0;
}

/* More tasks than an int can count, of which the fifth fails: none after it is run. (An engine that
 * needs room for each of them has none.) */
static void check_very_many(void)
{
    const size_t n = (1UL << 32) + 3; /* as an int, or an unsigned: 3 */
    static const long in[8] = {1, 2, 3, 4, 30};
    long out[8];
    struct grader_answer answer;

    ran = 0;
    grader_trying("serial_map of 4294967299 tasks, of which the fifth fails");
    answer = grader_answer(serial_map(task_note, in, out, n, 1));
    if (ran == 0 && answer.refused && answer.error == ENOMEM)
        return;
    expect(ran == 5,
           "Of 4294967299 tasks the fifth fails, but serial_map ran %zu of them. Is n, or the "
           "index, kept in an int or an unsigned anywhere?",
           ran);
    grader_expect_refused("serial_map of 4294967299 tasks, of which the fifth fails with EDOM,",
                          answer, EDOM);
}

void test_serial_map_errors(void)
{
    const struct engine *engine = conform_begin("serial_map");
    const long in[] = {10, 20, 30, 40};
    long out[4];

    conform_arguments(engine);
    conform_errors(engine);
    conform_tidy(engine);
    ran = 0;
    grader_refused("The third of four tasks fails with EDOM: serial_map",
                   serial_map(task_note, in, out, 4, 1), EDOM);
    expect(ran == 3 && memcmp(order, in, sizeof order[0] * 3) == 0,
           "The third of four tasks failed: serial_map should run the first three in order and "
           "stop there, but it ran %zu.",
           ran);
    check_very_many();
    note_error = EINTR; /* an error of a task as any other: nothing is tried again */
    ran = 0;
    grader_refused("The third of four tasks fails with EINTR: serial_map",
                   serial_map(task_note, in, out, 4, 1), EINTR);
    expect(ran == 3,
           "The third of four tasks failed: serial_map should run the first three in order and "
           "stop there, but it ran %zu.",
           ran);
}

static long term_cube(long i)
{
    return i * i * i;
}

static long seen[5];

static long term_note(long i)
{
    if (i >= 0 && i < 5)
        seen[i]++;
    return 1;
}

static void expect_sum(term_fn *term, long n, long wanted)
{
    long sum = -1;

    expect(serial_sum(term, n, &sum) == 0, "serial_sum of %s failed with errno %s.",
           plural(n, "term"), error_name(errno));
    expect(sum == wanted, "serial_sum of %s should be %ld, but it is %ld.", plural(n, "term"),
           wanted, sum);
}

/* The sum of 31 of them is odd, and has 62 bits. */
enum { WIDE_TERMS = 31 };

static long term_wide(long i)
{
    return -(1L << 57) - 2 * i - 1;
}

static void check_wide(void)
{
    const long wanted = -(WIDE_TERMS * (1L << 57)) - WIDE_TERMS * WIDE_TERMS;
    long sum = 7;

    expect(serial_sum(term_wide, WIDE_TERMS, &sum) == 0, "serial_sum of %d terms failed with %s.",
           WIDE_TERMS, error_name(errno));
    expect(sum == wanted,
           "serial_sum of %d large terms should be %ld, but it is %ld. Neither an int nor a double "
           "holds this: is every value and every total on the way a long?",
           WIDE_TERMS, wanted, sum);
}

/* Nobody waits for all of more terms than an int can count: the fifth leaves the sum. */
static jmp_buf enough;
static int asked;

static long term_enough(long i)
{
    (void)i;
    if (++asked == 5)
        longjmp(enough, 1);
    return 1;
}

static void check_far(void)
{
    static long sum;

    if (setjmp(enough) != 0)
        return;
    grader_doing("serial_sum", "serial_sum of 4294967299 terms");
    serial_sum(term_enough, (1L << 32) + 3, &sum);
    grader_did();
    grader_fail("serial_sum of 4294967299 terms asked for %s, and then it returned. Is n, or the "
                "index, kept in an int anywhere?",
                plural(asked, "term"));
}

/* What term_identity's tick calls, as if a lock were installed whose holder is asked to drop it. */
static int leave_at_fifth(void *self)
{
    (void)self;
    if (++asked == 5)
        longjmp(enough, 1);
    return 0;
}

static int go_on(void *self)
{
    (void)self;
    return 0;
}

/* Nor for all that a long can hold the sum of. Who knows a formula for these returns at once. */
static void check_most(void)
{
    static const struct interp_lock lock = {go_on, leave_at_fifth, &asked};
    static const long wanted = MOST_TERMS / 2 * (MOST_TERMS - 1);
    static long sum;

    asked = 0;
    interp_install(&lock);
    interp_ask(&asked, true);
    if (setjmp(enough) == 0) {
        grader_doing("serial_sum", "serial_sum of %s", plural(MOST_TERMS, "term"));
        sum = -1;
        serial_sum(term_identity, MOST_TERMS, &sum);
    } else {
        sum = wanted; /* it adds them up */
    }
    grader_did();
    interp_uninstall(&asked);
    expect(sum == wanted, "serial_sum of %s should be %ld, but it is %ld.",
           plural(MOST_TERMS, "term"), wanted, sum);
}

void test_serial_sum(void)
{
    long sum = 7;

    grader_begin("serial_sum", serial_sum(term_identity, 1, &sum) == 0);
    expect_sum(term_identity, 0, 0);
    expect_sum(term_identity, 2, 1);
    expect_sum(term_identity, 10000001, 50000005000000);
    expect_sum(term_cube, 101, 25502500);
    expect_sum(term_note, 5, 5);
    for (int i = 0; i < 5; i++)
        expect(seen[i] == 1, "serial_sum of 5 terms should ask for term(%d) once, not %ld times.",
               i, seen[i]);
    serial_try_sum_in_sum();
    check_wide();
    check_far();
    check_most();
    sum = 7;
    grader_refused("serial_sum with no term (NULL)", serial_sum(NULL, 1, &sum), EINVAL);
    grader_refused("serial_sum of 0 terms with no term (NULL)", serial_sum(NULL, 0, &sum), EINVAL);
    grader_refused("serial_sum of 0 terms with nowhere to store (NULL)",
                   serial_sum(term_identity, 0, NULL), EINVAL);
    grader_refused("serial_sum of -1 terms", serial_sum(term_identity, -1, &sum), EINVAL);
    grader_refused("serial_sum with nowhere to store (NULL)", serial_sum(term_identity, 1, NULL),
                   EINVAL);
    expect(sum == 7, "After an error serial_sum should leave *sum as it was.");
}
