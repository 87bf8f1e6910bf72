/* Which writes of a worker its caller sees. */
#include "tests/suites/01-processes-and-threads.h"

#include <errno.h>
#include <malloc.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "01-processes-and-threads/sharing.h"
#include "tests/harness/census.h"
#include "tests/harness/grader.h"
#include "tests/harness/no_memory.h"
#include "tests/harness/wording.h"

/* How often one of the ways below was called. */
static int runs;

/* Ways to run that are known to share all, some or nothing. */
static int run_here(work_fn *work, void *argument)
{
    runs++;
    work(argument);
    return 0;
}

static int run_here_with_errno(work_fn *work, void *argument)
{
    runs++;
    work(argument);
    errno = EAGAIN;
    return 0;
}

static int run_nowhere(work_fn *work, void *argument)
{
    (void)work, (void)argument;
    runs++;
    return 0;
}

static int run_in_copy(work_fn *work, void *argument)
{
    pid_t child = grader_fork();

    runs++;
    if (child == 0) {
        work(argument);
        _exit(0);
    }
    return waitpid(child, NULL, 0) == child ? 0 : -1;
}

/* The writable data of this program, with the static variables of the graded file: the linker's
 * names for where it begins and ends. */
extern char __data_start[], end[];

__attribute__((no_sanitize("address", "thread"))) static void copy_data(volatile char *to,
                                                                        const volatile char *from)
{
    for (ptrdiff_t i = 0; i < end - __data_start; i++)
        to[i] = from[i]; /* NOLINT(clang-analyzer-core.uninitialized.Assign): the loader set it */
}

/* Does the work here, and then takes back what it wrote to static variables. */
static int run_without_statics(work_fn *work, void *argument)
{
    char *before = malloc((size_t)(end - __data_start));

    if (!before)
        return -1;
    copy_data(before, __data_start);
    work(argument);
    copy_data(__data_start, before);
    runs++;
    free(before);
    return 0;
}

static int run_badly(work_fn *work, void *argument)
{
    work(argument);
    errno = ENOSPC;
    return -1;
}

/* Run number `fails_at` fails, and each other does the work. */
static int fails_at;

static int run_badly_once(work_fn *work, void *argument)
{
    if (++runs == fails_at) {
        errno = ENOSPC;
        return -1;
    }
    work(argument);
    return 0;
}

/* `what` says what the run did, as a sentence. */
static void expect_sharing(const char *what, run_fn *run, struct sharing wanted)
{
    struct sharing got = {0};

    runs = 0;
    expect(grader_call(sharing_look(run, &got), "sharing_look", "sharing_look, again") == 0,
           "%s sharing_look failed with errno %s.", what, error_name(errno));
    expect(runs > 0, "sharing_look should let `run` do the work, but it has not called `run`.");
    expect(got.global == wanted.global && got.heap == wanted.heap && got.shared == wanted.shared,
           "%s So sharing_look should say that the caller sees these writes: global %d, heap %d, "
           "shared %d. But it says: global %d, heap %d, shared %d.",
           what, wanted.global, wanted.heap, wanted.shared, got.global, got.heap, got.shared);
}

/* A run that has failed is no less a failure if another one goes well. */
static void check_failing_runs(void)
{
    for (fails_at = 1; fails_at <= 3; fails_at++) {
        struct sharing got = {false, true, false};
        const char *what = wording("Run %d fails with ENOSPC, and each other one does the work: "
                                   "sharing_look",
                                   fails_at);
        struct grader_answer answer;

        runs = 0;
        grader_trying(what);
        answer = grader_answer(sharing_look(run_badly_once, &got));
        if (runs < fails_at)
            break;
        grader_expect_refused(what, answer, ENOSPC);
        expect(!got.global && got.heap && !got.shared,
               "If the run fails, sharing_look should leave *sharing as it was.");
    }
}

/* A chunk of the heap for every call would show; the few that malloc keeps for itself do not. */
static void check_heap(void)
{
    size_t before = census_heap();
    struct sharing got;

    for (int i = 0; i < 100; i++)
        expect(grader_call(sharing_look(i % 2 ? run_here : run_badly, &got), "sharing_look",
                           "sharing_look, time and again") == (i % 2 ? 0 : -1),
               "sharing_look should fail if the run fails, and only then.");
    expect(census_heap() < before + 1000,
           "After 100 calls of sharing_look, half of them with a run that failed, %zu more bytes "
           "of the heap are in use.",
           census_heap() - before);
}

