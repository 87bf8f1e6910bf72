/* What can go wrong: short reads, children that die or fail, too few descriptors, a fork that
 * fails. */
#include "tests/suites/06-squares.h"

#include <errno.h>
#include <malloc.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/suites/06-squares-support.h"
#include "tests/harness/capture.h"
#include "tests/harness/census.h"
#include "tests/harness/faults.h"
#include "tests/harness/grader.h"
#include "tests/harness/no_memory.h"
#include "tests/harness/wording.h"
#include "tests/watch/quiet.h"

enum { N = SQUARES_N };

/* write_all and read_all alone, while a pipe takes and gives a byte at a time. */
void test_squares_bytes(void)
{
    struct faults *faults = faults_reset();
    char text[64] = "";
    long number = 0;
    int ends[2];

    if (pipe(ends))
        grader_fail("The test itself went wrong: no pipe.");
    grader_begin("write_all", write_all(ends[1], "", 0) == 0);
    grader_begin("read_all", read_all(ends[0], text, 0) == 0);
    atomic_store(&faults->short_io, true);
    atomic_store(&faults->interrupt, true);
    expect(write_all(ends[1], "0123456789", 10) == 0 && read(ends[0], text, 64) == 10 &&
               strcmp(text, "0123456789") == 0,
           "write_all should write all of 0123456789, a byte at a time if need be, but what came "
           "out of the pipe is \"%s\".",
           text);
    expect(write(ends[1], &(long){0x1234123412341234}, sizeof number) == sizeof number &&
               read_all(ends[0], &number, sizeof number) == 0 && number == 0x1234123412341234,
           "read_all should read all of 8 bytes that come one at a time, but it read %ld.", number);
    expect(write(ends[1], "abc", 3) == 3 && close(ends[1]) == 0, "The test itself went wrong.");
    grader_refused("Only 3 of 8 bytes come before the other end is closed: read_all",
                   read_all(ends[0], &number, sizeof number), EPIPE);
    close(ends[0]);
    grader_refused("write_all to descriptor -1", write_all(-1, "x", 1), EBADF);
    grader_refused("read_all from descriptor -1", read_all(-1, &number, sizeof number), EBADF);
}

/* In a child: leaves before it has delivered. */
static void delay_die(long value)
{
    if (value == 3)
        raise(SIGKILL);
    if (value == 4)
        exit(0);
    if (value == 5)
        _exit(1);
}

static squares_fn *exiting; /* what square_one_that_exits calls */

/* The child of value 4 leaves with exit(0): which writes out what it has a copy of. */
static int square_one_that_exits(void)
{
    long square;
    int output = squares_open_output();

    exiting(squares_values + 3, &square, 1, output, delay_die);
    return close(output);
}

static void check_dies(const char *name, squares_fn *squares_of)
{
    struct census before = census_take();
    char text[1024];
    long squares[N];
    int output;

    squares_begin(name, squares_of);
    output = squares_open_output();
    grader_refused(wording("A child is killed before it has delivered: %s", name),
                   squares_of(squares_values, squares, N, output, delay_die), ECHILD);
    for (int status = 0; status < 2; status++)
        grader_refused(
            wording("A child leaves with status %d before it has delivered: %s", status, name),
            squares_of(squares_values + 3 + status, squares, 1, output, delay_die), ECHILD);
    squares_read_output(output, text, sizeof text);
    expect(!strstr(text, "The number 3"),
           "A child of %s should print after the delay, but one that died in it had printed.",
           name);
    exiting = squares_of;
    expect(capture_output(square_one_that_exits, text, sizeof text) == 0 &&
               strcmp(text, "[before][after]") == 0,
           "The caller of %s prints [before] and [after], and a child leaves with exit(0). Each "
           "should come out once, but what came out is: %s. What does a child have a copy of, "
           "unless it is flushed before the fork?",
           name, text);
    census_expect_same(before, census_take(), name, 4);
}

void test_squares_child_dies(void)
{
    check_dies("squares_one_by_one", squares_one_by_one);
    check_dies("squares_together", squares_together);
}

/* In a child. The one that overflows is the last to be done: it waits until the others are gone, or
 * asleep. */
static void delay_overflow_and_die(long value)
{
    if (value > 3)
        quiet_wait(NULL);
    delay_die(value);
}

