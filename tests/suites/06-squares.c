#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/suites/06-squares.h"
#include "tests/harness/census.h"
#include "tests/harness/faults.h"
#include "tests/harness/grader.h"
#include "tests/harness/meeting.h"

const long values[N] = {1, 2, 3, 4, 5};

int open_output(void)
{
    FILE *file = tmpfile();
    int output;

    if (!file || (output = fcntl(fileno(file), F_DUPFD_CLOEXEC, 0)) == -1)
        grader_fail("The test itself went wrong: no temporary file (%s).", strerror(errno));
    fclose(file);
    fcntl(output, F_SETFL, O_APPEND);
    return output;
}

void read_output(int output, char text[], size_t size)
{
    ssize_t length = pread(output, text, size - 1, 0);

    text[length > 0 ? length : 0] = '\0';
    close(output);
}

void begin(const char *name, squares_fn *squares_of)
{
    int output = open_output();
    long squares[1] = {0};

    grader_begin(name, squares_of(values, squares, 1, output, NULL) == 0);
    close(output);
}

/* Reads one block of three lines at *at, checks it, and moves *at behind it. Returns its number,
 * and stores its PID in *pid. */
static int expect_block(const char *name, const char **at, long *pid)
{
    int number = 0, read = 0;
    long value = 0, square = 0;
    char expected[200];

    sscanf(*at, "Process ID: %ld\nProcess Name: Process-%d\nThe number %ld squares to %ld.\n%n",
           pid, &number, &value, &square, &read);
    snprintf(expected, sizeof expected,
             "Process ID: %ld\nProcess Name: Process-%d\nThe number %ld squares to %ld.\n", *pid,
             number, value, square);
    expect(read > 0 && strncmp(*at, expected, strlen(expected)) == 0,
           "%s should print blocks of three lines, as in \"Process ID: 29276\", \"Process Name: "
           "Process-1\", \"The number 1 squares to 1.\", but there is: %.120s",
           name, *at);
    expect(number >= 1 && number <= N && value == values[number - 1] && square == value * value,
           "Process-%d should print the square of value number %d, but it printed: The number %ld "
           "squares to %ld.",
           number, number, value, square);
    *at += strlen(expected);
    return number;
}

/* Runs it on five values and looks at everything that it printed and stored. */
static void check_blocks(const char *name, squares_fn *squares_of, bool in_order)
{
    char text[2048];
    const char *at = text;
    long squares[N] = {0}, pids[N];
    bool seen[N] = {false};
    int output;

    begin(name, squares_of);
    output = open_output();
    expect(squares_of(values, squares, N, output, NULL) == 0, "%s failed: %s.", name,
           strerror(errno));
    read_output(output, text, sizeof text);
    for (int i = 0; i < N; i++) {
        int number = expect_block(name, &at, &pids[i]);

        expect(!seen[number - 1], "%s printed the block of Process-%d twice.", name, number);
        seen[number - 1] = true;
        expect(!in_order || number == i + 1,
               "One by one, Process-%d should print before Process-%d, but it did not.", i + 1,
               number);
        expect(pids[i] != getpid(), "%s printed in the calling process instead of a child.", name);
        for (int j = 0; j < i; j++)
            expect(pids[i] != pids[j], "Two blocks of %s have the same process ID.", name);
    }
    expect(*at == '\0', "%s printed more than its blocks: %.80s", name, at);
    for (int i = 0; i < N; i++)
        expect(squares[i] == values[i] * values[i], "%s: squares[%d] should be %ld, not %ld.", name,
               i, values[i] * values[i], squares[i]);
    expect(squares_of(NULL, NULL, 0, -1, NULL) == 0, "%s of no values should succeed.", name);
    errno = 0;
    expect(squares_of(NULL, squares, 1, -1, NULL) == -1 && errno == EINVAL,
           "%s of NULL with one value should fail with EINVAL.", name);
    errno = 0;
    expect(squares_of(values, NULL, 1, -1, NULL) == -1 && errno == EINVAL,
           "%s with nowhere to store should fail with EINVAL.", name);
}

/* The output is a socket that keeps apart what is written apart. */
static void check_writes(const char *name, squares_fn *squares_of)
{
    long squares[N];
    int ends[2];

    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends))
        grader_fail("The test itself went wrong: no socket (%s).", strerror(errno));
    expect(squares_of(values, squares, N, ends[1], NULL) == 0, "%s failed: %s.", name,
           strerror(errno));
    for (int i = 0; i < N; i++) {
        char text[200] = "";

        expect(
            recv(ends[0], text, sizeof text - 1, MSG_DONTWAIT) > 0 &&
                strncmp(text, "Process ID: ", 12) == 0 && strstr(text, " squares to "),
            "Each child of %s should write all its three lines with one write(2), or blocks could "
            "mix, but one write was: %s",
            name, text);
    }
    close(ends[0]);
    close(ends[1]);
}