static int look_once(void)
{
    struct sharing got = {false, true, false};
    int failed = grader_call(sharing_look(run_here, &got), "sharing_look", "sharing_look");
    int error = errno;

    expect(!failed || (!got.global && got.heap && !got.shared),
           "If there is no memory, sharing_look should leave *sharing as it was.");
    expect(failed || (got.global && got.heap && got.shared),
           "When there was no memory for one of the variables, sharing_look returned 0, but the "
           "writes that it stored are not those that its caller sees: the run did the work in the "
           "caller itself.");
    errno = error;
    return failed;
}

static size_t heap_before;
static bool heap_grew;

static int run_and_weigh_heap(work_fn *work, void *argument)
{
    (void)work, (void)argument;
    heap_grew = census_heap() > heap_before;
    return 0;
}

/* While the run is under way a piece of the heap is in use: all that malloc has kept for itself,
 * which counts as in use, is taken first. (Under a sanitiser or valgrind nobody counts.) */
static void expect_heap_used(void)
{
    enum { SIZES = 64, EACH = 8 };
    void *kept[SIZES][EACH];
    const size_t none_kept = census_heap();
    struct sharing got;

    for (size_t size = 0; size < SIZES; size++)
        for (size_t i = 0; i < EACH; i++)
            kept[size][i] = malloc(24 + 16 * size);
    heap_before = census_heap();
    sharing_look(run_and_weigh_heap, &got);
    expect(heap_before == none_kept || heap_grew,
           "While `run` is under way, no more memory from malloc is in use than before the call. "
           "One of the three variables should be in memory that this call got from malloc: not on "
           "the stack or anywhere else, and not in memory that was kept since an earlier call.");
    for (size_t size = 0; size < SIZES; size++)
        for (size_t i = 0; i < EACH; i++)
            free(kept[size][i]);
}

/* Memory that malloc hands out from now on is full of ones: what has been freed at the end of the
 * heap is handed out again, as it is. */
static void fill_heap(void)
{
    enum { SIZES = 4, EACH = 50, ONES = 16384 };
    void *kept[SIZES][EACH];
    volatile int *ones;

    mallopt(M_PERTURB, 0); /* malloc would fill it with a pattern of its own (suite.c) */
    for (size_t size = 0; size < SIZES; size++)
        for (size_t i = 0; i < EACH; i++)
            kept[size][i] = malloc(24 + 16 * size); /* all that malloc has kept of small sizes */
    ones = malloc(ONES * sizeof *ones);
    for (size_t i = 0; ones && i < ONES; i++)
        ones[i] = 1;
    free((void *)ones);
    expect_sharing("The run did nothing, and the memory from malloc was used before.", run_nowhere,
                   (struct sharing){0});
    for (size_t size = 0; size < SIZES; size++)
        for (size_t i = 0; i < EACH; i++)
            free(kept[size][i]);
}

void test_sharing_look(void)
{
    enum { MANY = 300 }; /* a counter in a byte begins anew */
    struct sharing all = {true, true, true}, none = {0}, mapped = {false, false, true},
                   but_global = {false, true, true}, got = mapped;
    struct census before;

    grader_begin("sharing_look", sharing_look(run_here, &got) == 0);
    before = census_take();
    for (int i = 0; i < 3; i++) {
        expect_sharing("The run did the work in the caller itself.", run_here, all);
        expect_sharing("The run did the work in the caller itself, and went well (it returned 0, "
                       "whatever it left in errno).",
                       run_here_with_errno, all);
        expect_sharing("The run did nothing, but there was a run before it.", run_nowhere, none);
        expect_sharing("The run did the work in a child.", run_in_copy, mapped);
        expect_sharing("The run did the work in the caller itself, and set the static variables "
                       "back to what they were.",
                       run_without_statics, but_global);
    }
    for (int i = 0; i < MANY; i++)
        expect_sharing("The run did nothing, but there was a run before it.", run_nowhere, none);
    fill_heap();
    expect_heap_used();
    got = mapped;
    grader_refused("The run fails with ENOSPC: sharing_look", sharing_look(run_badly, &got),
                   ENOSPC);
    expect(!got.global && !got.heap && got.shared,
           "If the run fails, sharing_look should leave *sharing as it was.");
    expect_sharing("The run did nothing. The run before it had done the work, and failed.",
                   run_nowhere, none);
    grader_refused("sharing_look with no way to run (NULL)", sharing_look(NULL, &got), EINVAL);
    grader_refused("sharing_look with nowhere to store (NULL)", sharing_look(run_here, NULL),
                   EINVAL);
    check_failing_runs();
    check_heap();
    census_expect_same(before, census_take(), "sharing_look", 114 + MANY);
    no_memory_try("sharing_look", look_once);
}
