/* The stopwatch frees its memory, whichever way it ends. */
#include "tests/suites/08-serial.h"

#include "08-serial/serial.h"
#include "tests/harness/census.h"
#include "tests/harness/grader.h"
#include "tests/harness/wording.h"

static int64_t no_time(void)
{
    return 0;
}

static void no_work(void *argument)
{
    (void)argument;
}

/* The same call again and again; `how` says what is special about it. */
static void try_heap(const char *how, clock_fn *clock, int warmups, int repeats)
{
    enum { CALLS = 120, FIRST = 20 };
    const char *call = wording("stopwatch of %s and %s%s", plural(warmups, "warm-up"),
                               plural(repeats, "repeat"), how);
    struct census before = {0}, after;
    struct timing timing;
    int series = 0;

    do {
        for (int i = 1; i <= CALLS; i++) {
            grader_call(stopwatch(clock, no_work, NULL, warmups, repeats, &timing), "stopwatch",
                        "%s", call);
            if (i == FIRST)
                before = census_take();
        }
        after = census_take();
    } while (census_heap_grew(before, after) && ++series < CENSUS_SERIES);
    census_expect_heap(before, after, call, CALLS - FIRST);
}

void serial_try_heap(void)
{
    for (int warmups = 0; warmups <= 2; warmups++)
        for (int repeats = 1; repeats <= 4; repeats++)
            try_heap("", no_time, warmups, repeats);
    try_heap(", with no clock (NULL),", NULL, 0, 3);
    try_heap(", which are refused,", no_time, -1, 3);
    try_heap(", which is refused,", no_time, 3, 0);
}
