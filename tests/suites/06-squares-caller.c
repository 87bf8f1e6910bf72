/* What else the caller has: children, streams, descriptors, and its own ways with signals. */
#include "tests/suites/06-squares.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/suites/06-squares-support.h"
#include "tests/harness/faults.h"
#include "tests/harness/grader.h"
#include "tests/harness/wording.h"
#include "tests/watch/quiet.h"

enum { N = SQUARES_N };

/* A child of the caller's own. It has ended, or it ends when `gate` is closed. */
static pid_t make_own_child(int gate[2])
{
    siginfo_t info;
    pid_t own = grader_fork();
    char byte;

    if (own == 0) {
        if (gate) {
            close(gate[1]);
            (void)!read(gate[0], &byte, 1);
        }
        _exit(42);
    }
    if (!gate)
        waitid(P_PID, (id_t)own, &info, WEXITED | WNOWAIT);
    return own;
}

static void expect_own_child(const struct squares_way *way, const char *look_at, pid_t own,
                             const char *which)
{
    int status = 0;

    expect_at(look_at, waitpid(own, &status, 0) == own && WEXITSTATUS(status) == 42,
              "The caller of %s had a child of its own, %s, and cannot reap it any more. Wait for "
              "your own children only, by their PIDs, and leave SIGCHLD as it is.",
              way->name, which);
}

/* In a child: the first one of a call is the last to end. */
static void delay_first_is_last(long value)
{
    if (value == squares_values[0])
        squares_wait_for_others();
}

/* What children store in memory that is shared comes after what the caller stores there: fork's 0,
 * say, for which waitpid takes any child. */
static void check_late_children(const struct squares_way *way)
{
    struct faults *faults = faults_reset();
    long squares[N];
    struct squares_job job = {squares_values, squares, N, squares_open_output(),
                              delay_first_is_last};
    pid_t ended = make_own_child(NULL);

    squares_note_caller();
    atomic_store(&faults->late_children, N);
    squares_expect(way, "finish", &job);
    expect_own_child(way, "finish", ended, "which had ended");
    close(job.output);
}

/* fork fails in the second call; -1 is then no child's PID. */
static void check_own_children(const struct squares_way *way)
{
    struct faults *faults = faults_reset();
    long squares[N];
    struct squares_job job = {squares_values, squares, N, squares_open_output(), NULL};
    struct sigaction now;
    sigset_t blocked;
    int gate[2];
    pid_t ended, running;

    sigaction(SIGCHLD, NULL, &now);
    expect_at("start", now.sa_handler == SIG_DFL,
              "%s has changed what its caller does about SIGCHLD. That concerns the caller's other "
              "children, too.",
              way->name);
    sigprocmask(SIG_BLOCK, NULL, &blocked);
    expect_at("start", !sigismember(&blocked, SIGCHLD),
              "%s has blocked SIGCHLD, and left it so: its caller does not learn any more when a "
              "child of its own ends.",
              way->name);
    ended = make_own_child(NULL);
    if (pipe(gate))
        grader_fail("The test itself went wrong: no pipe (%s).", error_name(errno));
    running = make_own_child(gate);
    squares_expect(way, "finish", &job);
    expect_own_child(way, "finish", ended, "which had ended");
    close(gate[0]);
    close(gate[1]);
    expect_own_child(way, "start", running, "which ended after the call");
    ended = make_own_child(NULL);
    atomic_store(&faults->fork_fails_at, 2);
    grader_refused(wording("The second fork fails: %s", way->name), squares_run(way, NULL, &job),
                   EAGAIN);
    atomic_store(&faults->fork_fails_at, 0);
    expect_own_child(way, way->name, ended, "which had ended before a call in which fork failed");
    close(job.output);
}

/* In a child. */
static void delay_exit(long value)
{
    (void)value;
    exit(0);
}

/* A stream other than stdout. */
static void check_stream(const struct squares_way *way)
{
    FILE *stream = tmpfile();
    char text[64];
    long square;
    struct squares_job job = {squares_values, &square, 1, squares_open_output(), delay_exit};

    if (!stream)
        grader_fail("The test itself went wrong: no temporary file (%s).", error_name(errno));
    fprintf(stream, "[once]");
    squares_run(way, "start", &job);
    fflush(stream);
    rewind(stream);
    text[fread(text, 1, sizeof text - 1, stream)] = '\0';
    expect_at("start", strcmp(text, "[once]") == 0,
              "The caller of %s has written [once] to a stream of its own, and a child leaves with "
              "exit. It should come out once, but the file has: %s",
              way->name, text);
    fclose(stream);
    close(job.output);
}

