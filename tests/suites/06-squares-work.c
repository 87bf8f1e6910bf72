/* Children at work: what they print, and what they send back. */
#include "tests/suites/06-squares.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/suites/06-squares-support.h"
#include "tests/harness/capture.h"
#include "tests/harness/faults.h"
#include "tests/harness/grader.h"
#include "tests/harness/wording.h"

/* HIGH_PIDS: Linux counts up to 4194304, and begins again. */
enum { N = SQUARES_N, AT_ONCE = 40, MANY = 300, HIGH_PIDS = 4190000 };

/* Reads one block of three lines at *at, checks it, and moves *at behind it. Returns its number,
 * and stores its PID in *pid. */
static size_t expect_block(const struct squares_way *way, const struct squares_job *job,
                           const char **at, long *pid)
{
    size_t number = 0;
    int read = 0;
    long value = 0, square = 0;
    char expected[200];

    sscanf(*at, "Process ID: %ld\nProcess Name: Process-%zu\nThe number %ld squares to %ld.\n%n",
           pid, &number, &value, &square, &read);
    snprintf(expected, sizeof expected,
             "Process ID: %ld\nProcess Name: Process-%zu\nThe number %ld squares to %ld.\n", *pid,
             number, value, square);
    expect_at("run_child", read > 0 && strncmp(*at, expected, strlen(expected)) == 0,
              "%s should print blocks of three lines, as in \"Process ID: 29276\", \"Process Name: "
              "Process-1\", \"The number 1 squares to 1.\", but there is%s%.120s",
              way->name, **at ? ": " : " nothing more", *at);
    expect(number >= 1 && number <= job->n,
           "The names of %s are Process-1 to Process-%zu, but one child is called Process-%zu.",
           plural((long)job->n, "child process"), job->n, number);
    expect_at("run_child", value == job->values[number - 1] && square == value * value,
              "Process-%zu should print the square of values[%zu], which is %ld, but it printed: "
              "The number %ld squares to %ld.",
              number, number - 1, job->values[number - 1], value, square);
    *at += strlen(expected);
    return number;
}

/* Looks at all blocks that were printed; `text` is what came to the output. */
static void expect_blocks(const struct squares_way *way, const struct squares_job *job,
                          const char *text)
{
    bool in_order = way == &squares_ways[0], seen[MANY] = {false};
    long pids[MANY];

    for (size_t i = 0; i < job->n; i++) {
        size_t number = expect_block(way, job, &text, &pids[i]);

        expect(!seen[number - 1], "%s printed the block of Process-%zu twice.", way->name, number);
        seen[number - 1] = true;
        expect(!in_order || number == i + 1,
               "One by one, Process-%zu should print before Process-%zu, but it did not.", i + 1,
               number);
        expect_at("run_child", pids[i] != getpid(),
                  "The block of Process-%zu gives the PID of the calling process, not that of the "
                  "child.",
                  number);
        for (size_t j = 0; j < i; j++)
            expect_at("run_child", pids[i] != pids[j],
                      "Two blocks that %s printed give the same PID.", way->name);
    }
    expect_at("run_child", *text == '\0', "%s printed more than its blocks: %.80s", way->name,
              text);
}

/* Runs it on n values and looks at everything that it printed and stored, and at how many children
 * it made. Their PIDs begin at `pids` or so. */
static void check_blocks(const struct squares_way *way, const long values[], size_t n, int pids)
{
    static char text[MANY * 200];
    long squares[MANY] = {0};
    struct squares_job job = {values, squares, n, squares_open_output(), NULL};
    struct faults *faults = faults_reset();

    atomic_store(&faults->high_pids, pids);
    squares_expect(way, NULL, &job);
    squares_read_output(job.output, text, sizeof text);
    expect_blocks(way, &job, text);
    expect(atomic_load(&faults->forks) <= (int)n,
           "%s of %s should make one child for each, not %d.", way->name, plural((long)n, "value"),
           atomic_load(&faults->forks));
}

static void check_arguments(const struct squares_way *way)
{
    long square;
    const struct squares_job nothing = {NULL, NULL, 0, -1, NULL},
                             no_values = {NULL, &square, 1, -1, NULL};
    const struct squares_job no_room = {squares_values, NULL, 1, -1, NULL};

    expect(squares_run(way, NULL, &nothing) == 0, "%s of no values should succeed.", way->name);
    grader_refused(wording("%s of one value that is not there (NULL)", way->name),
                   squares_run(way, NULL, &no_values), EINVAL);
    grader_refused(wording("%s with nowhere to store (NULL)", way->name),
                   squares_run(way, NULL, &no_room), EINVAL);
}