static void check_overflow(const char *name, squares_fn *squares_of)
{
    static const long large[] = {2, 3037000500, 3}, small = -3037000500;
    static const long mixed[] = {3037000500, 1, 3, 2};
    char text[1024];
    long squares[N], largest = 3037000499;
    int output;

    squares_begin(name, squares_of);
    output = squares_open_output();
    grader_refused(wording("The square of 3037000500 does not fit in a long: %s", name),
                   squares_of(large, squares, 3, output, NULL), ERANGE);
    grader_refused(wording("The square of -3037000500 does not fit in a long: %s", name),
                   squares_of(&small, squares, 1, output, NULL), ERANGE);
    grader_refused(wording("The first of four squares does not fit (ERANGE), the child of the "
                           "third is killed, and the first error in order counts: %s",
                           name),
                   squares_of(mixed, squares, 4, output, delay_overflow_and_die), ERANGE);
    expect(squares_of(&largest, squares, 1, output, NULL) == 0 && squares[0] == 9223372030926249001,
           "The square of 3037000499 fits in a long; %s says %ld.", name, squares[0]);
    squares_read_output(output, text, sizeof text);
    expect(!strstr(text, "3037000500"), "A child whose square does not fit should print nothing.");
    grader_refused(wording("The children cannot write to descriptor -1: %s", name),
                   squares_of(squares_values, squares, N, -1, NULL), EBADF);
}

void test_squares_overflow(void)
{
    check_overflow("squares_one_by_one", squares_one_by_one);
    check_overflow("squares_together", squares_together);
}

/* So few descriptors are left that pipe may fail; or not, for a solution that needs fewer. */
static void check_descriptors(const char *name, squares_fn *squares_of)
{
    struct census before = census_take();
    int output = squares_open_output(), lowest = dup(output), failed;
    struct rlimit kept, few;
    long squares[N];

    close(lowest);
    getrlimit(RLIMIT_NOFILE, &kept);
    few = (struct rlimit){.rlim_cur = (rlim_t)lowest + 3, .rlim_max = kept.rlim_max};
    setrlimit(RLIMIT_NOFILE, &few);
    errno = GRADER_NOT_SET;
    failed = squares_of(squares_values, squares, N, output, NULL);
    if (failed)
        grader_expect_refused(wording("There are too few descriptors for all pipes: %s", name),
                              grader_answer_int(failed), EMFILE);
    setrlimit(RLIMIT_NOFILE, &kept);
    close(output);
    census_expect_same(before, census_take(), name, 1);
}

/* A child of the caller's own has ended and is still to be reaped: by the caller. */
static void check_bystander(const char *name, squares_fn *squares_of)
{
    siginfo_t info;
    pid_t own = fork();

    if (own == 0)
        _exit(0);
    waitid(P_PID, (id_t)own, &info, WEXITED | WNOWAIT);
    squares_begin(name, squares_of);
    expect(waitpid(own, NULL, WNOHANG) == own,
           "The caller had a child of its own, and %s reaped that one, too. Wait for your own "
           "children only, by their PIDs.",
           name);
}

/* Calls it again and again, and lets fork fail now and then. */
static void check_calls(const char *name, squares_fn *squares_of, int output)
{
    struct faults *faults = faults_reset();
    struct census before = {0};
    size_t heap = 0;

    for (int call = 1; call <= 60; call++) {
        long squares[N];
        int k = call % 4 == 3 ? 1 + call % N : 0;

        atomic_store(&faults->fork_fails_at, k);
        if (k)
            grader_refused(wording("Call number %d of fork fails with EAGAIN: %s", k, name),
                           squares_of(squares_values, squares, N, output, NULL), EAGAIN);
        else
            expect(squares_of(squares_values, squares, N, output, NULL) == 0,
                   "%s failed with errno %s.", name, error_name(errno));
        if (call == 4) {
            before = census_take();
            heap = mallinfo2().uordblks;
        }
    }
    census_expect_same(before, census_take(), name, 60);
    expect(mallinfo2().uordblks < heap + 1000,
           "After 56 more calls of %s %zu more bytes of the heap are in use.", name,
           mallinfo2().uordblks - heap);
}

static void check_tidy(const char *name, squares_fn *squares_of)
{
    int output;

    squares_begin(name, squares_of);
    output = squares_open_output();
    check_calls(name, squares_of, output);
    close(output);
    check_descriptors(name, squares_of);
    check_bystander(name, squares_of);
    squares_choose(squares_of);
    no_memory_try(name, squares_of_two);
}

void test_squares_tidy(void)
{
    check_tidy("squares_one_by_one", squares_one_by_one);
    check_tidy("squares_together", squares_together);
}
