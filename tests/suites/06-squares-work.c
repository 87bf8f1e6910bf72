/* Five processes at work: what they print, what they send back, and how many there are at once. */
#include "tests/suites/06-squares.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/suites/06-squares-support.h"
#include "tests/harness/capture.h"
#include "tests/harness/census.h"
#include "tests/harness/faults.h"
#include "tests/harness/grader.h"
#include "tests/harness/meeting.h"
#include "tests/harness/wording.h"

enum { N = SQUARES_N };

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
    expect(number >= 1 && number <= N && value == squares_values[number - 1] &&
               square == value * value,
           "Process-%d should print the square of value number %d, but it printed: The number %ld "
           "squares to %ld.",
           number, number, value, square);
    *at += strlen(expected);
    return number;
}

/* Looks at all blocks that were printed. */
static void expect_blocks(const char *name, const char *text, bool in_order)
{
    long pids[N];
    bool seen[N] = {false};

    for (int i = 0; i < N; i++) {
        int number = expect_block(name, &text, &pids[i]);

        expect(!seen[number - 1], "%s printed the block of Process-%d twice.", name, number);
        seen[number - 1] = true;
        expect(!in_order || number == i + 1,
               "One by one, Process-%d should print before Process-%d, but it did not.", i + 1,
               number);
        expect(pids[i] != getpid(), "%s printed in the calling process instead of a child.", name);
        for (int j = 0; j < i; j++)
            expect(pids[i] != pids[j], "Two blocks of %s have the same process ID.", name);
    }
    expect(*text == '\0', "%s printed more than its blocks: %.80s", name, text);
}

/* Runs it on five values and looks at everything that it printed and stored. */
static void check_blocks(const char *name, squares_fn *squares_of, bool in_order)
{
    char text[2048];
    long squares[N] = {0};
    int output;

    squares_begin(name, squares_of);
    output = squares_open_output();
    expect(squares_of(squares_values, squares, N, output, NULL) == 0, "%s failed with errno %s.",
           name, error_name(errno));
    squares_read_output(output, text, sizeof text);
    expect_blocks(name, text, in_order);
    for (int i = 0; i < N; i++)
        expect(squares[i] == squares_values[i] * squares_values[i],
               "%s: squares[%d] should be %ld, not %ld.", name, i,
               squares_values[i] * squares_values[i], squares[i]);
}

static void check_arguments(const char *name, squares_fn *squares_of)
{
    long square;

    expect(squares_of(NULL, NULL, 0, -1, NULL) == 0, "%s of no values should succeed.", name);
    grader_refused(wording("%s of one value that is not there (NULL)", name),
                   squares_of(NULL, &square, 1, -1, NULL), EINVAL);
    grader_refused(wording("%s with nowhere to store (NULL)", name),
                   squares_of(squares_values, NULL, 1, -1, NULL), EINVAL);
}

/* The output is a socket that keeps apart what is written apart. */
static void check_writes(const char *name, squares_fn *squares_of)
{
    long squares[N];
    int ends[2];

    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends))
        grader_fail("The test itself went wrong: no socket (%s).", error_name(errno));
    expect(squares_of(squares_values, squares, N, ends[1], NULL) == 0, "%s failed with errno %s.",
           name, error_name(errno));
    for (int i = 0; i < N; i++) {
        char text[200] = "";

        expect(recv(ends[0], text, sizeof text - 1, MSG_DONTWAIT) > 0 &&
                   strncmp(text, "Process ID: ", 12) == 0 && strstr(text, " squares to "),
               "Each child of %s should write all its three lines with one write(2), or blocks "
               "could mix, but one write was: %s",
               name, text);
    }
    close(ends[0]);
    close(ends[1]);
}

/* What the caller has printed, and still has in a buffer, must come out once. */
static void check_stdio(const char *name, squares_fn *squares_of)
{
    char text[256];

    squares_choose(squares_of);
    expect(capture_output(squares_of_two, text, sizeof text) == 0 &&
               strcmp(text, "[before][after]") == 0,
           "The caller of %s prints [before] and [after]. Each should come out once, but what came "
           "out is: %s",
           name, text);
}

void test_squares_one_by_one(void)
{
    check_blocks("squares_one_by_one", squares_one_by_one, true);
    check_arguments("squares_one_by_one", squares_one_by_one);
    check_writes("squares_one_by_one", squares_one_by_one);
    check_stdio("squares_one_by_one", squares_one_by_one);
}

void test_squares_together(void)
{
    check_blocks("squares_together", squares_together, false);
    check_arguments("squares_together", squares_together);
    check_writes("squares_together", squares_together);
    check_stdio("squares_together", squares_together);
}

/* Where children are held, or meet; made by the test before the call. */
static struct hold *hold;
static struct meeting *meeting;

/* In a child. */
static void delay_hold(long value)
{
    (void)value;
    hold_pass(hold);
}

/* In a child. */
static void delay_meet(long value)
{
    (void)value;
    meeting_join(meeting);
}

void test_squares_at_once(void)
{
    long squares[N];
    int output = squares_open_output();

    squares_begin("squares_one_by_one", squares_one_by_one);
    squares_begin("squares_together", squares_together);
    hold = hold_create(2);
    expect(squares_one_by_one(squares_values, squares, N, output, delay_hold) == 0,
           "squares_one_by_one failed with errno %s.", error_name(errno));
    expect(hold_most(hold) == 1,
           "squares_one_by_one should never have more than 1 child at a time, but there were %d.",
           hold_most(hold));
    hold_free(hold);
    meeting = meeting_create(N);
    expect(squares_together(squares_values, squares, N, output, delay_meet) == 0,
           "squares_together failed with errno %s.", error_name(errno));
    expect(meeting_most(meeting) == N,
           "squares_together should have all %d children at the same time, but there were never "
           "more than %d.",
           N, meeting_most(meeting));
    meeting_free(meeting);
    close(output);
}

/* Calls are interrupted. While a file takes only a byte at a time, too, the blocks of children that
 * write at once may mix; the squares come back all the same. */
void test_squares_short(void)
{
    struct faults *faults = faults_reset();
    struct census before = census_take();
    long squares[N] = {0};
    int output;

    squares_begin("squares_together", squares_together);
    atomic_store(&faults->short_io, true);
    atomic_store(&faults->interrupt, true);
    check_blocks("squares_one_by_one", squares_one_by_one, true);
    output = squares_open_output();
    expect(squares_together(squares_values, squares, N, output, NULL) == 0 &&
               squares[N - 1] == N * N,
           "squares_together should get all squares though they come a byte at a time, but the "
           "last is %ld.",
           squares[N - 1]);
    close(output);
    atomic_store(&faults->short_io, false);
    check_blocks("squares_together", squares_together, false);
    census_expect_same(before, census_take(), "squares_together, while signals arrived,", 3);
}
