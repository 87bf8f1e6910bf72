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

static const char *why(int64_t length)
{
    return length > 1L << 53 ? " A double does not hold these numbers." : "";
}

/* The sum of two lengths is even. */
static void try_order(const int64_t lengths[], int runs, enum serial_part part)
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
           "stopwatch of %s, with NULL as the argument of the work, failed with errno %s.",
           plural(runs, "repeat"), error_name(errno));
    if (part == SERIAL_MIN)
        expect(timing.min == sorted[0], "Of runs of %s ns the shortest is %lld, not %lld.%s",
               in_a_row(lengths, runs), (long long)sorted[0], (long long)timing.min,
               why(sorted[0]));
    else
        expect(timing.median == median, "The median of runs of %s ns is %lld, not %lld.%s",
               in_a_row(lengths, runs), (long long)median, (long long)timing.median,
               why(sorted[0]));
}

/* From 1 run to a few, each of which is one of a few lengths above `above`. */
static void try_orders_above(int64_t above, enum serial_part part)
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
            try_order(lengths, runs, part);
        }
    }
}

void serial_try_orders(enum serial_part part)
{
    try_orders_above(0, part);
    try_orders_above(1L << 53, part);
}
