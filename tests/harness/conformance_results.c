/* One suite for all engines: every result in its place. As in conformance.c, functions called
 * task_... run in a worker. */
#include "tests/harness/conformance.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "common/shared.h"
#include "tests/harness/faults.h"
#include "tests/harness/grader.h"
#include "tests/harness/wording.h"

/* Maps n numbers, with a guard before the results and another after them. */
static void try_size(const struct engine *engine, const char *look_at, size_t n, int workers)
{
    const long guard = 0x5ca1ab1e;
    const char *call = conform_call(engine, n, workers);
    long *in = malloc((n + 1) * sizeof *in), *out = malloc((n + 2) * sizeof *out);
    size_t wrong = 0;
    int failed;

    out[0] = out[n + 1] = guard;
    for (size_t i = 0; i < n; i++) {
        in[i] = (long)(n - i) * 3;
        out[i + 1] = -1;
    }
    failed = conform_map(engine, look_at, conform_task, in, out + 1, n, workers);
    expect(!failed, "%s should succeed, but it failed with errno %s.", call, error_name(errno));
    while (wrong < n && out[wrong + 1] == in[wrong] * CONFORM_FACTOR + CONFORM_OFFSET)
        wrong++;
    expect(wrong == n,
           "%s: out[%zu] should be the result of in[%zu], which is %ld, but it is %ld%s.", call,
           wrong, wrong, in[wrong] * CONFORM_FACTOR + CONFORM_OFFSET, out[wrong + 1],
           out[wrong + 1] == -1 ? ", as before the call" : "");
    expect(out[0] == guard && out[n + 1] == guard, "%s wrote outside out[0..%zu).", call, n);
    free(in);
    free(out);
}

/* What an int cannot hold, nor one half of a long. */
static int task_turn(long in, long *out)
{
    *out = ~in;
    return 0;
}

/* The right result, or what comes of it if a long is kept in something smaller on the way. */
static bool is_own(long out, long in)
{
    return out == ~in || out == (int)~in || out == ~(long)(int)in || out == (unsigned)~in ||
           out == ~(long)(unsigned)in || out == (signed char)~in || out == ~(long)(signed char)in;
}

void conform_values(const struct engine *engine, int workers)
{
    const long in[] = {LONG_MAX, LONG_MIN, -1, 0, 1L << 32, INT_MAX, -7, 1};
    const size_t n = sizeof in / sizeof in[0];
    const long guard = 0x5ca1ab1e5ca1ab1e; /* no task has this result, nor any part of it */
    long out[sizeof in / sizeof in[0]];

    for (size_t i = 0; i < n; i++)
        out[i] = guard;
    expect(conform_map(engine, conform_look()->values, task_turn, in, out, n, workers) == 0,
           "%s failed with errno %s.", conform_call(engine, n, workers), error_name(errno));
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            expect(
                out[i] != ~in[j] || is_own(out[i], in[i]),
                "A task makes %ld of in[%zu], and %s stored that in out[%zu]. The result of "
                "in[%zu] belongs there: is the task called with this number, and are the results "
                "in the order of the inputs?",
                ~in[j], j, engine->name, i, i);
    for (size_t i = 0; i < n; i++)
        expect_at(
            conform_look()->results ? conform_look()->results : engine->name, out[i] != guard,
            "%s returned 0, but it stored nothing in out[%zu], where the result of in[%zu], %ld, "
            "belongs. Was task %zu run?",
            conform_call(engine, n, workers), i, i, ~in[i], i);
    for (size_t i = 0; i < n; i++)
        expect(out[i] == ~in[i],
               "A task makes %ld of in[%zu], which is %ld, but %s stored %ld in out[%zu]. A number "
               "is a long: is it kept in an int, or in a byte, anywhere?",
               ~in[i], i, in[i], engine->name, out[i], i);
}

void conform_small_stack(const struct engine *engine)
{
    struct rlimit before, small;

    getrlimit(RLIMIT_STACK, &before);
    small = (struct rlimit){512 << 10, before.rlim_max};
    setrlimit(RLIMIT_STACK, &small);
    try_size(engine, conform_look()->results, 200000, 1);
    setrlimit(RLIMIT_STACK, &before);
}

void conform_very_many(const struct engine *engine)
{
    enum { MIB = 1 << 20 };
    const size_t n = GRADER_SANITIZED ? MIB / 8 : (9 * MIB) / sizeof(int);

    try_size(engine, conform_look()->results, n, 1);
}

static bool is_of_a_lab(const struct engine *engine)
{
    return engine >= engine_table && engine < engine_table + ENGINE_COUNT;
}

/* So that a place for each of 2^31 workers or tasks does not fit, on any machine. Returns the limit
 * that there was. */
static struct rlimit limit_memory(void)
{
    struct rlimit before, small;

    getrlimit(RLIMIT_AS, &before);
    small = (struct rlimit){4L << 30, before.rlim_max};
    if (!GRADER_SANITIZED)
        setrlimit(RLIMIT_AS, &small);
    return before;
}

/* As many workers as an int can say: an engine has no more than there are tasks. (What only has an
 * engine's shape may open them all.) */
static void try_most_workers(const struct engine *engine)
{
    struct rlimit before;

    if (engine->kind != WORKER_PROCESS || !is_of_a_lab(engine))
        return;
    before = limit_memory();
    try_size(engine, conform_look()->results, 3, INT_MAX);
    setrlimit(RLIMIT_AS, &before);
}

/* In a worker: every task but the first fails. */
static int task_first_only(long in, long *out)
{
    *out = in;
    return in == 0 ? 0 : EDOM;
}

/* There is no memory for all their results, or the second one fails; nobody looks at more than the
 * first few. */
