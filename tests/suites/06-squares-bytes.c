/* write_all and read_all alone. */
#include "tests/suites/06-squares.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/suites/06-squares-support.h"
#include "tests/harness/faults.h"
#include "tests/harness/grader.h"
#include "tests/harness/wording.h"

static char much[1 << 24]; /* more than a pipe takes, and than anybody would call one portion */

static void make_pipe(int ends[2])
{
    if (pipe2(ends, O_CLOEXEC))
        grader_fail("The test itself went wrong: no pipe (%s).", error_name(errno));
}

/* How a test has write(2) and read(2) go wrong. */
struct obstacle {
    bool is_short, interrupts;
    const char *words;
};

static const struct obstacle obstacles[] = {
    {false, false, "write(2) and read(2) do all at once"},
    {true, false, "write(2) and read(2) do three bytes at a time"},
    {false, true, "signals interrupt write(2) and read(2) (EINTR)"},
    {true, true, "signals interrupt write(2) and read(2), which do three bytes at a time"},
};

static void put_in_the_way(struct faults *faults, const struct obstacle *obstacle)
{
    atomic_store(&faults->short_io, obstacle->is_short);
    atomic_store(&faults->interrupt, obstacle->interrupts);
}

/* In words, with errno where that counts. */
static const char *outcome(int returned)
{
    return returned == -1 ? wording("-1 with errno %s", error_name(errno))
                          : wording("%d", returned);
}

static void check_write(struct faults *faults, const struct obstacle *obstacle)
{
    char text[64] = "";
    int ends[2], returned;

    make_pipe(ends);
    put_in_the_way(faults, obstacle);
    returned = grader_call(write_all(ends[1], "0123456789 and more", 10), "write_all",
                           "write_all of 10 bytes to a pipe");
    expect(returned == 0,
           "%s: write_all should write all 10 bytes and return 0, but it returned %s.",
           obstacle->words, outcome(returned));
    close(ends[1]);
    expect(read(ends[0], text, sizeof text - 1) >= 0 && strcmp(text, "0123456789") == 0,
           "%s: write_all of 0123456789 should write just that, but what came out of the pipe is "
           "\"%s\".",
           obstacle->words, text);
    close(ends[0]);
}

static void expect_ten_read(int file, const struct obstacle *obstacle)
{
    char text[17] = "";
    int returned = grader_call(read_all(file, text, 10), "read_all",
                               "read_all of 10 bytes from a pipe that has 16");

    expect(returned == 0, "%s: read_all should read all 10 bytes and return 0, but it returned %s.",
           obstacle->words, outcome(returned));
    expect(strcmp(text, "0123456789") == 0,
           "%s: read_all of 10 bytes should read 0123456789, but it read \"%s\".", obstacle->words,
           text);
}

/* Twice, from the same pipe: what the first call need not read is there for the second. */
static void check_read(struct faults *faults, const struct obstacle *obstacle)
{
    int ends[2];

    make_pipe(ends);
    expect(write(ends[1], "0123456789012345", 16) == 16, "The test itself went wrong.");
    put_in_the_way(faults, obstacle);
    expect_ten_read(ends[0], obstacle);
    expect(write(ends[1], "6789012345", 10) == 10, "The test itself went wrong.");
    expect_ten_read(ends[0], obstacle);
    close(ends[0]);
    close(ends[1]);
}

static void check_end(void)
{
    long number = 0;
    int ends[2];

    make_pipe(ends);
    expect(write(ends[1], "abc", 3) == 3 && close(ends[1]) == 0, "The test itself went wrong.");
    squares_lead_to("read_all");
    grader_refused("Only 3 of 8 bytes come before the other end is closed: read_all",
                   read_all(ends[0], &number, sizeof number), EPIPE);
    close(ends[0]);
}

