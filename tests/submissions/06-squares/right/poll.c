/* Right: a pipe for each child, but whoever is done first is finished first: poll(2) tells. One by one
 * and together are the same loop with room for one child, or for all. Pipes are made with O_CLOEXEC;
 * the lines are put together by a stdio stream in memory. */
#include "06-squares/squares.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int write_all(int file, const char *text, size_t length)
{
    size_t done = 0;

    do {
        ssize_t more = write(file, text + done, length - done);

        if (more == -1 && errno == EINTR)
            continue;
        if (more == -1)
            return -1;
        done += (size_t)more;
    } while (done < length);
    return 0;
}

int read_all(int file, void *buffer, size_t size)
{
    char *at = buffer, *const end = at + size;

    while (at != end) {
        ssize_t more = read(file, at, (size_t)(end - at));

        switch (more) {
        case -1:
            if (errno != EINTR)
                return -1;
            break;
        case 0:
            errno = EPIPE;
            return -1;
        default:
            at += more;
        }
    }
    return 0;
}

/* A crew: polls[i] is the pipe of child i, and -1 once it is finished. The error is that of the first
 * child in order, whoever was done first; one of pipe or fork is before all of them. */
struct crew {
    struct pollfd *polls;
    pid_t *pids;
    size_t size, failed;
    int error;
};

/* Prints the three lines. Returns 0 or an errno. */
static int print(int output, size_t number, long value, long square)
{
    char *text = NULL;
    size_t length;
    FILE *lines = open_memstream(&text, &length);

    if (!lines)
        return ENOMEM;
    fprintf(lines, "Process ID: %ld\n", (long)getpid());
    fprintf(lines, "Process Name: Process-%zu\n", number);
    fprintf(lines, "The number %ld squares to %ld.\n", value, square);
    if (fclose(lines))
        return ENOMEM;
    return write_all(output, text, length) ? errno : 0;
}

/* What comes through a pipe: a square, or 0 and an errno. */
struct outcome {
    long square, error;
};

static _Noreturn void be_child(int pipe_end, size_t number, long value, int output, delay_fn *delay)
{
    unsigned long size = value < 0 ? -(unsigned long)value : (unsigned long)value;
    struct outcome outcome = {.error = ERANGE};

    if (delay)
        delay(value);
    if (size == 0 || size <= (unsigned long)LONG_MAX / size) {
        outcome.square = value * value;
        outcome.error = print(output, number, value, outcome.square);
    }
    _exit(write_all(pipe_end, (const char *)&outcome, sizeof outcome) ? EXIT_FAILURE
                                                                      : EXIT_SUCCESS);
}

static int add(struct crew *crew, size_t number, long value, int output, delay_fn *delay)
{
    int ends[2], error;
    pid_t child;

    if (pipe2(ends, O_CLOEXEC))
        return errno;
    fflush(NULL);
    child = fork();
    error = errno;
    if (child == 0) {
        close(ends[0]);
        be_child(ends[1], number, value, output, delay);
    }
    close(ends[1]);
    if (child < 0) {
        close(ends[0]);
        return error;
    }
    crew->pids[crew->size] = child;
    crew->polls[crew->size++] = (struct pollfd){.fd = ends[0], .events = POLLIN};
    return 0;
}

/* Child i has sent its outcome, or is gone. */
static void finish(struct crew *crew, size_t i, long *square)
{
    struct outcome outcome;

    if (read_all(crew->polls[i].fd, &outcome, sizeof outcome))
        outcome.error = ECHILD;
    else if (!outcome.error)
        *square = outcome.square;

    close(crew->polls[i].fd);
    crew->polls[i].fd = -1;
    while (waitpid(crew->pids[i], NULL, 0) < 0 && errno == EINTR)
        ;
    if (outcome.error && (!crew->error || i < crew->failed)) {
        crew->error = (int)outcome.error;
        crew->failed = i;
    }
}

static void finish_all(struct crew *crew, long squares[])
{
    for (size_t left = crew->size; left > 0;) {
        if (poll(crew->polls, crew->size, -1) < 0)
            continue; /* EINTR */
        for (size_t i = 0; i < crew->size; i++) {
            if (crew->polls[i].fd >= 0 && crew->polls[i].revents) {
                finish(crew, i, &squares[i]);
                left--;
            }
        }
    }
}

/* Runs all of n, `at_once` of them at a time. */
static int run(const long values[], long squares[], size_t n, size_t at_once, int output,
               delay_fn *delay)
{
    struct crew crew = {0};

    if (n == 0)
        return 0;
    crew.polls = calloc(at_once, sizeof *crew.polls);
    crew.pids = calloc(at_once, sizeof *crew.pids);
    if (!crew.polls || !crew.pids)
        crew.error = ENOMEM;
    for (size_t first = 0; first < n && !crew.error; first += at_once) {
        crew.size = 0;
        for (size_t i = first; i < n && i - first < at_once && !crew.error; i++)
            crew.error = add(&crew, i + 1, values[i], output, delay);
        finish_all(&crew, squares + first);
    }
    free(crew.polls);
    free(crew.pids);
    errno = crew.error;
    return crew.error ? -1 : 0;
}

static bool are_good(const long values[], const long squares[], size_t n)
{
    if (n == 0 || (values && squares))
        return true;
    errno = EINVAL;
    return false;
}

int squares_one_by_one(const long values[], long squares[], size_t n, int output, delay_fn *delay)
{
    return are_good(values, squares, n) ? run(values, squares, n, 1, output, delay) : -1;
}

int squares_together(const long values[], long squares[], size_t n, int output, delay_fn *delay)
{
    return are_good(values, squares, n) ? run(values, squares, n, n, output, delay) : -1;
}
