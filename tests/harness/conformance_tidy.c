/* One suite for all engines: nothing is left behind, whatever happens. As in conformance.c,
 * functions called task_... run in a worker. */
#include "tests/harness/conformance.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/harness/census.h"
#include "tests/harness/faults.h"
#include "tests/harness/grader.h"
#include "tests/harness/no_memory.h"
#include "tests/harness/wording.h"

static const struct engine *without_memory; /* the engine that map_three calls */

static int map_three(void)
{
    const long in[3] = {1, 2, 3};
    long out[3] = {0};
    int failed =
        conform_map(without_memory, conform_look()->no_memory, conform_task, in, out, 3, 2);

    for (int i = 0; i < 3 && !failed; i++)
        expect(out[i] == in[i] * CONFORM_FACTOR + CONFORM_OFFSET,
               "There was no memory, and %s claims to have succeeded, but out[%d] is not the "
               "result of in[%d].",
               without_memory->name, i, i);
    return failed;
}

void conform_no_memory(const struct engine *engine)
{
    without_memory = engine;
    no_memory_try(engine->name, map_three);
}

/* A child of the caller's own, which an engine must leave alone: it has ended and waits to be
 * reaped. */
static pid_t make_own_child(int status)
{
    pid_t child = grader_fork();
    siginfo_t info;

    if (child == 0)
        _exit(status);
    if (child == -1 || waitid(P_PID, (id_t)child, &info, WEXITED | WNOWAIT) == -1) {
        perror("make_own_child");
        abort();
    }
    return child;
}

static int task_fail_at_3(long in, long *out)
{
    *out = in;
    return in == 3 ? EDOM : 0;
}

static void call_once(const struct engine *engine, int call)
{
    long in[3] = {3, 0, 1}, out[3]; /* when the first fails, the second is under way */
    bool bad = call % 3 == 2;
    size_t n = bad ? 3 : call % 3 ? 1 : 2;
    int failed = conform_map(engine, conform_look()->tidy, bad ? task_fail_at_3 : conform_task, in,
                             out, n, 2);

    /* Paths on which an engine does nothing must not leave anything behind, either. */
    engine->map(conform_task, in, out, 0, 2);
    engine->map(conform_task, in, out, 3, 0);
    expect(failed == (bad ? -1 : 0), "Call %d of %s should %s, but it returned %d.", call,
           engine->name, bad ? "fail with -1, as a task fails" : "return 0", failed);
}

/* So many that their results take more than a page of memory: what is unmapped in part then stays
 * in part. */
enum { MANY = 600 };

static void map_many(const struct engine *engine)
{
    static long in[MANY], out[MANY];

    expect(conform_map(engine, conform_look()->tidy, conform_task, in, out, MANY, 2) == 0,
           "%s failed with errno %s.", conform_call(engine, MANY, 2), error_name(errno));
}

void conform_tidy(const struct engine *engine)
{
    enum { FIRST = 30, CALLS = 200 };
    pid_t own = make_own_child(42);
    struct census before = {0}, heap = {0}, after;
    int status = 0, calls = 0, series = 0;

    conform_on_one_cpu(engine);
    do {
        for (int call = 1; call <= CALLS; call++) {
            call_once(engine, ++calls);
            if (calls == 3)
                before = census_take();
            if (call == FIRST)
                heap = census_take();
        }
        after = census_take();
    } while (census_heap_grew(heap, after) && ++series < CENSUS_SERIES);
    census_expect_same(before, after, engine->name, calls);
    map_many(engine);
    conform_checks_lead_to(engine, conform_look()->tidy);
    census_expect_same(before, census_take(), conform_call(engine, MANY, 2), 1);
    conform_checks_lead_to(engine, conform_look()->heap);
    census_expect_heap(heap, after, engine->name, CALLS - FIRST);
    conform_checks_lead_to(engine, conform_look()->own_child);
    expect(waitpid(own, &status, 0) == own && WEXITSTATUS(status) == 42,
           "The caller had a child of its own before it called %s, and the engine reaped it. Wait "
           "for your own children only, by their PIDs.",
           engine->name);
}

static atomic_int alarms; /* how many signals have arrived in this process */

static void on_alarm(int signal)
{
    (void)signal;
    atomic_fetch_add(&alarms, 1);
}

static int task_nap(long in, long *out)
{
    usleep(2000);
    return conform_task(in, out);
}

static void map_while_signals_arrive(const struct engine *engine, long first)
{
    long in[14], out[14];

    for (long i = 0; i < 14; i++)
        in[i] = i + first;
    expect(conform_map(engine, conform_look()->signals, task_nap, in, out, 14, 4) == 0,
           "%s failed with errno %s while signals arrived. A blocking call that returns EINTR has "
           "to be made again.",
           engine->name, error_name(errno));
    for (long i = 0; i < 14; i++)
        expect(out[i] == in[i] * CONFORM_FACTOR + CONFORM_OFFSET,
               "While signals arrived, out[%ld] of %s came out wrong.", i, engine->name);
}

/* A timer that fires every millisecond (no SA_RESTART), and every other blocking call of the engine
 * interrupted. */
void conform_signals(const struct engine *engine)
{
    struct sigaction action = {.sa_handler = on_alarm}, ignore = {.sa_handler = SIG_IGN};
    struct itimerval every_ms = {{0, 1000}, {0, 1000}}, off = {{0, 0}, {0, 0}};
    struct faults *faults = faults_reset();
    struct census before = {0};

    sigaction(SIGALRM, &action, NULL);
    atomic_store(&faults->interrupt, true);
    setitimer(ITIMER_REAL, &every_ms, NULL);
    for (int call = 0; call < 10; call++) {
        map_while_signals_arrive(engine, call);
        if (call == 2)
            before = census_take();
    }
    setitimer(ITIMER_REAL, &off, NULL);
    atomic_store(&faults->interrupt, false);
    /* One may still be on its way; Check's own handler would kill the whole process group. */
    sigaction(SIGALRM, &ignore, NULL);
    census_expect_same(before, census_take(),
                       wording("%s, interrupted by signals (EINTR),", engine->name), 10);
    expect(atomic_load(&alarms) > 0, "The test itself went wrong: no signal arrived.");
}
