/* The stopwatch, in whatever order short and long runs come. */
#include "tests/suites/08-serial.h"

#include <errno.h>
#include <stdio.h>

#include "08-serial/serial.h"
#include "tests/harness/grader.h"
#include "tests/harness/wording.h"

enum { MOST_RUNS = 6, MOST_KINDS = 4 };

/* A clock and a piece of work of the test's own; a look at this clock takes no time. */
static int64_t now;
static const int64_t *next; /* how long the next run lasts */

static int64_t still_clock(void)
{
    return now;
}

static void next_work(void *argument)
{
    (void)argument;
    now += *next++;
}

/* "7, 9, 8" */
static const char *in_a_row(const int64_t lengths[], int runs)
{
    char text[MOST_RUNS * 24] = "";
    int length = 0;

    for (int run = 0; run < runs; run++)
        length += snprintf(text + length, sizeof text - (size_t)length, "%s%lld", run ? ", " : "",
                           (long long)lengths[run]);
    return wording("%s", text);
}

static void sort(int64_t lengths[], int runs)
{
    for (int run = 1; run < runs; run++)
        for (int at = run; at > 0 && lengths[at] < lengths[at - 1]; at--) {
            int64_t shorter = lengths[at];

            lengths[at] = lengths[at - 1];
            lengths[at - 1] = shorter;
        }
}

/* The sum of two lengths is even. */
static void try_order(const int64_t lengths[], int runs)
{
    int64_t sorted[MOST_RUNS], median;
    struct timing timing = {-1, -1};

    for (int run = 0; run < runs; run++)
        sorted[run] = lengths[run];
    sort(sorted, runs);
    median = (sorted[(runs - 1) / 2] + sorted[runs / 2]) / 2;
    now = 0;
    next = lengths;
    expect(grader_call(stopwatch(still_clock, next_work, NULL, 0, runs, &timing), "stopwatch",
                       "stopwatch of runs of %s ns", in_a_row(lengths, runs)) == 0,
           "stopwatch failed with errno %s.", error_name(errno));
    expect(timing.min == sorted[0] && timing.median == median,
           "Runs of %s ns have a minimum of %lld and a median of %lld, not %lld and %lld.%s",
           in_a_row(lengths, runs), (long long)sorted[0], (long long)median, (long long)timing.min,
           (long long)timing.median,
           sorted[0] > 1L << 53 ? " A double does not hold these numbers." : "");
}

/* From 1 run to a few, each of which is one of a few lengths above `above`. */
static void try_orders_above(int64_t above)
{
    for (int runs = 1; runs <= MOST_RUNS; runs++) {
        const int kinds = runs < MOST_KINDS ? runs : MOST_KINDS;
        int orders = 1;

        for (int run = 0; run < runs; run++)
            orders *= kinds;
        for (int order = 0; order < orders; order++) {
            int64_t lengths[MOST_RUNS];

            for (int run = 0, rest = order; run < runs; run++, rest /= kinds)
                lengths[run] = above + 2 * (rest % kinds) + 1;
            try_order(lengths, runs);
        }
    }
}

void serial_try_orders(void)
{
    try_orders_above(0);
    try_orders_above(1L << 53);
}
