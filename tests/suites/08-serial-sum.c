/* The sum of terms. */
#include "tests/suites/08-serial.h"

#include <errno.h>
#include <setjmp.h>

#include "08-serial/serial.h"
#include "common/interp.h"
#include "tests/harness/grader.h"
#include "tests/harness/wording.h"

static int called; /* how often a term of the test's own was */

static long term_cube(long i)
{
    called++;
    return i * i * i;
}

static long seen[5];

static long term_note(long i)
{
    if (i >= 0 && i < 5)
        seen[i]++;
    called++;
    return 1;
}

/* Some are 0, also the first, and some below it. */
static long term_mixed(long i)
{
    called++;
    return i % 3 * (i % 2 ? 5 : -2);
}

/* "failed with errno EINVAL (Invalid argument)" */
static const char *what_it_did(int returned)
{
    if (returned == -1)
        return wording("failed with errno %s", error_name(errno));
    return wording("returned %d", returned);
}

enum { BEFORE = 7 };

/* Why a sum is not right, if it shows; `last` is what the call before has stored. */
static const char *why_wrong(long sum, long wanted, long last)
{
    if (called == 0 && wanted != 0)
        return " term was never called.";
    if (sum == BEFORE)
        return " *sum is as before the call: nothing was stored there.";
    if (sum == wanted + BEFORE)
        return " It is too large by what *sum held before the call.";
    if (last != 0 && sum == wanted + last)
        return " It is too large by the sum of the call before: is anything of one call kept in a "
               "variable that all calls share?";
    return "";
}

/* `terms` says what term(i) is. */
static void expect_sum(term_fn *term, const char *terms, long n, long wanted)
{
    static long last;
    const char *call = wording("serial_sum of %s, where term(i) is %s,", plural(n, "term"), terms);
    long sum = BEFORE;
    int returned =
        grader_call(serial_sum(term, n, &sum), "serial_sum", "serial_sum of %s", plural(n, "term"));

    expect(returned == 0, "%s should return 0, but it %s.", call, what_it_did(returned));
    expect(sum == wanted, "%s should be %ld, but it is %ld.%s", call, wanted, sum,
           why_wrong(sum, wanted, last));
    last = sum;
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

    expect(serial_sum(term_wide, WIDE_TERMS, &sum) == 0,
           "serial_sum of %d terms, all of them far below 0, failed with errno %s.", WIDE_TERMS,
           error_name(errno));
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

    /* What fails in another way than a stub is told of with its arguments, below. */
    grader_begin("serial_sum", serial_sum(term_identity, 1, &sum) == 0 || errno != ENOSYS);
    expect_sum(term_note, "1", 1, 1);
    expect_sum(term_identity, "i", 0, 0);
    expect_sum(term_identity, "i", 1, 0);
    expect_sum(term_identity, "i", 2, 1);
    expect_sum(term_identity, "i", 10000001, 50000005000000);
    expect_sum(term_cube, "i * i * i", 101, 25502500);
    expect_sum(term_mixed, "0, 5, -4, 0, -2, 10, 0, 5 and so on", 12, 18);
    seen[0] = 0;
    expect_sum(term_note, "1", 5, 5);
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