static void try_most_tasks(const struct engine *engine, size_t n)
{
    enum { FEW = 4096 };
    static long in[FEW], out[FEW];
    struct grader_answer answer;
    struct rlimit before;
    bool known;

    for (long i = 0; i < FEW; i++)
        in[i] = i;
    before = limit_memory();
    signal(SIGXFSZ, SIG_IGN); /* room in a file that is too large is refused, as memory is */
    answer = grader_answer(conform_map(engine, NULL, task_first_only, in, out, n, 1));
    signal(SIGXFSZ, SIG_DFL);
    setrlimit(RLIMIT_AS, &before);
    /* Of what only has an engine's shape a worker may copy its numbers, and die of it. */
    known = answer.error == EDOM || (answer.error == ECHILD && !is_of_a_lab(engine));
    grader_expect_refused(conform_call(engine, n, 1), answer, known ? answer.error : ENOMEM);
}

void conform_most_tasks(const struct engine *engine)
{
    if (engine->kind != WORKER_PROCESS || GRADER_SANITIZED)
        return;
    try_most_tasks(engine, (1UL << 32) + 1); /* 1, if it is cut to an int */
    try_most_tasks(engine, 1UL << 32);       /* 0 */
}

/* 0 tasks need no process. */
static void try_no_task(const struct engine *engine)
{
    struct faults *faults = faults_reset();

    expect(conform_map(engine, conform_look()->results, conform_task, NULL, NULL, 0, 2) == 0,
           "%s should succeed, but it failed with errno %s.", conform_call(engine, 0, 2),
           error_name(errno));
    expect(atomic_load(&faults->forks) == 0, "%s should start no process, but it started %d.",
           conform_call(engine, 0, 2), atomic_load(&faults->forks));
}

/* In a worker: which one it is of all that have run. */
static atomic_long *runs; /* in shared memory */

static int task_count(long in, long *out)
{
    (void)in;
    *out = atomic_fetch_add(runs, 1) + 1;
    return 0;
}

/* A task may do more than its number says: each is run, also if its number was there before. */
static void try_same_numbers(const struct engine *engine)
{
    enum { TASKS = 4 };
    const char *call = conform_call(engine, TASKS, 2);
    const long in[TASKS] = {7, 7, 7, 7};
    long out[TASKS] = {0}, ran, sum = 0;

    runs = shared_alloc(1, sizeof *runs);
    expect(runs != NULL, "There is no room for shared memory: %s.", error_name(errno));
    expect(conform_map(engine, conform_look()->results, task_count, in, out, TASKS, 2) == 0,
           "%s failed with errno %s.", call, error_name(errno));
    ran = atomic_load(runs);
    shared_free(runs);
    for (int i = 0; i < TASKS; i++)
        sum += out[i];
    expect(ran == TASKS && sum == 1 + 2 + 3 + 4,
           "%s ran %ld of them, as all have the same number. Each task should be run, and have its "
           "own result.",
           call, ran);
}

/* Three pages of which the first and the last cannot be touched. Returns the one between. */
static long *make_room(size_t page)
{
    char *pages = mmap(NULL, 3 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (pages == MAP_FAILED || mprotect(pages, page, PROT_NONE) ||
        mprotect(pages + 2 * page, page, PROT_NONE))
        grader_fail("The test itself went wrong: no memory.");
    return (long *)(pages + page);
}

/* Numbers that can only be read, with nothing before the first one or behind the last, and the same
 * around their results. */
static void try_edges(const struct engine *engine)
{
    enum { TASKS = 3 };
    const size_t page = (size_t)sysconf(_SC_PAGESIZE), last = page / sizeof(long) - TASKS;
    const char *call = conform_call(engine, TASKS, 2);
    long *in = make_room(page), *out = make_room(page);

    for (long i = 0; i < TASKS; i++)
        in[i] = in[(long)last + i] = 10 + i;
    mprotect(in, page, PROT_READ);
    for (size_t at = 0; at <= last; at += last) {
        int failed = grader_call(
            engine->map(conform_task, in + at, out + at, TASKS, 2),
            conform_look()->results ? conform_look()->results : engine->name,
            "%s, where in[] can only be read, and nothing can be read or written beside in[0..3) "
            "and out[0..3)",
            call);

        expect(!failed, "%s failed with errno %s.", call, error_name(errno));
    }
    munmap((char *)in - page, 3 * page);
    munmap((char *)out - page, 3 * page);
}

void conform_results(const struct engine *engine)
{
    static const size_t sizes[] = {0, 1, 3, 13, 2, 7, 30};
    static const int teams[] = {1, 2, 7, 64};
    bool few = engine->kind == WORKER_PROCESS && !grader_thorough;
    size_t most = grader_thorough ? engine->most_thorough : engine->most;

    conform_on_one_cpu(engine);
    conform_values(engine, 3);
    try_same_numbers(engine);
    try_no_task(engine);
    try_edges(engine);
    try_most_workers(engine);
    for (size_t i = 0; i < (few ? 4 : sizeof sizes / sizeof sizes[0]); i++)
        for (size_t j = 0; j < sizeof teams / sizeof teams[0]; j++)
            try_size(engine, conform_look()->results, sizes[i], teams[j]);
    try_size(engine, conform_look()->results, most, 7);
    if (most > 1000)
        try_size(engine, conform_look()->results, most - 1, 2);
}

void conform_alternating(const struct engine *engine)
{
    const char *look_at = conform_look()->results ? conform_look()->results : engine->name;

    for (int call = 0; call < 36; call++) {
        const struct engine *other = &engine_table[call / 2 % ENGINE_COUNT];

        try_size(call % 2 == 0 ? engine : other, look_at, (size_t)call % 8, 1 + call % 3);
    }
}
