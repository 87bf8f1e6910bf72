#include "tests/grader/conformance.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>

#include "tests/grader/census.h"
#include "tests/grader/faults.h"
#include "tests/grader/grader.h"

/* Maps while the engine's allocation number `which`, and all after it, fail. Some engine may do without;
 * a process may die of it. Returns whether there was such an allocation. */
static bool try_no_memory(const struct engine *engine, struct faults *faults, int which)
{
    long in[3] = {1, 2, 3}, out[3];
    int failed, refused;

    atomic_store(&faults->no_memory, 0);
    atomic_store(&faults->memory_fails_at, which);
    failed = engine->map(conform_task, in, out, 3, 2);
    atomic_store(&faults->memory_fails_at, 0);
    refused = atomic_load(&faults->no_memory);
    expect(!failed || (refused &&
                       (errno == ENOMEM || (errno == ECHILD && engine->kind == ENGINE_PROCESSES))),
           "%s failed (\"%s\") when its allocation number %d, and all after it, did. ENOMEM is "
           "expected then.",
           engine->name, strerror(errno), which);
    return refused;
}

void conform_no_memory(const struct engine *engine)
{
    struct faults *faults = faults_reset();
    struct census same = census_take(), heap = {0};
    int calls = 0;

    for (int which = 1; which <= 20 && try_no_memory(engine, faults, which); which++)
        for (int call = 1; call <= 70; call++, calls++) {
            try_no_memory(engine, faults, which);
            if (call == 10)
                heap = census_take();
            if (call == 70)
                census_expect_heap(heap, census_take(), engine->name, 60);
        }
    census_expect_same(same, census_take(), engine->name, calls);
}
