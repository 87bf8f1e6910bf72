#include "tests/harness/no_memory.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "tests/harness/census.h"
#include "tests/harness/faults.h"
#include "tests/harness/grader.h"
#include "tests/harness/wording.h"

enum { ROUNDS = 120 }; /* half of them alone: enough for what is lost each time to show */

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

void no_memory_try(const char *name, int (*call)(void))
{
    struct census same, heap = {0};
    bool there = true;
    int calls = 1;

    try_without(name, call, 1, true); /* what only a first call makes is there from now on */
    same = census_take();
    for (int which = 1; which <= 20 && there; which++) {
        there = try_without(name, call, which, true);
        for (int round = 1; round <= ROUNDS; round++, calls++) {
            try_without(name, call, which, round % 2);
            if (round == 20)
                heap = census_take();
            if (round == ROUNDS)
                census_expect_heap(heap, census_take(), name, ROUNDS - 20);
        }
    }
    census_expect_same(same, census_take(), name, calls);
}
