/* What a caller of run_in_process has besides: text in its buffers, children, handlers. */
#include "tests/suites/01-processes-and-threads.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/harness/capture.h"
#include "tests/harness/census.h"
#include "tests/harness/grader.h"
#include "tests/harness/wording.h"
#include "tests/suites/01-processes-and-threads-support.h"
#include "tests/watch/quiet.h"

/* The work: in the child. */
static void print(void *argument)
{
    printf("[%s]", (const char *)argument);
}

static void print_to(void *stream)
{
    fputs("[child]", stream);
}

static void rest(void *argument)
{
    (void)argument;
}

static int print_in_child(void)
{
    return run_in_process(print, "child");
}

static void expect_once(const char *where, bool succeeded, const char *text)
{
    expect(succeeded && strcmp(text, "[before][child][after]") == 0,
           "[before] and [after] are printed by the caller and [child] by the work, to %s. Each "
           "should come out once, in the order [before][child][after], but what came out is: %s",
           where, text);
}

/* Writes nothing. A child is held until everybody else is asleep: between its work and its end. */
static ssize_t write_late(void *cookie, const char *text, size_t size)
{
    (void)cookie, (void)text;
    if (getpid() != who_tester)
        quiet_wait_briefly(NULL);
    return (ssize_t)size;
}

static void check_end(void)
{
    cookie_io_functions_t functions = {.write = write_late};
    FILE *stream = fopencookie(NULL, "w", functions);
    struct census before = census_take();

    if (!stream)
        return;
    expect(grader_call(run_in_process(print_to, stream), "run_in_process",
                       "run_in_process of work whose output takes a while") == 0,
           "run_in_process of work whose output takes a while failed with errno %s.",
           error_name(errno));
    census_expect_same(before, census_take(), "run_in_process, whose child takes a while to end,",
                       1);
    fclose(stream);
}

/* Standard output, and a stream that is not: all of them have buffers. */
void check_output(void)
{
    FILE *stream = tmpfile();
    bool succeeded;
    char text[256];

    grader_doing("run_in_process", "run_in_process of work that prints");
    succeeded = capture_output(print_in_child, text, sizeof text) == 0;
    expect_once("standard output", succeeded, text);
    if (!stream)
        return;
    fputs("[before]", stream);
    succeeded = run_in_process(print_to, stream) == 0;
    fputs("[after]", stream);
    rewind(stream);
    text[fread(text, 1, sizeof text - 1, stream)] = '\0';
    fclose(stream);
    expect_once("a file that the caller opened with fopen", succeeded, text);
    check_end();
}

/* An atexit handler of the test's own process, which a child has a copy of. */
static void count_goodbye(void)
{
    if (getpid() != who_tester)
        atomic_fetch_add(&who->times, 1);
}

static void check_handlers(void)
{
    atexit(count_goodbye);
    atomic_store(&who->times, 0);
    expect(grader_call(run_in_process(rest, NULL), "run_in_process",
                       "run_in_process, whose caller has an atexit handler") == 0,
           "run_in_process failed with errno %s.", error_name(errno));
    expect(atomic_load(&who->times) == 0,
           "The caller's atexit handler ran in the child: leave with _exit.");
}

/* Nobody but the caller may reap its other child. */
static void check_other_child(void)
{
    pid_t other = who_make_other_child();

    expect(grader_call(run_in_process(rest, NULL), "run_in_process",
                       "run_in_process, whose caller has another child, which has ended") == 0,
           "The caller has another child, which has ended, and run_in_process failed with errno "
           "%s. Wait for the child that you have forked only, by its PID.",
           error_name(errno));
    who_expect_other_child(other, "");
}

/* The work: stops its process, as Ctrl-Z would, and does the rest when it is continued. */
static void stop_and_note(void *argument)
{
    who->pid = getpid();
    raise(SIGSTOP);
    who_note(argument);
}

/* A child of the caller's continues the one that has stopped, once everybody sleeps: whoever takes
 * a stop for an end has gone on by then. */
static void check_stopped(void)
{
    pid_t own;

    who->pid = 0;
    own = grader_fork();
    if (own == 0) {
        while (who->pid == 0)
            usleep(1000);
        quiet_wait_briefly(NULL);
        kill(who->pid, SIGCONT);
        _exit(0);
    }
    who_expect_done("run_in_process", ", whose child is stopped for a while (Ctrl-Z) and goes on,",
                    run_in_process, stop_and_note);
    waitpid(own, NULL, 0);
}

void check_caller(void)
{
    check_other_child();
    check_handlers();
    check_stopped();
}
