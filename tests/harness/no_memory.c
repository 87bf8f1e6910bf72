#include "tests/harness/no_memory.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "tests/harness/census.h"
#include "tests/harness/faults.h"
#include "tests/harness/grader.h"
#include "tests/harness/wording.h"

/* Half of them alone: enough for what is lost each time to show after the first ones. */
enum { ROUNDS = 120, FIRST = 20 };

/* Calls it once while allocation number `which` fails: alone, or with all after it. Returns whether
 * there was such an allocation. */
static bool try_without(const char *name, int (*call)(void), int which, bool alone)
{
    struct faults *faults = faults_reset();
    int result;

    atomic_store(&faults->memory_comes_back, alone);
    atomic_store(&faults->memory_fails_at, which);
    errno = GRADER_NOT_SET;
    grader_doing(name, "%s", name);
    result = call();
    grader_did();
    atomic_store(&faults->memory_fails_at, 0);
    if (result >= 0)
        return atomic_load(&faults->no_memory) > 0;
    expect(atomic_load(&faults->no_memory) > 0,
           "%s failed with errno %s, although no allocation of its own failed.", name,
           error_name(errno));
    expect(result == -1 && (errno == ENOMEM || errno == ECHILD),
           "When allocation number %d%s fails, %s should return -1 with errno %s, but it returned "
           "%d%s%s.",
           which, alone ? "" : ", and every one after it,", name, error_name(ENOMEM), result,
           errno == GRADER_NOT_SET ? " and did not set errno" : " with errno ",
           errno == GRADER_NOT_SET ? "" : error_name(errno));
    return true;
}

/* Calls it ROUNDS times while allocation number `which` fails. Returns whether the heap grew
 * meanwhile; notes it before and after that. */
static bool try_series(const char *name, int (*call)(void), int which, struct census *before,
                       struct census *after)
{
    for (int round = 1; round <= ROUNDS; round++) {
        try_without(name, call, which, round % 2);
        if (round == FIRST)
            *before = census_take();
    }
    *after = census_take();
    return census_heap_grew(*before, *after);
}

void no_memory_try(const char *name, int (*call)(void))
{
    struct census same, before, after;
    bool there = true;
    int calls = 1;

    try_without(name, call, 1, true); /* what only a first call makes is there from now on */
    same = census_take();
    for (int which = 1; which <= 20 && there; which++) {
        int series = 1;

        there = try_without(name, call, which, true);
        while (try_series(name, call, which, &before, &after) && series < CENSUS_SERIES)
            series++;
        census_expect_heap(before, after, name, ROUNDS - FIRST);
        calls += series * ROUNDS;
    }
    census_expect_same(same, census_take(), name, calls);
}