/* Receives what one write has sent. Returns the PID of the process that wrote it, or 0 if there is
 * nothing more. The kernel vouches for it. */
static long receive_block(int socket, char text[], size_t size)
{
    union {
        struct cmsghdr head;
        char room[CMSG_SPACE(sizeof(struct ucred))];
    } control;
    struct iovec place = {text, size - 1};
    struct msghdr message = {.msg_iov = &place,
                             .msg_iovlen = 1,
                             .msg_control = &control,
                             .msg_controllen = sizeof control};
    ssize_t length = recvmsg(socket, &message, MSG_DONTWAIT);
    struct ucred writer;

    text[length > 0 ? length : 0] = '\0';
    if (length <= 0 || !CMSG_FIRSTHDR(&message))
        return 0;
    memcpy(&writer, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof writer);
    return writer.pid;
}

/* The output is a socket that keeps apart what is written apart, and says who wrote it. */
static void check_writes(const struct squares_way *way)
{
    long squares[N];
    struct squares_job job = {squares_values, squares, N, -1, NULL};
    int ends[2];

    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) ||
        setsockopt(ends[0], SOL_SOCKET, SO_PASSCRED, &(int){1}, sizeof(int)))
        grader_fail("The test itself went wrong: no socket (%s).", error_name(errno));
    job.output = ends[1];
    setvbuf(stdout, NULL, _IOLBF, 0); /* as where it is a terminal */
    squares_expect(way, NULL, &job);
    setvbuf(stdout, NULL, _IOFBF, BUFSIZ);
    for (int i = 0; i < N; i++) {
        char text[200];
        long writer = receive_block(ends[0], text, sizeof text), named = 0;

        expect_at("run_child",
                  sscanf(text, "Process ID: %ld", &named) == 1 && strstr(text, " squares to "),
                  "Each child of %s should write all its three lines with one write(2), or blocks "
                  "could mix, but one write was: %s",
                  way->name, text);
        expect_at("run_child", writer == named,
                  "Each child of %s should write its own lines, but a block that names process %ld "
                  "was written by %sprocess %ld.",
                  way->name, named, writer == getpid() ? "the caller, " : "", writer);
    }
    close(ends[0]);
    close(ends[1]);
}

/* What the caller has printed, and still has in a buffer, must come out once. */
static void check_stdio(const struct squares_way *way)
{
    char text[256];
    int failed;

    squares_choose(way);
    failed = capture_output(squares_of_two, text, sizeof text);
    expect_at("start", failed == 0 && strcmp(text, "[before][after]") == 0,
              "The caller of %s prints [before] and [after]. Each should come out once, but what "
              "came out is: %s. What fork copies, too, is text in a buffer that was not flushed.",
              way->name, text);
}

static void check_way(const struct squares_way *way)
{
    squares_begin(way);
    check_blocks(way, squares_values, N, 0);
    check_arguments(way);
    check_writes(way);
    check_stdio(way);
}

static void choose_values(long values[], long n)
{
    for (long i = 0; i < n; i++)
        values[i] = 1000 - 7 * i;
}

/* Names have up to three digits, and numbers that no byte holds. */
void test_squares_one_by_one(void)
{
    long values[MANY];

    check_way(&squares_ways[0]);
    choose_values(values, MANY);
    check_blocks(&squares_ways[0], values, MANY, 0);
}

/* So many values that no small array holds them, and no stack. fork fails: nobody is made. */
static void check_millions(const struct squares_way *way)
{
    enum { MILLIONS = 2000000 };
    struct squares_job job = {calloc(MILLIONS, sizeof(long)), calloc(MILLIONS, sizeof(long)),
                              MILLIONS, -1, NULL};
    struct faults *faults = faults_reset();

    atomic_store(&faults->fork_fails_at, 1);
    grader_refused(wording("No child can be made of 2000000 (fork fails): %s", way->name),
                   squares_run(way, NULL, &job), EAGAIN);
    free((void *)job.values);
    free(job.squares);
}

void test_squares_together(void)
{
    long values[AT_ONCE];

    check_way(&squares_ways[1]);
    choose_values(values, AT_ONCE);
    check_blocks(&squares_ways[1], values, AT_ONCE, 0);
    values[AT_ONCE - 1] = -SQUARES_LARGEST;
    check_blocks(&squares_ways[1], values, AT_ONCE, HIGH_PIDS);
    check_millions(&squares_ways[1]);
}
