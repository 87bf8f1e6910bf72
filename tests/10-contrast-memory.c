#include <errno.h>
#include <stdatomic.h>
#include <string.h>

#include "tests/10-contrast.h"
#include "tests/grader/census.h"
#include "tests/grader/faults.h"

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

/* Whichever array there is no memory for, and also if there is: nothing stays allocated. */
void test_memory(void)
{
    static const long in[4] = {1, 2, 3, 4};
    static const struct contrast_plan plan = {task_same, in, 4, 1, 2, no_clock, no_clock, NULL};
    static const struct contrast_engine engines[2] = {{"a", engine_plain, NULL},
                                                      {"b", engine_plain, NULL}};
    struct faults *faults = faults_reset();
    struct census before = {0};
    struct contrast_row rows[2];

    for (int call = 0; call < 240; call++) {
        int which = 1 + call % 3, failed;

        atomic_store(&faults->no_memory, 0);
        atomic_store(&faults->memory_fails_at, which);
        atomic_store(&faults->memory_comes_back, call % 2);
        failed = contrast_run(&plan, engines, 2, rows);
        expect(!failed || (atomic_load(&faults->no_memory) > 0 && failed == -1 && errno == ENOMEM),
               "contrast_run returned %d (errno: %s) when its allocation number %d%s did fail. -1 "
               "with ENOMEM is expected then.",
               failed, strerror(errno), which, call % 2 ? "" : ", and all after it,");
        if (call == 40)
            before = census_take();
    }
    atomic_store(&faults->memory_fails_at, 0);
    census_expect_heap(before, census_take(), "contrast_run", 200);
}
