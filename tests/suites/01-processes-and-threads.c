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

#include "common/shared.h"
#include "tests/suites/01-processes-and-threads.h"
#include "tests/harness/capture.h"
#include "tests/harness/census.h"
#include "tests/harness/faults.h"
#include "tests/harness/grader.h"
#include "tests/harness/no_memory.h"

/* Who did the work, in shared memory. */
static struct who {
    pid_t pid;
    pthread_t thread;
    void *argument;
    int times;
} * who;

static void note(void *argument)
{
    who->pid = getpid();
    who->thread = pthread_self();
    who->argument = argument;
    who->times++;
}

static void expect_done(const char *name, run_fn *run)
{
    int something;

    *who = (struct who){0};
    expect(run(note, &something) == 0, "%s failed: %s.", name, strerror(errno));
    expect(who->times == 1, "%s should do the work once, not %d times.", name, who->times);
    expect(who->argument == &something, "%s should hand on the argument.", name);
    errno = 0;
    expect(run(NULL, NULL) == -1 && errno == EINVAL,
           "%s without work (NULL) should fail with EINVAL.", name);
}

static void test_thread(void)
{
    who = grader_share(1, sizeof *who);
    grader_begin("run_in_thread", run_in_thread(note, NULL) == 0);
    for (int i = 0; i < 50; i++) {
        expect_done("run_in_thread", run_in_thread);
        expect(who->pid == getpid(),
               "A thread lives in the same process, but the work ran in another.");
        expect(!pthread_equal(who->thread, pthread_self()),
               "The work should be done by a second thread, but the calling one did it.");
    }
    omp_set_num_threads(1); /* what a region gets that asks for nothing */
    expect_done("run_in_thread, where regions have one thread unless they ask for more,",
                run_in_thread);
    omp_set_max_active_levels(0); /* no region gets a team from now on */
    *who = (struct who){0};
    errno = 0;
    expect(
        run_in_thread(note, NULL) == -1 && errno == EAGAIN,
        "When the runtime grants no second thread run_in_thread should fail with EAGAIN, but errno "
        "says: %s.",
        strerror(errno));
    expect(who->times == 0, "Without a second thread the work should not be done.");
    shared_free(who);
}

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
    } ends[] = {{"crashed", crash}, {"was killed", be_killed}, {"called exit(0)", leave}};
    struct faults *faults = faults_reset();
    struct census before = census_take();

    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        errno = 0;
        expect(run_in_process(ends[i].work, NULL) == -1 && errno == ECHILD,
               "The child %s before its work was done: run_in_process should fail with ECHILD, but "
               "errno says: %s.",
               ends[i].how, strerror(errno));
    }
    atomic_store(&faults->fork_fails_at, 1);
    errno = 0;
    expect(run_in_process(note, NULL) == -1 && errno == EAGAIN,
           "fork failed with EAGAIN: run_in_process should fail so, too, but errno says: %s.",
           strerror(errno));
    atomic_store(&faults->fork_fails_at, 0);
    census_expect_same(before, census_take(), "run_in_process", 4);
}

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

    expect(
        capture_output(print_in_child, text, sizeof text) == 0 &&
            strcmp(text, "[before][child][after]") == 0,
        "[before], [child] and [after] were printed once each, in this order, but there came: %s",
        text);
}

static pid_t tester;

static void count_goodbye(void)
{
    if (getpid() != tester)
        who->times++;
}

static int note_once(void)
{
    int failed;

    *who = (struct who){0};
    failed = run_in_process(note, NULL);
    expect(failed || who->times == 1, "run_in_process claims to have done work that was not done.");
    return failed;
}

/* The caller's atexit handlers and its own child, which has ended, are left alone. */
static void check_caller(void)
{
    siginfo_t info;
    pid_t own = fork();

    if (own == 0)
        _exit(0);
    waitid(P_PID, (id_t)own, &info, WEXITED | WNOWAIT);
    tester = getpid();
    atexit(count_goodbye);
    *who = (struct who){0};
    expect(run_in_process(print, "") == 0, "run_in_process failed: %s.", strerror(errno));
    expect(who->times == 0, "The caller's atexit handler ran in the child: leave with _exit.");
    expect(waitpid(own, NULL, WNOHANG) == own,
           "run_in_process reaped a child of its caller's instead of its own.");
}

/* Even if the child is done before its parent asks, an interrupted wait leaves it unreaped. */
static void check_interrupted(void)
{
    struct faults *faults = faults_reset();
    struct census before = census_take();

    atomic_store(&faults->interrupt, true);
    for (int i = 0; i < 4; i++)
        expect_done("run_in_process while signals arrive", run_in_process);
    atomic_store(&faults->interrupt, false);
    census_expect_same(before, census_take(), "run_in_process", 4);
}

static void test_process(void)
{
    who = grader_share(1, sizeof *who);
    grader_begin("run_in_process", run_in_process(note, NULL) == 0);
    expect_done("run_in_process", run_in_process);
    expect(who->pid != getpid(),
           "The work should be done by a child, but the calling process did it.");
    check_process_ends();
    check_interrupted();
    check_output();
    check_caller();
    no_memory_try("run_in_process", note_once);
    shared_free(who);
}

/* clang-format off */
static const struct graded_test tests[] = {
    {"thread", 1, "work is done by a second thread", "run_in_thread", test_thread,
     {"A parallel region runs its code in every thread of the team: pick one by its number.",
      "omp_get_thread_num() is 0 for the calling thread and 1 for the second.",
      "Without a second thread nobody has number 1: how can you tell afterwards?"}},
    {"process", 1, "work is done by a child, and its end is understood", "run_in_process", test_process,
     {"fork, work, _exit in the child; waitpid in the parent.",
      "A child that calls exit(0) looks fine to waitpid: set a shared flag when the work is done.",
      "Flush before the fork, and in the child before _exit; EINTR means wait again."}},
    {"sharing", 1, "which writes come back", "sharing_look", test_sharing,
     {"Set all three to 0 before each look: an earlier one may have left a 1.",
      "Free the memory also if the run failed."}},
    {"cost", 1, "what one more worker costs", "worker_cost", test_cost,
     {"The shortest of many runs is the one that nobody disturbed.",
      "Read the clock right before and right after the run."}},
    {"memory", 1, "what a process weighs", "private_kib", test_memory,
     {"Only lines that begin with Private_Clean: and Private_Dirty: count.",
      "sscanf returns how many values it could read."}},
};
/* clang-format on */

const struct graded_suite graded_suite = {"01-processes-and-threads", "sharing.c", tests,
                                          sizeof tests / sizeof tests[0]};
