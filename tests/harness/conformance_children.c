/* One suite for all engines of processes: children that end in any order, die, or stop for a while,
 * and the caller's own. As in conformance.c, functions called task_... run in a worker. */
#include "tests/harness/conformance.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/shared.h"
#include "tests/harness/census.h"
#include "tests/harness/grader.h"
#include "tests/harness/meeting.h"
#include "tests/harness/wording.h"
#include "tests/watch/quiet.h"

/* Task 0 goes on only when everybody else is asleep or has ended. */
static int task_first_is_slow(long in, long *out)
{
    if (in == 0)
        quiet_wait_briefly(NULL);
    return conform_task(in, out);
}

void conform_any_order(const struct engine *engine, bool results)
{
    long in[3] = {0, 1, 2}, out[3] = {0};
    int failed = conform_map(engine, conform_look()->death, task_first_is_slow, in, out, 3, 3);

    expect(!failed,
           "The children of tasks 1 and 2 end before that of task 0. %s should succeed, but it "
           "failed with errno %s. Which child did it wait for?",
           engine->name, error_name(errno));
    conform_checks_lead_to(engine, conform_look()->results);
    for (int i = 0; i < 3 && results; i++)
        expect(out[i] == in[i] * CONFORM_FACTOR + CONFORM_OFFSET,
               "The children of tasks 1 and 2 end before that of task 0. out[%d] of %s should be "
               "%ld, but it is %ld.",
               i, engine->name, in[i] * CONFORM_FACTOR + CONFORM_OFFSET, out[i]);
}

/* How a worker leaves before it has delivered, which task is its last, and which one has an error;
 * set by the test before the call. */
enum way { BY_CRASH, BY_KILL, BY_EXIT, BY_EXIT_FAILURE };
static enum way way;
static long dying, failing;
static struct meeting *meeting; /* so neither can be skipped because of the other */

static int task_die(long in, long *out)
{
    *out = in;
    if (in != dying && in != failing)
        return 0;
    meeting_join(meeting);
    if (in == failing)
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

void conform_deaths(const struct engine *engine)
{
    static const char *const how[] = {"crashes", "is killed", "calls exit(0)", "calls _exit(1)"};
    long in[6] = {0, 1, 2, 3, 4, 5}, out[6];

    for (way = BY_CRASH; way <= BY_EXIT_FAILURE; way++) {
        struct grader_answer answer;
        struct census before;

        dying = way % 2 == 0 ? 2 : 1;
        failing = 3 - dying;
        meeting = meeting_create(2);
        before = census_take();
        answer = grader_answer(conform_map(engine, conform_look()->death, task_die, in, out, 6, 6));
        conform_checks_lead_to(engine, conform_look()->tidy);
        census_expect_same(before, census_take(), engine->name, 1);
        conform_error_leads_to(engine, conform_look()->death, answer, EDOM);
        grader_expect_refused(
            wording("The child of task %ld %s before it has delivered, and task %ld fails with "
                    "EDOM: %s",
                    dying, how[way], failing, engine->name),
            answer, ECHILD);
        meeting_free(meeting);
    }
}

/* In shared memory: the worker that has stopped itself; 0 so far. */
static atomic_int *stopped;
static struct hold *hold; /* opens when everybody else is asleep, or spins */

static int task_stop_for_a_while(long in, long *out)
{
    if (in == 0) {
        atomic_store(stopped, getpid());
        raise(SIGSTOP);
        quiet_wait_briefly(NULL); /* until the caller's own child has ended */
    }
    return conform_task(in, out);
}

/* A child of the caller's: it lets the stopped worker go on, and ends while the map runs. */
static pid_t make_helper(void)
{
    pid_t parent = getpid(), helper = grader_fork();

    if (helper != 0)
        return helper;
    while (!atomic_load(stopped) && getppid() == parent)
        usleep(1000);
    hold_pass(hold);
    if (atomic_load(stopped))
        kill(atomic_load(stopped), SIGCONT);
    _exit(7);
}

/* Another one, which ends only when it is killed. */
static pid_t make_lasting(void)
{
    pid_t child = grader_fork();

    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        for (;;)
            pause();
    }
    return child;
}

static bool ended_with(pid_t child, int status)
{
    int seen = 0;

    return waitpid(child, &seen, 0) == child && seen == status;
}

