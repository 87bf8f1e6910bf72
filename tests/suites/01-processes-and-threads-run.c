/* Who runs the work: a second thread, or a child process. */
#include "tests/suites/01-processes-and-threads.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <omp.h>

#include "01-processes-and-threads/sharing.h"
#include "common/shared.h"
#include "tests/harness/capture.h"
#include "tests/harness/census.h"
#include "tests/harness/faults.h"
#include "tests/harness/grader.h"
#include "tests/harness/no_memory.h"
#include "tests/harness/wording.h"

/* Who did the work: in shared memory, written by the thread or the child that did it. */
static struct who {
    pid_t pid;
    pthread_t thread;
    void *argument;
    int times;
} * who;

static pid_t tester; /* the test's own process */

/* The work: runs in the second thread, or in the child. */
static void note(void *argument)
{
    who->pid = getpid();
    who->thread = pthread_self();
    who->argument = argument;
    who->times++;
}

static void begin(const char *name, run_fn *run)
{
    who = grader_share(1, sizeof *who);
    tester = getpid();
    grader_begin(name, run(note, NULL) == 0);
}

/* `when` is empty, or says under which circumstances: ", while signals arrive,". */
static void expect_done(const char *name, const char *when, run_fn *run)
{
    int something, failed;

    *who = (struct who){0};
    failed = run(note, &something);
    expect(getpid() == tester,
           "Two processes came back from %s: its caller, and the child, too. A child should leave "
           "with _exit(2) as soon as the work is done.",
           name);
    expect(!failed, "%s%s failed with errno %s.", name, when, error_name(errno));
    expect(who->times == 1, "%s%s should do the work once, not %s.", name, when,
           plural(who->times, "time"));
    expect(who->argument == &something, "%s%s should hand the argument on to the work.", name,
           when);
}

void test_run_in_thread(void)
{
    begin("run_in_thread", run_in_thread);
    for (int i = 0; i < 50; i++) {
        expect_done("run_in_thread", "", run_in_thread);
        expect(who->pid == getpid(),
               "A thread lives in the same process, but the work ran in another.");
        expect(!pthread_equal(who->thread, pthread_self()),
               "The work should be done by a second thread, but the calling one did it.");
    }
    grader_refused("run_in_thread with no work (NULL)", run_in_thread(NULL, NULL), EINVAL);
    omp_set_num_threads(1); /* what a region gets that asks for nothing */
    expect_done("run_in_thread", ", where regions have one thread unless they ask for more,",
                run_in_thread);
    omp_set_max_active_levels(0); /* no region gets a team from now on */
    *who = (struct who){0};
    grader_refused("run_in_thread, where the runtime grants no second thread,",
                   run_in_thread(note, NULL), EAGAIN);
    expect(who->times == 0, "Without a second thread the work should not be done.");
    shared_free(who);
}

/* Work that never returns: in the child, on purpose. */
static void crash(void *argument)
{
    (void)argument;
    signal(SIGSEGV, SIG_DFL);
    raise(SIGSEGV);
}

static void be_killed(void *argument)
{
    (void)argument;
    raise(SIGKILL);
}

static void leave(void *argument)
{
    (void)argument;
    exit(0);
}

static void check_process_ends(void)
{
    static const struct {
        const char *how;
        work_fn *work;
    } ends[] = {{"crashes", crash}, {"is killed", be_killed}, {"calls exit(0)", leave}};
    struct faults *faults = faults_reset();
    struct census before = census_take();

    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
        grader_refused(wording("The test's work %s in the child, on purpose, and never returns: "
                               "run_in_process",
                               ends[i].how),
                       run_in_process(ends[i].work, NULL), ECHILD);
    atomic_store(&faults->fork_fails_at, 1);
    grader_refused("fork fails with EAGAIN: run_in_process", run_in_process(note, NULL), EAGAIN);
    atomic_store(&faults->fork_fails_at, 0);
    census_expect_same(before, census_take(), "run_in_process", 4);
}

/* The work: in the child. */
static void print(void *argument)
{
    printf("[%s]", (const char *)argument);
}

static int print_in_child(void)
{
    return run_in_process(print, "child");
}

static void check_output(void)
{
    char text[256];

    expect(capture_output(print_in_child, text, sizeof text) == 0 &&
               strcmp(text, "[before][child][after]") == 0,
           "[before] and [after] are printed by the caller and [child] by the work. Each should "
           "come out once, in the order [before][child][after], but what came out is: %s",
           text);
}

/* An atexit handler of the test's own process, which a child has a copy of. */
static void count_goodbye(void)
{
    if (getpid() != tester)
        who->times++;
}

/* The caller's atexit handlers and its own child, which has ended, are left alone. */
static void check_caller(void)
{
    siginfo_t info;
    pid_t own = fork();

    if (own == 0)
        _exit(0);
    waitid(P_PID, (id_t)own, &info, WEXITED | WNOWAIT);
    atexit(count_goodbye);
    *who = (struct who){0};
    expect(run_in_process(print, "") == 0,
           "The caller has another child, which has ended, and run_in_process failed with errno "
           "%s. Wait for the child that you have forked only, by its PID.",
           error_name(errno));
    expect(who->times == 0, "The caller's atexit handler ran in the child: leave with _exit.");
    expect(waitpid(own, NULL, WNOHANG) == own,
           "The caller had a child of its own, and run_in_process reaped that one, too. Wait for "
           "the child that you have forked only, by its PID.");
}

/* Even if the child is done before its parent asks, an interrupted wait leaves it unreaped. */
static void check_interrupted(void)
{
    struct faults *faults = faults_reset();
    struct census before = census_take();

    atomic_store(&faults->interrupt, true);
    for (int i = 0; i < 4; i++)
        expect_done("run_in_process",
                    ", while signals interrupt blocking calls (EINTR: make the call again),",
                    run_in_process);
    atomic_store(&faults->interrupt, false);
    census_expect_same(before, census_take(), "run_in_process, while calls were interrupted,", 4);
}

static int note_once(void)
{
    int failed;

    *who = (struct who){0};
    failed = run_in_process(note, NULL);
    expect(failed || who->times == 1, "run_in_process claims to have done work that was not done.");
    return failed;
}

void test_run_in_process(void)
{
    begin("run_in_process", run_in_process);
    expect_done("run_in_process", "", run_in_process);
    expect(who->pid != getpid(),
           "The work should be done by a child, but the calling process did it.");
    grader_refused("run_in_process with no work (NULL)", run_in_process(NULL, NULL), EINVAL);
    check_process_ends();
    check_interrupted();
    check_output();
    check_caller();
    no_memory_try("run_in_process", note_once);
    shared_free(who);
}
