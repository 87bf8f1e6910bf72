/* process_map in trouble: children that die, a fork that fails, and what fork copies. */
#include "tests/suites/02-process.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "02-process/process_map.h"
#include "common/shared.h"
#include "tests/harness/capture.h"
#include "tests/harness/census.h"
#include "tests/harness/conformance.h"
#include "tests/harness/faults.h"
#include "tests/harness/grader.h"
#include "tests/harness/meeting.h"
#include "tests/harness/wording.h"

/* How the child of task 2 leaves before it has delivered; set by the test before the call. */
static enum { BY_CRASH, BY_KILL, BY_EXIT, BY_EXIT_FAILURE } way;

/* Where tasks 1 and 2 meet: so neither can be skipped because the other is known to have failed. */
static struct meeting *meeting;

/* In a child: task 2 dies. Task 1 has an error, which ECHILD must win over. */
static int task_die(long in, long *out)
{
    *out = in;
    if (in != 1 && in != 2)
        return 0;
    meeting_join(meeting);
    if (in == 1)
        return EDOM;
    switch (way) {
    case BY_CRASH:
        signal(SIGSEGV, SIG_DFL);
        raise(SIGSEGV);
        break;
    case BY_KILL:
        raise(SIGKILL);
        break;
    case BY_EXIT:
        exit(0);
    case BY_EXIT_FAILURE:
        _exit(1);
    }
    return 0;
}

static void try_ways_to_die(void)
{
    static const char *const how[] = {"crashes", "is killed", "calls exit(0)", "calls _exit(1)"};
    long in[6] = {0, 1, 2, 3, 4, 5}, out[6];

    for (way = BY_CRASH; way <= BY_EXIT_FAILURE; way++) {
        struct census before;

        meeting = meeting_create(2);
        before = census_take();
        grader_refused(wording("The child of task 2 %s before it has delivered, and task 1 fails "
                               "with EDOM: process_map",
                               how[way]),
                       process_map(task_die, in, out, 6, 6), ECHILD);
        census_expect_same(before, census_take(), "process_map", 1);
        meeting_free(meeting);
    }
}

/* In a child: task 2 dies, and the others wait for it, so for ever; except for a task 7. */
static int task_wait_for_dead(long in, long *out)
{
    *out = in;
    if (in == 2)
        raise(SIGKILL);
    while (in != 7)
        pause();
    return 0;
}

void test_process_child_dies(void)
{
    static const long all_wait[6] = {2, 1, 2, 3, 4, 5}, third_ends[3] = {2, 0, 7};
    struct faults *faults = faults_reset();
    long out[6];
    int forks;

    conform_begin("process_map");
    try_ways_to_die();
    grader_refused("A child dies while all others wait for it: process_map",
                   process_map(task_wait_for_dead, all_wait, out, 6, 6), ECHILD);
    forks = atomic_load(&faults->forks);
    grader_refused("The first of two children dies: process_map",
                   process_map(task_wait_for_dead, third_ends, out, 3, 2), ECHILD);
    expect(atomic_load(&faults->forks) - forks == 2,
           "The first of two children had died, and still process_map started a third, which may "
           "wait for the dead one. After an error start no more: look at the error after you have "
           "reaped a child and before you start the next.");
    faults_expect_no_stray_kill(faults);
}

void test_process_fork_fails(void)
{
    enum { N = 12 };
    long in[N] = {0}, out[N];
    struct faults *faults = faults_reset();

    conform_begin("process_map");
    for (int k = 1; k <= N; k += k < 4 ? 1 : 4) {
        struct census before = census_take();

        atomic_store(&faults->fork_fails_at, k);
        grader_refused(wording("Call number %d of fork fails with EAGAIN: process_map", k),
                       process_map(conform_task, in, out, N, 3), EAGAIN);
        faults_expect_no_stray_kill(faults);
        census_expect_same(before, census_take(), "process_map", 1);
    }
    atomic_store(&faults->fork_fails_at, 0);
    expect(process_map(conform_task, in, out, N, 3) == 0,
           "fork works again, but process_map failed with errno %s.", error_name(errno));
}

/* In a child. */
static int task_print(long in, long *out)
{
    printf("[task %ld]", in);
    *out = in;
    return 0;
}

static int map_printing_tasks(void)
{
    long in[4] = {0, 1, 2, 3}, out[4];

    return process_map(task_print, in, out, 4, 2);
}

static int times_in(const char *text, const char *word)
{
    int times = 0;

    for (const char *at = text; (at = strstr(at, word)); at++)
        times++;
    return times;
}

static atomic_int *goodbyes; /* shared: how often the handler has run; NULL before and after */

/* An atexit handler of the test's own process, which every child has a copy of. */
static void count_goodbye(void)
{
    if (goodbyes)
        atomic_fetch_add(goodbyes, 1);
}

void test_process_output_once(void)
{
    static const char *const words[] = {"[before]", "[task 0]", "[task 1]",
                                        "[task 2]", "[task 3]", "[after]"};
    char text[512];

    conform_begin("process_map");
    expect(capture_output(map_printing_tasks, text, sizeof text) == 0,
           "process_map failed with errno %s.", error_name(errno));
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        int times = times_in(text, words[i]);

        expect(times == 1,
               "%s was printed once, but it came out %d times. All that came out is: %s", words[i],
               times, text);
    }
    goodbyes = grader_share(1, sizeof *goodbyes);
    atexit(count_goodbye);
    conform_begin("process_map");
    expect(atomic_load(goodbyes) == 0,
           "The caller's atexit handler ran in %d of the children: a child leaves with _exit, not "
           "exit.",
           atomic_load(goodbyes));
    shared_free(goodbyes);
    goodbyes = NULL;
}
