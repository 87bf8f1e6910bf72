#include <string.h>

#include "tests/suites/10-contrast.h"
#include "tests/harness/no_memory.h"

static int task_same(long in, long *out)
{
    *out = in;
    return 0;
}

static int64_t no_clock(void)
{
    return 0;
}

static int engine_plain(task_fn *task, const long in[], long out[], size_t n, int workers)
{
    (void)workers;
    for (size_t i = 0; i < n; i++)
        task(in[i], &out[i]);
    return 0;
}

static int run_two(void)
{
    static const long in[1] = {1};
    static const struct contrast_plan plan = {task_same, in, 1, 1, 2, no_clock, no_clock, NULL};
    static const struct contrast_engine engines[2] = {{"a", engine_plain, NULL},
                                                      {"b", engine_plain, NULL}};
    struct contrast_row rows[2] = {{0}};
    int failed = contrast_run(&plan, engines, 2, rows);

    expect(
        failed || (rows[0].agrees && rows[1].agrees),
        "There was no memory, and contrast_run claims to have succeeded, but its rows are empty.");
    return failed;
}

void test_memory(void)
{
    no_memory_try("contrast_run", run_two);
}