/* The lasting child still lives, and is the caller's to end. */
static void expect_lasting(const struct engine *engine, pid_t lasting)
{
    int seen = 0;
    pid_t ended = waitpid(lasting, &seen, WNOHANG);

    conform_checks_lead_to(engine, conform_look()->own_child);
    expect(ended == 0,
           "The caller had a child of its own that was still running. After %s it is gone: it was "
           "%s.",
           engine->name, ended == -1 ? "reaped" : "killed");
    kill(lasting, SIGKILL);
    waitpid(lasting, NULL, 0);
}

/* What becomes of ended children is for the caller to say. */
static void expect_sigchld_kept(const struct engine *engine)
{
    struct sigaction now;
    sigset_t blocked;

    sigaction(SIGCHLD, NULL, &now);
    expect(now.sa_handler != SIG_IGN && !(now.sa_flags & SA_NOCLDWAIT),
           "%s has had SIGCHLD ignored. Children of the caller's own disappear then, too, and it "
           "never learns how they ended.",
           engine->name);
    sigprocmask(SIG_BLOCK, NULL, &blocked);
    expect(
        !sigismember(&blocked, SIGCHLD),
        "%s has blocked SIGCHLD, and left it so: the caller does not learn any more when a child "
        "of its own ends.",
        engine->name);
}

void conform_own_children(const struct engine *engine)
{
    long in[3] = {0, 1, 2}, out[3];
    pid_t lasting = make_lasting(), helper;
    int failed;

    stopped = grader_share(1, sizeof *stopped);
    hold = hold_create(INT_MAX);
    helper = make_helper();
    failed = conform_map(engine, conform_look()->death, task_stop_for_a_while, in, out, 3, 2);
    expect(!failed,
           "The child of task 0 was stopped (SIGSTOP) for a while and then went on, and a child of "
           "the caller's own ended meanwhile. %s should succeed, but it failed with errno %s.",
           engine->name, error_name(errno));
    conform_slept(engine, hold);
    hold_free(hold);
    conform_checks_lead_to(engine, conform_look()->own_child);
    expect_sigchld_kept(engine);
    expect(ended_with(helper, 7 << 8),
           "A child of the caller's own ended while %s was running, and the engine reaped it. Wait "
           "for your own children only, by their PIDs.",
           engine->name);
    expect_lasting(engine, lasting);
    shared_free(stopped);
}

static pid_t own; /* a child of the caller's own; set before the call */

/* In a worker. */
static int task_end_own_child(long in, long *out)
{
    if (in == 1) {
        kill(own, SIGKILL);
        quiet_wait_briefly(NULL); /* until it has ended */
    }
    return conform_task(in, out);
}

/* Nobody is asked to reap children where SIGCHLD is ignored, so none may need it. */
static void expect_gone(const struct engine *engine)
{
    long in[3] = {0, 1, 2}, out[3];
    int failed;

    own = make_lasting();
    failed = conform_map(engine, conform_look()->signals, task_end_own_child, in, out, 3, 2);
    expect(!failed, "The caller ignores SIGCHLD, and %s failed with errno %s.", engine->name,
           error_name(errno));
    conform_checks_lead_to(engine, conform_look()->own_child);
    expect(waitpid(own, NULL, 0) == -1,
           "The caller ignores SIGCHLD, and a child of its own ended while %s was running. It "
           "should be gone, but a zombie was left behind. What is done about SIGCHLD is the "
           "caller's affair, also for a moment: it concerns all children.",
           engine->name);
}

/* In a worker. */
static int task_second_fails(long in, long *out)
{
    *out = in;
    return in == 1 ? EDOM : 0;
}

void conform_sigchld_ignored(const struct engine *engine)
{
    struct sigaction ignore = {.sa_handler = SIG_IGN}, before;
    long in[4] = {0, 1, 2, 3}, out[4] = {0};
    int failed;

    sigaction(SIGCHLD, &ignore, &before);
    expect_gone(engine);
    failed = conform_map(engine, conform_look()->signals, task_first_is_slow, in, out, 4, 2);
    expect(!failed,
           "The caller ignores SIGCHLD, so ended children disappear by themselves, and waitpid "
           "fails with ECHILD once they have. All results were delivered, but %s failed with errno "
           "%s.",
           engine->name, error_name(errno));
    for (int i = 0; i < 4; i++)
        expect(out[i] == in[i] * CONFORM_FACTOR + CONFORM_OFFSET,
               "While the caller ignores SIGCHLD, out[%d] of %s came out wrong.", i, engine->name);
    grader_refused(
        wording("The caller ignores SIGCHLD, and task 1 fails with EDOM: %s", engine->name),
        conform_map(engine, conform_look()->signals, task_second_fails, in, out, 4, 2), EDOM);
    sigaction(SIGCHLD, &before, NULL);
}