static void check_errors(void)
{
    char text[1];
    int ends[2];

    grader_refused("write_all to descriptor -1", write_all(-1, "x", 1), EBADF);
    grader_refused("read_all from descriptor -1", read_all(-1, text, sizeof text), EBADF);
    make_pipe(ends);
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    fcntl(ends[1], F_SETFL, O_NONBLOCK);
    grader_refused("read_all from an empty pipe that does not block (O_NONBLOCK)",
                   read_all(ends[0], text, sizeof text), EAGAIN);
    grader_refused("write_all of more than a pipe takes that does not block (O_NONBLOCK)",
                   write_all(ends[1], much, sizeof much), EAGAIN);
    close(ends[0]);
    close(ends[1]);
}

/* A socket keeps apart what is written apart. */
static void check_one_write(void)
{
    static char lines[8192], got[sizeof lines];
    ssize_t first;
    int ends[2];

    for (size_t i = 0; i < sizeof lines; i++)
        lines[i] = i % 1024 == 1023 ? '\n' : 'x';
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends))
        grader_fail("The test itself went wrong: no socket (%s).", error_name(errno));
    expect(grader_call(write_all(ends[1], lines, sizeof lines), "write_all",
                       "write_all of lines, 8192 bytes together") == 0,
           "write_all of 8192 bytes failed with errno %s.", error_name(errno));
    first = recv(ends[0], got, sizeof got, MSG_DONTWAIT);
    expect(first == sizeof lines,
           "If the system takes 8192 bytes at once, write_all should hand them over with one "
           "write(2), but the first one was of %zd bytes.",
           first);
    close(ends[0]);
    close(ends[1]);
}

/* This is no text for a socket. It is the graded code's calls that are counted. */
static void check_one_long_write(struct faults *faults)
{
    int file = open("/dev/null", O_WRONLY | O_CLOEXEC), writes;

    if (file == -1 || write(file, much, sizeof much) != sizeof much)
        grader_fail("The test itself went wrong: /dev/null does not take all (%s).",
                    error_name(errno));
    atomic_store(&faults->writes, 0);
    expect(grader_call(write_all(file, much, sizeof much), "write_all",
                       "write_all of 16 MiB to /dev/null") == 0,
           "write_all of 16 MiB to /dev/null failed with errno %s.", error_name(errno));
    writes = atomic_load(&faults->writes);
    expect(writes <= 1,
           "If the system takes 16 MiB at once, write_all should hand them over with one write(2), "
           "but it made %d.",
           writes);
    close(file);
}

/* More than an int counts. Where so much memory cannot be had, even untouched, that is not tried.
 */
static void check_long_lengths(void)
{
    const size_t length = 3UL << 30; /* as an int: below 0 */
    char *memory = mmap(NULL, length, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    int ends[2];

    if (memory == MAP_FAILED)
        return;
    make_pipe(ends);
    fcntl(ends[1], F_SETFL, O_NONBLOCK);
    grader_refused("write_all of 3 GiB to a pipe that does not block (O_NONBLOCK)",
                   write_all(ends[1], memory, length), EAGAIN);
    close(ends[1]);
    squares_lead_to("read_all");
    grader_refused("Less than 3 GiB come before the other end is closed: read_all of so much",
                   read_all(ends[0], memory, length), EPIPE);
    close(ends[0]);
    munmap(memory, length);
}

void test_squares_bytes(void)
{
    struct faults *faults = faults_reset();
    char text[1];
    int ends[2];

    make_pipe(ends);
    grader_begin("write_all", write_all(ends[1], "", 0) == 0);
    grader_begin("read_all", read_all(ends[0], text, 0) == 0);
    close(ends[0]);
    close(ends[1]);
    for (size_t i = 0; i < 4 * sizeof obstacles / sizeof obstacles[0]; i++) {
        check_write(faults, &obstacles[i / 4]);
        check_read(faults, &obstacles[i / 4]);
    }
    put_in_the_way(faults, &obstacles[0]);
    check_end();
    check_one_write();
    check_one_long_write(faults);
    check_errors();
    check_long_lengths();
}
