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

#include "tests/harness/capture.h"
#include "tests/harness/census.h"
#include "tests/harness/faults.h"
#include "tests/harness/grader.h"
#include "tests/watch/quiet.h"
#include "tests/harness/no_memory.h"

static squares_fn *captured;

static int square_two(void)
{
    long squares[2] = {0};
    int output = open_output(), failed = captured(values, squares, 2, output, NULL);

    close(output);
    expect(failed || (squares[0] == 1 && squares[1] == 4),
           "A call claims to have squared 1 and 2, but its squares are %ld and %ld.", squares[0],
           squares[1]);
    return failed;
}

void check_stdio(const char *name, squares_fn *squares_of)
{
    char text[256];

    captured = squares_of;
    expect(
        capture_output(square_two, text, sizeof text) == 0 && strcmp(text, "[before][after]") == 0,
        "The caller of %s printed [before] and [after] once each, but there came: %s", name, text);
}

/* write_all and read_all alone, while a pipe takes and gives a byte at a time. */
void test_bytes(void)
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
           "write_all should write all of 0123456789, a byte at a time if need be, but there came "
           "\"%s\".",
           text);
    expect(write(ends[1], &(long){0x1234123412341234}, sizeof number) == sizeof number &&
               read_all(ends[0], &number, sizeof number) == 0 && number == 0x1234123412341234,
           "read_all should read all of 8 bytes that come one at a time, but it read %ld.", number);
    expect(write(ends[1], "abc", 3) == 3 && close(ends[1]) == 0, "The test itself went wrong.");
    errno = 0;
    expect(
        read_all(ends[0], &number, sizeof number) == -1 && errno == EPIPE,
        "Only 3 of 8 bytes came before the other end closed: read_all should fail with EPIPE, but "
        "errno says: %s.",
        strerror(errno));
    close(ends[0]);
    errno = 0;
    expect(write_all(-1, "x", 1) == -1 && errno == EBADF,
           "write_all to no file should fail with EBADF.");
    errno = 0;
    expect(read_all(-1, &number, sizeof number) == -1 && errno == EBADF,
           "read_all from no file should fail with EBADF.");
}

static void delay_die(long value)
{
    if (value == 3)
        raise(SIGKILL);
    if (value == 4)
        exit(0);
    if (value == 5)
        _exit(1);
}

/* The child of value 4 leaves with exit(0): which writes out what it has a copy of. */
static int square_one_that_exits(void)
{
    long square;
    int output = open_output();

    captured(values + 3, &square, 1, output, delay_die);
    return close(output);
}

static void check_dies(const char *name, squares_fn *squares_of)
{
    struct census before = census_take();
    char text[1024];
    long squares[N];
    int output;

    begin(name, squares_of);
    output = open_output();
    errno = 0;
    expect(squares_of(values, squares, N, output, delay_die) == -1 && errno == ECHILD,
           "A child of %s was killed before it delivered: ECHILD is expected, but errno says: %s.",
           name, strerror(errno));
    for (int status = 0; status < 2; status++) {
        errno = 0;
        expect(squares_of(values + 3 + status, squares, 1, output, delay_die) == -1 &&
                   errno == ECHILD,
               "A child of %s left with status %d before it delivered: ECHILD is expected, but "
               "errno says: %s.",
               name, status, strerror(errno));
    }
    read_output(output, text, sizeof text);
    expect(!strstr(text, "The number 3"),
           "A child of %s should print after the delay, but one that died in it had printed.",
           name);
    captured = squares_of;
    expect(
        capture_output(square_one_that_exits, text, sizeof text) == 0 &&
            strcmp(text, "[before][after]") == 0,
        "The caller of %s printed [before] and [after] once each, and a child left with exit(0). "
        "There came: %s. What does a child have a copy of, unless it is flushed before the fork?",
        name, text);
    census_expect_same(before, census_take(), name, 4);
}

void test_child_dies(void)
{
    check_dies("squares_one_by_one", squares_one_by_one);
    check_dies("squares_together", squares_together);
}

