#include "tests/harness/conformance.h"
#include "tests/harness/grader.h"
#include "tests/harness/no_memory.h"

static const struct engine *scarce;

static int map_three(void)
{
    const long in[3] = {1, 2, 3};
    long out[3] = {0};
    int failed = scarce->map(conform_task, in, out, 3, 2);

    for (int i = 0; i < 3 && !failed; i++)
        expect(
            out[i] == in[i] * CONFORM_FACTOR + CONFORM_OFFSET,
            "There was no memory, and %s claims to have succeeded, but out[%d] is not the result "
            "of in[%d].",
            scarce->name, i, i);
    return failed;
}

void conform_no_memory(const struct engine *engine)
{
    scarce = engine;
    no_memory_try(engine->name, map_three);
}
