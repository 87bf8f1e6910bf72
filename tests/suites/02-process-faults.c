/* process_map in trouble: children that die, and a fork that fails. */
#include "tests/suites/02-process.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/shared.h"
#include "tests/harness/census.h"
#include "tests/harness/conformance.h"
#include "tests/harness/faults.h"
#include "tests/harness/grader.h"
#include "tests/harness/wording.h"
#include "tests/watch/proc.h"
#include "tests/watch/quiet.h"

/* In a child: task 2 dies, and the others wait for it, so for ever, and only SIGKILL can end them;
 * except for a task 7. */
static int task_wait_for_dead(long in, long *out)
{
    sigset_t all;

    *out = in;
    if (in == 2)
        raise(SIGKILL);
    if (in == 8)
        return ECHILD;
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, NULL);
    while (in != 7)
        pause();
    return 0;
}

/* A PID above 0 is one that was reaped; 0 and -1 are many at once. */
static void expect_no_stray_kill(const struct engine *engine, const struct faults *faults)
{
    bool reaped = atomic_load(&faults->refused_kill) > 0;

    conform_checks_lead_to(engine, reaped ? "reap_oldest" : "kill_all");
    faults_expect_no_stray_kill(faults);
}

void test_process_child_dies(void)
{
    static const long all_wait[6] = {2, 1, 2, 3, 4, 5}, third_ends[3] = {2, 0, 7};
    static const long error_first[4] = {8, 2, 1, 3}, late[8] = {7, 7, 7, 7, 7, 2, 1, 3};
    const struct engine *engine = process_begin(false);
    struct faults *faults = faults_reset();
    long out[8];
    int forks;

    conform_deaths(engine);
    process_try_late_death(engine);
    expect_no_stray_kill(engine, faults);
    grader_refused("A child dies while all others wait for it and hold back all signals but "
                   "SIGKILL: process_map",
                   conform_map(engine, "kill_all", task_wait_for_dead, all_wait, out, 6, 6),
                   ECHILD);
    grader_refused("A task returns ECHILD, then the next child dies, and two others wait for it: "
                   "process_map",
                   conform_map(engine, "reap_oldest", task_wait_for_dead, error_first, out, 4, 4),
                   ECHILD);
    grader_refused(
        "Five children are done, the next of 3 at once dies, and two others wait for it: "
        "process_map",
        conform_map(engine, "kill_all", task_wait_for_dead, late, out, 8, 3), ECHILD);
    expect_no_stray_kill(engine, faults);
    forks = atomic_load(&faults->forks);
    grader_refused("The first of two children dies: process_map",
                   conform_map(engine, NULL, task_wait_for_dead, third_ends, out, 3, 2), ECHILD);
    expect(atomic_load(&faults->forks) - forks == 2,
           "There are 3 tasks for 2 workers, and the first of two children had died. Still "
           "process_map started a third, which may wait for the dead one. After an error start no "
           "more: look at the error after you have reaped a child and before you start the next.");
    expect_no_stray_kill(engine, faults);
    process_try_inner_death(engine);
    process_try_last_killed(engine);
    process_try_death_in_flush(engine);
    process_try_memory_after_deaths(engine);
}

/* In shared memory: how many tasks have come to their end. */
static atomic_int *ended;
static int all_fail_with; /* 0: they succeed */
static int caller;        /* its number in /proc */

void process_note_caller(void)
{
    caller = proc_self();
}

/* Only the caller is looked at, as all children wait here at once and wake each other. Who never
 * sleeps gets so many looks. */
void process_outlast_caller(void)
{
    enum { ALIKE = 3, MOST_LOOKS = 30 };

    for (int looks = 0, asleep = 0; asleep < ALIKE && looks < MOST_LOOKS; looks++) {
        struct proc_process seen;

        clock_sleep(2 * NS_PER_MS);
        asleep = proc_read_process(caller, &seen) == 0 && seen.state == 'S' ? asleep + 1 : 0;
    }
}

/* In a child: a task is still under way when the next fork has failed. */
static int task_outlast_fork(long in, long *out)
{
    *out = in;
    process_outlast_caller();
    atomic_fetch_add(ended, 1);
    return all_fail_with;
}

/* Call number k of fork fails. */
struct failure {
    int k;
    int error;
    bool alone;       /* no other fails */
    bool interrupted; /* blocking calls are, besides */
};

/* What was started must have come to its end, and nothing else been started. */
static void expect_waited_for(int k, int forks)
{
    expect(
        forks < k,
        "Call number %d of fork failed, and no more tasks should be started, but fork was called "
        "again.",
        k);
    expect(atomic_load(ended) == k - 1,
           "Call number %d of fork failed. The tasks that are running are waited for, so %s should "
           "come to the end, but %d did.",
           k, plural(k - 1, "task"), atomic_load(ended));
}

