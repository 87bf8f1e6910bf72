/* Tasks and terms, one after the other. */
#include "tests/suites/08-serial.h"

#include <errno.h>
#include <string.h>

#include "08-serial/serial.h"
#include "tests/harness/conformance.h"
#include "tests/harness/grader.h"
#include "tests/harness/wording.h"

void test_serial_map(void)
{
    const struct engine *engine = conform_begin("serial_map");

    conform_results(engine);
    conform_at_most(engine);
    conform_alternating(engine);
    conform_signals(engine);
}

/* Which inputs were run, in order. */
static long order[8];
static size_t ran;

static int task_note(long in, long *out)
{
    order[ran++] = in;
    *out = in;
    return in == 30 ? EDOM : 0;
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
    sum = 7;
    grader_refused("serial_sum with no term (NULL)", serial_sum(NULL, 1, &sum), EINVAL);
    grader_refused("serial_sum of -1 terms", serial_sum(term_identity, -1, &sum), EINVAL);
    grader_refused("serial_sum with nowhere to store (NULL)", serial_sum(term_identity, 1, NULL),
                   EINVAL);
    expect(sum == 7, "After an error serial_sum should leave *sum as it was.");
}