/* The output is descriptor 1, as in most programs, or 0, which `kept` is a copy of. */
static void check_output_at(const struct squares_way *way, int descriptor, int kept)
{
    char text[2048];
    long squares[N];
    int file = squares_open_output(), failed;
    struct squares_job job = {squares_values, squares, N, descriptor, NULL};

    fflush(NULL);
    dup2(file, descriptor);
    failed = squares_run(way, "run_child", &job);
    dup2(kept, descriptor);
    close(kept);
    squares_read_output(file, text, sizeof text);
    expect_at("run_child", strstr(text, "The number 3 squares to 9."),
              "If the output of %s is descriptor %d, the children should print there, but there is "
              "nothing of them.",
              way->name, descriptor);
    expect(!failed, "The output of %s is descriptor %d. It should succeed, but it failed.",
           way->name, descriptor);
}

/* Descriptor 0 is free, so that a pipe may get it; then it is the output. */
static void check_descriptor_0(const struct squares_way *way)
{
    int kept = dup(STDIN_FILENO), file = squares_open_output(), zero;
    long squares[N];
    struct squares_job job = {squares_values, squares, N, file, NULL};

    close(STDIN_FILENO);
    squares_expect(way, "finish", &job);
    zero = dup(file);
    expect_at("finish", zero == STDIN_FILENO,
              "The caller of %s had closed descriptor 0, so a pipe got the number 0. After the "
              "call it is still open: 0 is a descriptor like any other, and is closed, too.",
              way->name);
    close(file);
    check_output_at(way, STDIN_FILENO, kept);
    check_output_at(way, STDOUT_FILENO, dup(STDOUT_FILENO));
}

static atomic_int *first_done; /* whether a child has done what one is to do, in shared memory */
static atomic_bool *heeded;    /* by then SIGCHLD was not ignored any more; there, too */
static pid_t lasting;          /* a child of the caller's own; set before the call */

static void make_lasting(void)
{
    lasting = grader_fork();
    if (lasting != 0)
        return;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (;;)
        pause();
}

/* In a child: ends the caller's own child while the caller waits. */
static void delay_end_lasting(long value)
{
    (void)value;
    struct sigaction inherited;

    if (atomic_exchange(first_done, 1) != 0)
        return; /* another one does it */
    sigaction(SIGCHLD, NULL, &inherited);
    atomic_store(heeded, inherited.sa_handler != SIG_IGN);
    squares_wait_for_caller();
    kill(lasting, SIGKILL);
    quiet_wait_briefly(NULL); /* until it has ended */
}

/* If SIGCHLD is ignored, children are reaped by the system, and waitpid finds none at the end. */
static void check_sigchld_ignored(const struct squares_way *way)
{
    struct sigaction ignore = {.sa_handler = SIG_IGN}, before;
    long squares[N];
    struct squares_job job = {squares_values, squares, N, squares_open_output(), NULL};

    sigaction(SIGCHLD, &ignore, &before);
    squares_expect(way, "finish", &job);
    atomic_store(first_done, 0);
    make_lasting();
    squares_note_caller();
    job.delay = delay_end_lasting;
    squares_expect(way, "finish", &job);
    if (atomic_load(first_done) == 0)
        kill(lasting, SIGKILL); /* no delay was called: that is for other tests to say */
    expect_at(atomic_load(heeded) ? way->name : "finish", waitpid(lasting, NULL, 0) == -1,
              "The caller ignores SIGCHLD, and a child of its own ended while %s was running. It "
              "should be gone, but a zombie was left behind. What is done about SIGCHLD is the "
              "caller's affair, also for a moment: it concerns all children.",
              way->name);
    sigaction(SIGCHLD, &before, NULL);
    close(job.output);
}

static atomic_int *at_exits; /* how often the caller's handler has run, in shared memory */

static void count_exit(void)
{
    atomic_fetch_add(at_exits, 1);
}

static void check_at_exit(const struct squares_way *way)
{
    const long too_large = SQUARES_LARGEST + 1;
    long squares[N];
    struct squares_job job = {squares_values, squares, N, squares_open_output(), NULL};

    atomic_store(at_exits, 0);
    squares_expect(way, "run_child", &job);
    job.values = &too_large;
    job.n = 1;
    grader_refused(wording("%s: %s", wording("The square of %ld does not fit in a long", too_large),
                           way->name),
                   squares_run(way, "run_child", &job), ERANGE);
    expect(atomic_load(at_exits) == 0,
           "The children of %s ran what the caller has registered with atexit, %s. Which function "
           "ends a process without that?",
           way->name, plural(atomic_load(at_exits), "time"));
    close(job.output);
}

void test_squares_caller(void)
{
    at_exits = grader_share(1, sizeof *at_exits);
    first_done = grader_share(1, sizeof *first_done);
    heeded = grader_share(1, sizeof *heeded);
    for (int i = 0; i < 2; i++) {
        squares_begin(&squares_ways[i]);
        check_own_children(&squares_ways[i]);
        check_late_children(&squares_ways[i]);
        check_stream(&squares_ways[i]);
        check_descriptor_0(&squares_ways[i]);
        check_sigchld_ignored(&squares_ways[i]);
    }
    squares_expect_many(&squares_ways[1]);
    atexit(count_exit);
    check_at_exit(&squares_ways[0]);
    check_at_exit(&squares_ways[1]);
}
