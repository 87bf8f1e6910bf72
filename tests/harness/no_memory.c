#include "tests/harness/no_memory.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>

#include "tests/harness/census.h"
#include "tests/harness/faults.h"
#include "tests/harness/grader.h"

enum { ROUNDS = 120 }; /* half of them alone: enough for what is lost each time to show */

/* Returns whether there was an allocation number `which`. */
static bool try_without(const char *name, int (*call)(void), int which, bool alone)
{
    struct faults *faults = faults_reset();
    int result;

    atomic_store(&faults->memory_comes_back, alone);
    atomic_store(&faults->memory_fails_at, which);
    errno = 0;
    result = call();
    atomic_store(&faults->memory_fails_at, 0);
    expect(result >= 0 || atomic_load(&faults->no_memory) > 0, "%s failed: %s.", name,
           strerror(errno));
    expect(
        result >= 0 || (result == -1 && (errno == ENOMEM || errno == ECHILD)),
        "%s returned %d (errno: %s) when its allocation number %d%s failed. -1 with errno ENOMEM "
        "is expected then.",
        name, result, strerror(errno), which, alone ? "" : ", and all after it,");
    return atomic_load(&faults->no_memory) > 0;
}

void no_memory_try(const char *name, int (*call)(void))
{
    struct census same, heap = {0};
    bool there = true;
    int calls = 1;

    try_without(name, call, 1, true); /* what a first call makes for good is there then */
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