static void test_one_by_one(void)
{
    check_blocks("squares_one_by_one", squares_one_by_one, true);
    check_writes("squares_one_by_one", squares_one_by_one);
    check_stdio("squares_one_by_one", squares_one_by_one);
}

static void test_together(void)
{
    check_blocks("squares_together", squares_together, false);
    check_writes("squares_together", squares_together);
    check_stdio("squares_together", squares_together);
}

static struct hold *hold;
static struct meeting *meeting;

static void delay_hold(long value)
{
    (void)value;
    hold_pass(hold);
}

static void delay_meet(long value)
{
    (void)value;
    meeting_join(meeting);
}

static void test_at_once(void)
{
    long squares[N];
    int output = open_output();

    begin("squares_one_by_one", squares_one_by_one);
    begin("squares_together", squares_together);
    hold = hold_create(2);
    expect(squares_one_by_one(values, squares, N, output, delay_hold) == 0,
           "squares_one_by_one failed: %s.", strerror(errno));
    expect(hold_most(hold) == 1, "One by one there is never more than 1 child, but there were %d.",
           hold_most(hold));
    hold_free(hold);
    meeting = meeting_create(N);
    expect(squares_together(values, squares, N, output, delay_meet) == 0,
           "squares_together failed: %s.", strerror(errno));
    expect(meeting_most(meeting) == N,
           "Together all %d children are there at once, but there were never more than %d.", N,
           meeting_most(meeting));
    meeting_free(meeting);
    close(output);
}

/* Calls are interrupted. While a file takes only a byte at a time, too, the blocks of children that
 * write at once may mix; the squares come back all the same. */
static void test_short(void)
{
    struct faults *faults = faults_reset();
    struct census before = census_take();
    long squares[N] = {0};
    int output;

    begin("squares_together", squares_together);
    atomic_store(&faults->short_io, true);
    atomic_store(&faults->interrupt, true);
    check_blocks("squares_one_by_one", squares_one_by_one, true);
    output = open_output();
    expect(
        squares_together(values, squares, N, output, NULL) == 0 && squares[N - 1] == N * N,
        "squares_together should get all squares though they come a byte at a time, but the last "
        "is %ld.",
        squares[N - 1]);
    close(output);
    atomic_store(&faults->short_io, false);
    check_blocks("squares_together", squares_together, false);
    census_expect_same(before, census_take(), "squares_together, while signals arrived,", 3);
}

/* clang-format off */
static const struct graded_test tests[] = {
    {"one-by-one", 1, "one by one: names, lines and squares", "squares_one_by_one", test_one_by_one,
     {"Start a child, finish it, start the next.",
      "The name counts from 1: Process-1 prints the square of values[0].",
      "The square travels through the pipe: the child's variables are copies."}},
    {"together", 2, "together: names, lines and squares", "squares_together", test_together,
     {"Keep PID and pipe of every child in an array.",
      "Each child prints its three lines with one write, so that blocks never mix."}},
    {"at-once", 2, "one by one is one at a time, together is all at once", "squares_together", test_at_once,
     {"If each child is waited for before the next one starts, nothing runs together.",
      "Two loops: the first starts all, the second finishes all."}},
    {"bytes", 1, "write_all and read_all do all of it", "write_all", test_bytes,
     {"write(2) and read(2) return how much they did: it may be less than you asked for.",
      "Go on from where they stopped. EINTR means try again.",
      "read returns 0 at the end: if something is missing then, it is EPIPE."}},
    {"short", 1, "it works with short reads, short writes and EINTR", "finish", test_short,
     {"Send and receive with write_all and read_all, and nothing else.",
      "waitpid, too, can be interrupted: EINTR means try again."}},
    {"child-dies", 1, "a child that dies is ECHILD", "finish", test_child_dies,
     {"A child that died sends nothing: read_all sees the end of the pipe.",
      "The pipe ends only when nobody has its writing end: close it in the parent.",
      "Finish the other children, too."}},
    {"overflow", 1, "a child's own errors come back: ERANGE, and write's", "run_child", test_overflow,
     {"__builtin_mul_overflow tells whether a product fits.",
      "Send the error through the pipe, beside the square."}},
    {"tidy", 1, "nothing is left behind, also if fork fails", "start", test_tidy,
     {"Each child has a pipe: two ends in the parent, two in the child, all closed at the end.",
      "If fork fails, close both ends of its pipe, and finish the children that are there."}},
};
/* clang-format on */

const struct graded_suite graded_suite = {"06-squares", "squares.c", tests,
                                          sizeof tests / sizeof tests[0]};