/* The child that overflows is the last to be done: it waits until the others are gone, or
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

    begin(name, squares_of);
    output = open_output();
    errno = 0;
    expect(squares_of(large, squares, 3, output, NULL) == -1 && errno == ERANGE,
           "The square of 3037000500 does not fit in a long: %s should fail with ERANGE, but errno "
           "says: %s.",
           name, strerror(errno));
    errno = 0;
    expect(squares_of(&small, squares, 1, output, NULL) == -1 && errno == ERANGE,
           "Neither does the square of -3037000500, but %s does not say ERANGE.", name);
    errno = 0;
    expect(
        squares_of(mixed, squares, 4, output, delay_overflow_and_die) == -1 && errno == ERANGE,
        "The first of four squares does not fit, and the child of the third is killed: %s should "
        "fail with the error of the first in order, ERANGE, but errno says: %s.",
        name, strerror(errno));
    expect(squares_of(&largest, squares, 1, output, NULL) == 0 && squares[0] == 9223372030926249001,
           "The square of 3037000499 fits in a long; %s says %ld.", name, squares[0]);
    read_output(output, text, sizeof text);
    expect(!strstr(text, "3037000500"), "A child whose square does not fit should print nothing.");
    errno = 0;
    expect(squares_of(values, squares, N, -1, NULL) == -1 && errno == EBADF,
           "The children cannot write to descriptor -1: %s should fail with EBADF, but errno says: "
           "%s.",
           name, strerror(errno));
}

void test_overflow(void)
{
    check_overflow("squares_one_by_one", squares_one_by_one);
    check_overflow("squares_together", squares_together);
}

/* So few descriptors are left that pipe may fail; or not, for somebody who needs fewer. */
static void check_descriptors(const char *name, squares_fn *squares_of)
{
    struct census before = census_take();
    int output = open_output(), lowest = dup(output);
    struct rlimit kept, few;
    long squares[N];

    close(lowest);
    getrlimit(RLIMIT_NOFILE, &kept);
    few = (struct rlimit){.rlim_cur = (rlim_t)lowest + 3, .rlim_max = kept.rlim_max};
    setrlimit(RLIMIT_NOFILE, &few);
    errno = 0;
    expect(squares_of(values, squares, N, output, NULL) == 0 || errno == EMFILE,
           "There were too few descriptors for all pipes: EMFILE is expected, but errno says: %s.",
           strerror(errno));
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
    begin(name, squares_of);
    expect(waitpid(own, NULL, WNOHANG) == own,
           "%s reaped a child of its caller's instead of its own.", name);
}

static void check_tidy(const char *name, squares_fn *squares_of)
{
    struct faults *faults = faults_reset();
    struct census before = {0};
    size_t heap = 0;
    int output;

    begin(name, squares_of);
    output = open_output();
    for (int call = 1; call <= 60; call++) {
        long squares[N];
        int k = call % 4 == 3 ? 1 + call % N : 0;

        atomic_store(&faults->fork_fails_at, k);
        errno = 0;
        expect(squares_of(values, squares, N, output, NULL) == (k ? -1 : 0),
               "%s should %s, errno: %s.", name, k ? "return -1, as fork failed" : "succeed",
               strerror(errno));
        expect(k == 0 || errno == EAGAIN, "fork failed with EAGAIN, but errno says: %s.",
               strerror(errno));
        if (call == 4) {
            before = census_take();
            heap = mallinfo2().uordblks;
        }
    }
    close(output);
    before.descriptors--;
    census_expect_same(before, census_take(), name, 60);
    expect(mallinfo2().uordblks < heap + 1000,
           "After 56 more calls of %s %zu more bytes of the heap are in use.", name,
           mallinfo2().uordblks - heap);
    check_descriptors(name, squares_of);
    check_bystander(name, squares_of);
    captured = squares_of;
    no_memory_try(name, square_two);
}

void test_tidy(void)
{
    check_tidy("squares_one_by_one", squares_one_by_one);
    check_tidy("squares_together", squares_together);
}
