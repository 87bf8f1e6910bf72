/* An output that does not take what the children print: the error of their write(2) comes back. */
#include "tests/suites/06-squares.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "tests/suites/06-squares-support.h"
#include "tests/harness/grader.h"
#include "tests/harness/wording.h"

static void expect_refusal(const struct squares_way *way, const char *what, int output, int error)
{
    long squares[SQUARES_N];
    const struct squares_job job = {squares_values, squares, SQUARES_N, output, NULL};
    struct grader_answer answer = grader_answer(squares_run(way, "run_child", &job));

    if (answer.error == ECHILD) /* it has come, and was taken for another */
        squares_lead_to("finish");
    grader_expect_refused(wording("%s: %s", what, way->name), answer, error);
}

/* EPIPE is also what read_all says of a child that has sent nothing. This one has sent it. */
void squares_expect_output_errors(const struct squares_way *way)
{
    struct sigaction ignore = {.sa_handler = SIG_IGN}, before;
    char byte = 'x';
    int ends[2];

    if (pipe2(ends, O_CLOEXEC | O_NONBLOCK))
        grader_fail("The test itself went wrong: no pipe (%s).", error_name(errno));
    while (write(ends[1], &byte, 1) == 1)
        ;
    expect_refusal(way, "The children's output is a pipe that is full and does not block", ends[1],
                   EAGAIN);
    close(ends[0]);
    sigaction(SIGPIPE, &ignore, &before);
    expect_refusal(way,
                   "The children's output is a pipe that nobody reads any more, and the caller "
                   "ignores SIGPIPE",
                   ends[1], EPIPE);
    sigaction(SIGPIPE, &before, NULL);
    close(ends[1]);
}