/* In a child: task 2 dies when the next fork has failed, and task 1 waits for it. */
static int task_die_after_fork(long in, long *out)
{
    if (in == 2) {
        process_outlast_caller();
        quiet_wait_briefly(NULL); /* the other holds back its signals by now */
    }
    return task_wait_for_dead(in, out);
}

/* A fork fails, and then a child dies: the other must not be waited for, but killed. Which of the
 * two errors is reported is left open. */
static void try_death_after_fork(const struct engine *engine)
{
    static const long in[3] = {2, 1, 1};
    struct faults *faults = faults_reset();
    struct grader_answer answer;
    long out[3];

    atomic_store(&faults->fork_comes_back, true);
    atomic_store(&faults->fork_error, EAGAIN);
    atomic_store(&faults->fork_fails_at, 3);
    answer = grader_answer(conform_map(engine, "kill_all", task_die_after_fork, in, out, 3, 3));
    grader_expect_refused(wording("Call number %d of fork%s fails with %s%s: process_map", 3,
                                  ", and no other,", error_name(EAGAIN), ""),
                          answer, answer.error == ECHILD ? ECHILD : EAGAIN);
    faults_reset();
}

static void try_fork_fails(const struct engine *engine, struct failure what)
{
    enum { N = 12, WORKERS = 3 };
    long in[N] = {0}, out[N];
    struct faults *faults = faults_reset();
    struct census before = census_take();
    struct grader_answer answer;

    atomic_store(ended, 0);
    atomic_store(&faults->fork_comes_back, what.alone);
    atomic_store(&faults->fork_error, what.error);
    atomic_store(&faults->interrupt, what.interrupted);
    atomic_store(&faults->fork_fails_at, what.k);
    answer =
        grader_answer(conform_map(engine, "start_next", task_outlast_fork, in, out, N, WORKERS));
    faults_expect_no_stray_kill(faults);
    conform_checks_lead_to(engine, what.interrupted ? "reap_oldest" : NULL);
    if (what.k > 1 && answer.refused)
        expect_waited_for(what.k, atomic_load(&faults->forks));
    if (!answer.refused || what.k == 1)
        conform_checks_lead_to(engine, "start_next");
    grader_expect_refused(wording("Call number %d of fork%s fails with %s%s: process_map", what.k,
                                  what.alone ? ", and no other," : "", error_name(what.error),
                                  all_fail_with ? ", and the tasks under way fail with EDOM" : ""),
                          answer, what.error);
    expect_waited_for(what.k, atomic_load(&faults->forks));
    conform_checks_lead_to(engine, NULL);
    census_expect_same(before, census_take(), "process_map", 1);
    faults_reset();
}

/* An answer that wants a pipe may get none. One that wants none succeeds. */
static void try_no_pipe(const struct engine *engine)
{
    static const long in[6] = {0, 1, 2, 3, 4, 5};
    long out[6];

    for (int k = 1; k <= 3; k += 2) {
        struct census before = census_take();
        struct grader_answer answer;

        atomic_store(&faults_reset()->pipe_fails_at, k);
        answer = grader_answer(conform_map(engine, "start_next", conform_task, in, out, 6, 3));
        census_expect_same(before, census_take(), engine->name, 1);
        if (answer.refused)
            grader_expect_refused(
                wording("Call number %d of pipe fails with %s: process_map", k, error_name(EMFILE)),
                answer, answer.error == ENOMEM ? ENOMEM : EAGAIN);
    }
    faults_reset();
}

void test_process_fork_fails(void)
{
    static const struct failure failures[] = {{1, EAGAIN, true, false},  {2, EAGAIN, false, false},
                                              {3, EAGAIN, true, false},  {3, ENOMEM, true, false},
                                              {7, EAGAIN, false, false}, {11, ENOMEM, true, true},
                                              {12, EAGAIN, true, false}};
    const struct engine *engine = process_begin(false);
    long in[12] = {0}, out[12];

    ended = grader_share(1, sizeof *ended);
    process_note_caller();
    for (size_t i = 0; i < sizeof failures / sizeof failures[0]; i++)
        try_fork_fails(engine, failures[i]);
    all_fail_with = EDOM;
    try_fork_fails(engine, failures[2]);
    try_death_after_fork(engine);
    try_no_pipe(engine);
    process_try_millions(engine);
    shared_free(ended);
    expect(conform_map(engine, NULL, conform_task, in, out, 12, 3) == 0,
           "fork works again, but process_map failed with errno %s.", error_name(errno));
}
