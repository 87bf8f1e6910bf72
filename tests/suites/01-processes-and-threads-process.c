/* The work is done by a child, and its end is understood. */
#include "tests/suites/01-processes-and-threads.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/shared.h"
#include "tests/harness/census.h"
#include "tests/harness/faults.h"
#include "tests/harness/grader.h"
#include "tests/harness/no_memory.h"
#include "tests/harness/wording.h"
#include "tests/suites/01-processes-and-threads-support.h"
#include "tests/watch/quiet.h"

/* Work that never returns: in the child, on purpose. */
static void crash(void *argument)
{
    sigset_t blocked;

    (void)argument;
    sigprocmask(SIG_BLOCK, NULL, &blocked);
    if (sigismember(&blocked, SIGSEGV))
        who->argument = &who->argument; /* a mark that who_reset takes away */
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

static void leave_at_once(void *status)
{
    _exit(*(int *)status);
}

/* Every status: none of them can mean that the work was done. */
static void check_statuses(void)
{
    for (int status = 0; status < 256; status++)
        grader_refused(wording("The test's work calls _exit(%d) in the child, on purpose, and "
                               "never returns: run_in_process",
                               status),
                       run_in_process(leave_at_once, &status), ECHILD);
}

static void do_nothing(void *argument)
{
    (void)argument;
}

/* Its own child's end says nothing about its own. */
static void run_another_and_leave(void *argument)
{
    (void)argument;
    run_in_process(do_nothing, NULL);
    _exit(0);
}

/* A caller itself; then it comes to its own end. */
static void run_another(void *argument)
{
    if (run_in_process(do_nothing, NULL))
        _exit(1);
    who_note(argument);
}

/* In shared memory. */
static struct {
    atomic_int returned; /* set when run_in_process has returned */
    atomic_bool waited_for;
} * left_behind;

/* Makes a process, which goes on until run_in_process has returned, or will not return before. */
static void leave_process_and_be_killed(void *argument)
{
    (void)argument;
    if (fork() == 0) {
        if (quiet_wait_hopeless(&left_behind->returned))
            atomic_store(&left_behind->waited_for, true);
        _exit(0);
    }
    raise(SIGKILL);
}

static void check_left_behind(void)
{
    struct grader_answer answer;

    left_behind = grader_share(1, sizeof *left_behind);
    answer = grader_answer(run_in_process(leave_process_and_be_killed, NULL));
    atomic_store(&left_behind->returned, 1);
    expect(!atomic_load(&left_behind->waited_for),
           "The test's work makes a process, which goes on, and then the child is killed. "
           "run_in_process should return when its own child is reaped, but it waited for the other "
           "process, too: for the end of a pipe that both have open?");
    grader_expect_refused("The test's work makes a process, which goes on, and then the child is "
                          "killed: run_in_process",
                          answer, ECHILD);
    shared_free(left_behind);
}

static void check_ends(void)
{
    static const struct {
        const char *how;
        work_fn *work;
    } ends[] = {{"crashes", crash},
                {"is killed", be_killed},
                {"calls exit(0)", leave},
                {"lets run_in_process make a child of its own, and then calls _exit(0)",
                 run_another_and_leave}};

    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        const char *what = wording("The test's work %s in the child, on purpose, and never "
                                   "returns: run_in_process",
                                   ends[i].how);
        struct grader_answer answer;

        who->argument = NULL;
        grader_trying(what);
        answer = grader_answer(run_in_process(ends[i].work, NULL));
        expect(answer.refused || !who->argument,
               "The test's work raises SIGSEGV in the child, on purpose, to crash. But the signal "
               "is blocked in the child (sigprocmask), so the work went on. It should be blocked "
               "there only if it was so before the call.");
        grader_expect_refused(what, answer, ECHILD);
    }
    check_left_behind();
    check_statuses();
}

static void check_fork_fails(void)
{
    struct faults *faults = faults_reset();
    pid_t own = who_make_other_child();

    atomic_store(&who->times, 0);
    atomic_store(&faults->fork_fails_at, 1);
    grader_refused("run_in_process, when fork fails with EAGAIN,", run_in_process(who_note, NULL),
                   EAGAIN);
    atomic_store(&faults->fork_fails_at, 0);
    expect(atomic_load(&who->times) == 0,
           "fork failed, and still the work was done: without a child it should not be done.");
    who_expect_other_child(own, ", when fork failed (it then returns -1),");
}

/* From now on this process can make no other, whichever way it tries. */
static bool refuse_processes(unsigned error)
{
    struct sock_filter rules[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone, 2, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone3, 1, 0),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | error),
    };
    struct sock_fprog filter = {sizeof rules / sizeof rules[0], rules};

    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0;
}

/* Even if the child is done before its parent asks, an interrupted wait leaves it unreaped. */
static void check_interrupted(void)
{
    struct faults *faults = faults_reset();
    struct census before = census_take();

    atomic_store(&faults->interrupt, true);
    atomic_store(&faults->interrupts, 20); /* all of them in the first call */
    for (int i = 0; i < 4; i++)
        who_expect_done("run_in_process",
                        ", while signals interrupt blocking calls (EINTR: make the call again),",
                        run_in_process, who_note);
    atomic_store(&faults->interrupt, false);
    census_expect_same(before, census_take(), "run_in_process, while calls were interrupted,", 4);
}

static int note_once(void)
{
    int failed;

    atomic_store(&who->times, 0);
    failed = grader_call(run_in_process(who_note, NULL), "run_in_process", "run_in_process");
    expect(!failed || errno != ECHILD || atomic_load(&faults_now()->forks) > 0,
           "run_in_process returned -1 with errno ECHILD, but it had made no child (an allocation "
           "was refused before): this should be ENOMEM.");
    expect(failed || atomic_load(&who->times) == 1,
           "run_in_process claims to have done work that was not done.");
    return failed;
}

static void check_child(void)
{
    expect(who->pid != getpid(),
           "The work should be done by a child, and only there, but the calling process did it.");
    expect(who_copied == 0,
           "What the work wrote to a global variable is seen by the caller: the child should have "
           "a copy of the memory, as fork(2) makes it.");
}

void test_run_in_process(void)
{
    struct census before;

    faults_reset();
    who_begin("run_in_process", run_in_process,
              "Is the flag in shared memory (shared_alloc) since before the fork? Does the child "
              "set it when work has returned, and does the parent read it after waitpid, and the "
              "right way round? Is the child's exit status the one that the parent wants?");
    before = census_take();
    who_expect_done("run_in_process", "", run_in_process, who_note);
    check_child();
    census_expect_same(before, census_take(), "run_in_process", 1);
    who_expect_done("run_in_process", ", whose work takes a while,", run_in_process, who_note_late);
    grader_refused("run_in_process with no work (NULL)", run_in_process(NULL, NULL), EINVAL);
    who_expect_done("run_in_process", ", whose work calls run_in_process,", run_in_process,
                    run_another);
    check_ends();
    census_expect_same(before, census_take(), "run_in_process", 265);
    check_fork_fails();
    census_expect_same(before, census_take(), "run_in_process, one of which could not fork,", 266);
    check_interrupted();
    check_output();
    check_caller();
    no_memory_try("run_in_process", note_once);
    if (!GRADER_SANITIZED && refuse_processes(ENOMEM))
        grader_refused("run_in_process, when fork fails with ENOMEM,",
                       run_in_process(who_note, NULL), ENOMEM);
    shared_free(who);
}
