/* Right: one SOCK_SEQPACKET socket pair for all children instead of a pipe each. A message says whose
 * it is; the last one has come when nobody has the sending end any more; who then has sent nothing is
 * dead. One by one is a crew of one child, again and again. */
#include "06-squares/squares.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

struct message {
    size_t index;
    long square;
    int error;
};

/* What the parent knows of a child. */
struct member {
    pid_t pid;
    int error; /* ECHILD until it has sent something */
};

int write_all(int file, const char *text, size_t length)
{
    const char *end = text + length;

    while (text < end) {
        ssize_t taken = write(file, text, (size_t)(end - text));

        if (taken >= 0)
            text += taken;
        else if (errno != EINTR)
            return -1;
    }
    return 0;
}

int read_all(int file, void *buffer, size_t size)
{
    for (size_t got = 0; got < size;) {
        ssize_t more = read(file, (char *)buffer + got, size - got);

        if (more < 0 && errno == EINTR)
            continue;
        if (more == 0)
            errno = EPIPE;
        if (more <= 0)
            return -1;
        got += (size_t)more;
    }
    return 0;
}

/* Whether the square fits in a long: asked before it is worked out. */
static bool fits(long value)
{
    return value == 0 || (value > 0 && value <= LONG_MAX / value) ||
           (value < 0 && value >= LONG_MAX / value);
}

static _Noreturn void be_child(int socket, int output, size_t index, long value, delay_fn *delay)
{
    struct message message = {.index = index};
    char *text;

    if (delay)
        delay(value);
    if (!fits(value)) {
        message.error = ERANGE;
    } else {
        message.square = value * value;
        if (asprintf(&text,
                     "Process ID: %d\nProcess Name: Process-%zu\nThe number %ld squares to %ld.\n",
                     getpid(), index + 1, value, message.square) < 0)
            message.error = ENOMEM;
        else if (write_all(output, text, strlen(text)))
            message.error = errno;
    }
    while (send(socket, &message, sizeof message, MSG_NOSIGNAL) < 0 && errno == EINTR)
        ;
    _exit(0);
}

/* Forks the children first .. first + count - 1. Returns how many there are; errno is fork's if they
 * are not all there. */
static size_t gather(struct member crew[], size_t first, size_t count, const long values[],
                     const int ends[2], int output, delay_fn *delay)
{
    for (size_t i = 0; i < count; i++) {
        fflush(NULL);
        crew[i] = (struct member){.pid = fork(), .error = ECHILD};
        if (crew[i].pid < 0)
            return i;
        if (crew[i].pid == 0) {
            close(ends[0]);
            be_child(ends[1], output, first + i, values[first + i], delay);
        }
    }
    return count;
}

/* Takes messages until nobody is there to send one. */
static void listen_to(int socket, struct member crew[], size_t first, long squares[])
{
    struct message message;
    ssize_t length;

    while ((length = recv(socket, &message, sizeof message, 0)) != 0) {
        if (length < 0 && errno == EINTR)
            continue;
        if (length < 0)
            return;
        crew[message.index - first].error = message.error;
        if (!message.error)
            squares[message.index] = message.square;
    }
}

static int run_crew(size_t first, size_t count, const long values[], long squares[], int output,
                    delay_fn *delay)
{
    struct member *crew = calloc(count, sizeof *crew);
    int ends[2], error = 0;
    size_t there;

    if (!crew)
        return -1;
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends)) {
        free(crew);
        return -1;
    }
    there = gather(crew, first, count, values, ends, output, delay);
    if (there < count)
        error = errno;
    close(ends[1]);
    listen_to(ends[0], crew, first, squares);
    close(ends[0]);
    for (size_t i = 0; i < there; i++) {
        while (waitpid(crew[i].pid, NULL, 0) < 0 && errno == EINTR)
            ;
        if (!error)
            error = crew[i].error;
    }
    free(crew);
    if (error)
        errno = error;
    return error ? -1 : 0;
}

static int run_crews(const long values[], long squares[], size_t n, size_t size, int output,
                     delay_fn *delay)
{
    if (n > 0 && (!values || !squares)) {
        errno = EINVAL;
        return -1;
    }
    for (size_t first = 0; first < n; first += size)
        if (run_crew(first, size, values, squares, output, delay))
            return -1;
    return 0;
}

int squares_one_by_one(const long values[], long squares[], size_t n, int output, delay_fn *delay)
{
    return run_crews(values, squares, n, 1, output, delay);
}

int squares_together(const long values[], long squares[], size_t n, int output, delay_fn *delay)
{
    return run_crews(values, squares, n, n, output, delay);
}
