/* What becomes of a line that cannot be written, or not at once. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>

#include "common/program/lines.h"
#include "tests/unit/support/unit.h"

static int print(void)
{
    return line_print("%d", 1);
}

static int print_task(void)
{
    return line_task(1);
}

static int print_run_time(void)
{
    return line_run_time(1);
}

static int print_result(void)
{
    return line_result(1);
}

/* Every printing function fails with `error` if standard output is `output`, or closed if that is
 * -1. Puts standard output back before it judges: Check writes there. */
static void assert_all_fail(int output, int error)
{
    static int (*const printers[])(void) = {print, print_task, print_run_time, print_result,
                                            line_cores};
    enum { PRINTERS = sizeof printers / sizeof printers[0] };
    int real = dup(STDOUT_FILENO), results[PRINTERS], errors[PRINTERS], task_error;
    long out;

    fflush(stdout);
    if (output >= 0)
        dup2(output, STDOUT_FILENO);
    else
        close(STDOUT_FILENO);
    for (int i = 0; i < PRINTERS; i++) {
        results[i] = printers[i]();
        errors[i] = errno;
    }
    task_error = task_line_then_wait(1, &out);
    dup2(real, STDOUT_FILENO);
    close(real);
    for (int i = 0; i < PRINTERS; i++) {
        ck_assert_int_eq(results[i], -1);
        ck_assert_int_eq(errors[i], error);
    }
    ck_assert_int_eq(task_error, error);
}

START_TEST(a_full_disk_is_an_error)
{
    int full = open("/dev/full", O_WRONLY | O_CLOEXEC);

    if (full == -1)
        return; /* a machine without it */
    line_set_task_ms(0);
    assert_all_fail(full, ENOSPC);
    close(full);
}
END_TEST

START_TEST(a_closed_output_is_an_error)
{
    line_set_task_ms(0);
    assert_all_fail(-1, EBADF);
}
END_TEST

/* A file may grow by no more than the first half of the line. */
START_TEST(half_a_line_is_an_error)
{
    const struct rlimit half = {6, RLIM_INFINITY};
    FILE *file = tmpfile();
    int real = dup(STDOUT_FILENO), result, error;
    struct rlimit before;

    ck_assert_ptr_nonnull(file);
    fflush(stdout);
    ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &before), 0);
    dup2(fileno(file), STDOUT_FILENO);
    setrlimit(RLIMIT_FSIZE, &half); /* for Check's files, too: assert nothing until it is lifted */
    result = line_print("twelve bytes");
    error = errno;
    setrlimit(RLIMIT_FSIZE, &before);
    dup2(real, STDOUT_FILENO);
    close(real);
    ck_assert_int_eq(result, -1);
    ck_assert_int_eq(error, EIO);
    ck_assert_int_eq(lseek(fileno(file), 0, SEEK_END), 6);
    fclose(file);
}
END_TEST

/* A pipe that is full until the third signal has come: the write of a line is interrupted at least
 * twice before it gets anywhere. */
static struct {
    int ends[2];
    volatile sig_atomic_t signals;
} blocked;

static void make_room_at_third(int number)
{
    int kept = errno;
    char bytes[4096];

    (void)number;
    if (++blocked.signals == 3)
        for (int i = 0; i < 16; i++)
            if (read(blocked.ends[0], bytes, sizeof bytes) <= 0)
                break;
    errno = kept;
}

static void fill(int pipe_end)
{
    char bytes[4096] = "";

    ck_assert_int_eq(fcntl(pipe_end, F_SETFL, O_NONBLOCK), 0);
    while (write(pipe_end, bytes, sizeof bytes) > 0)
        ;
    while (write(pipe_end, bytes, 1) > 0)
        ;
    ck_assert_int_eq(errno, EAGAIN);
    ck_assert_int_eq(fcntl(pipe_end, F_SETFL, 0), 0);
}

static void read_all(char *text, size_t size)
{
    ssize_t length;

    ck_assert_int_eq(fcntl(blocked.ends[0], F_SETFL, O_NONBLOCK), 0);
    do {
        length = read(blocked.ends[0], text, size - 1);
        text[length > 0 ? length : 0] = '\0';
    } while (length > 0 && text[0] == '\0'); /* what filled the pipe */
}

START_TEST(a_line_gets_through_in_spite_of_signals)
{
    struct itimerval every_ms = {{0, 1000}, {0, 1000}}, off = {{0, 0}, {0, 0}};
    struct sigaction action = {.sa_handler = make_room_at_third}; /* no SA_RESTART */
    int real = dup(STDOUT_FILENO), result;
    char text[4096 + 1];

    fflush(stdout);
    ck_assert_int_eq(pipe(blocked.ends), 0);
    fill(blocked.ends[1]);
    dup2(blocked.ends[1], STDOUT_FILENO);
    ck_assert_int_eq(sigaction(SIGALRM, &action, NULL), 0);
    setitimer(ITIMER_REAL, &every_ms, NULL);
    result = line_print("through");
    setitimer(ITIMER_REAL, &off, NULL);
    dup2(real, STDOUT_FILENO);
    close(real);
    ck_assert_int_eq(result, 0);
    ck_assert_int_ge(blocked.signals, 3);
    read_all(text, sizeof text);
    ck_assert_str_eq(text, "through\n");
    close(blocked.ends[0]);
    close(blocked.ends[1]);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        a_full_disk_is_an_error,
        a_closed_output_is_an_error,
        half_a_line_is_an_error,
        a_line_gets_through_in_spite_of_signals,
    };

    return unit_main("lines_errors", tests, sizeof tests / sizeof tests[0]);
}
