/* process_map and children that end badly: who is killed, what is kept, which error counts. Parts
 * of the tests child-dies and errors. */
#include "tests/suites/02-process.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/shared.h"
#include "tests/harness/census.h"
#include "tests/harness/conformance.h"
#include "tests/harness/grader.h"
#include "tests/watch/proc.h"
#include "tests/watch/quiet.h"

/* What children note, in shared memory; made by the test before the call. */
static struct notes {
    atomic_int numbers[2]; /* of the children of tasks 0 and 1, in /proc; 0: not known yet */
    atomic_bool outlived;  /* the child that was to be killed waited until all were asleep */
} * notes;

static void make_notes(void)
{
    notes = grader_share(1, sizeof *notes);
}

/* In a child: waits until that of a task has ended. An engine that never starts it is not waited
 * for: after so many looks the test asks less. */
static void wait_for_end(int task)
{
    enum { MOST_LOOKS = 2000 };
    bool ended = false;

    for (int looks = 0; !ended && looks < MOST_LOOKS; looks++) {
        int number = atomic_load(&notes->numbers[task]);
        struct proc_process seen;

        clock_sleep(NS_PER_MS);
        ended = number && (proc_read_process(number, &seen) || seen.state == 'Z');
    }
}

/* In a child: task 1 is done, then task 0 dies, and task 2 waits for it. If nobody kills its child,
 * that gives up when all are asleep. */
static int task_last_waits(long in, long *out)
{
    sigset_t all;

    *out = in;
    if (in == 0) {
        wait_for_end(1);
        raise(SIGKILL);
    }
    if (in == 1)
        atomic_store(&notes->numbers[1], proc_self());
    if (in != 2)
        return 0;
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, NULL);
    quiet_wait_hopeless(NULL);
    atomic_store(&notes->outlived, true);
    return 0;
}

/* Of the children left one has ended, and does not count as killed. */
void process_try_last_killed(const struct engine *engine)
{
    const long in[3] = {0, 1, 2};
    struct grader_answer answer;
    long out[3];

    make_notes();
    answer = grader_answer(conform_map(engine, "reap_oldest", task_last_waits, in, out, 3, 3));
    expect_at(
        "kill_all", !atomic_load(&notes->outlived),
        "The child of task 1 has ended, then that of task 0 dies, and that of task 2 waits for "
        "it. All children that still run should be killed (SIGKILL), but that of task 2 was "
        "not: it waited until everybody was asleep.");
    grader_expect_refused("The child of task 1 has ended, then that of task 0 dies: process_map",
                          answer, ECHILD);
    shared_free(notes);
}

/* In a child: task 0 dies. */
static int task_first_dies(long in, long *out)
{
    *out = in;
    if (in == 0)
        raise(SIGKILL);
    return 0;
}

void process_try_memory_after_deaths(const struct engine *engine)
{
    enum { CALLS = 80, FIRST = 12 };
    const long in[2] = {0, 1};
    struct census before = {0}, after;
    long out[2];
    int series = 0;

    do {
        for (int call = 1; call <= CALLS; call++) {
            grader_refused("The child of task 0 dies: process_map",
                           conform_map(engine, NULL, task_first_dies, in, out, 2, 2), ECHILD);
            if (call == FIRST)
                before = census_take();
        }
        after = census_take();
    } while (census_heap_grew(before, after) && ++series < CENSUS_SERIES);
    census_expect_heap(before, after, "process_map, in which a child dies,", CALLS - FIRST);
}

static FILE *unheard; /* a pipe that nobody reads; opened before the call */

/* In a child: whoever writes out what it printed is killed. */
static int task_print_unheard(long in, long *out)
{
    signal(SIGPIPE, SIG_DFL);
    fputs("[unheard]", unheard);
    *out = in;
    return EDOM;
}

/* Whether the result counts depends on what comes first, delivering or writing out. But half of it
 * must not count for all. */
void process_try_death_in_flush(const struct engine *engine)
{
    const long in[1] = {1};
    struct grader_answer answer;
    long out[1];
    int ends[2];

    if (pipe(ends) || !(unheard = fdopen(ends[1], "w")))
        grader_fail("The test itself went wrong: no pipe.");
    close(ends[0]);
    answer = grader_answer(conform_map(engine, "run_child", task_print_unheard, in, out, 1, 1));
    grader_expect_refused("The only task returns EDOM, and its child is killed (SIGPIPE) when it "
                          "writes out what the task has printed: process_map",
                          answer, answer.error == ECHILD ? ECHILD : EDOM);
    fclose(unheard);
}

/* In a child: tasks 0 and 1 fail. Task 2 is under way until the caller has learnt that. */
static int task_two_fail(long in, long *out)
{
    *out = in;
    if (in < 2) {
        atomic_store(&notes->numbers[in], proc_self());
        return in == 0 ? EDOM : ENOSPC;
    }
    wait_for_end(0);
    wait_for_end(1);
    process_outlast_caller();
    return 0;
}

void process_try_two_errors(const struct engine *engine)
{
    const long in[3] = {0, 1, 2};
    long out[3];

    make_notes();
    process_note_caller();
    grader_refused(
        "Tasks 0 and 1 fail with EDOM and ENOSPC while task 2 is under way, no child has "
        "died, and none is to be killed: process_map",
        conform_map(engine, "reap_oldest", task_two_fail, in, out, 3, 3), EDOM);
    shared_free(notes);
}
