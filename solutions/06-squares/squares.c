#include "06-squares/squares.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

/* One child, as its parent knows it. */
struct child {
    pid_t pid;
    int pipe; /* the end to read from */
};

/* What a child sends. */
struct message {
    long square;
    int error; /* 0, or an errno; the square is then meaningless */
};

int write_all(int file, const char *text, size_t length)
{
    /* TODO(1): write(2) may take less than it was given: go on with the rest. EINTR means try
     * again. */
    /* answer:
    errno = ENOSYS;
    return -1; */
    while (length > 0) {
        ssize_t written = write(file, text, length);

        if (written == -1 && errno != EINTR)
            return -1;
        if (written > 0) {
            text += written;
            length -= (size_t)written;
        }
    }
    return 0;
    /* end of answer */
}

int read_all(int file, void *buffer, size_t size)
{
    /* TODO(2): A pipe is a stream of bytes: read(2) returns what is there, which may be a part. It
     * returns 0 when all writers have closed their end: EPIPE, if bytes are still missing. */
    /* answer:
    errno = ENOSYS;
    return -1; */
    char *at = buffer;

    while (size > 0) {
        ssize_t got = read(file, at, size);

        if (got == 0)
            errno = EPIPE;
        if (got == 0 || (got == -1 && errno != EINTR))
            return -1;
        if (got > 0) {
            at += got;
            size -= (size_t)got;
        }
    }
    return 0;
    /* end of answer */
}

/* What the child with this number (from 1) does: it delays, prints and sends. Does not return. */
static _Noreturn void run_child(int number, long value, int pipe, int output, delay_fn *delay)
{
    /* TODO(3): Call delay, unless it is NULL. Work out the square (overflow is ERANGE: print
     * nothing). Put the three lines into one text (snprintf(3)) and write it with one write_all;
     * note its error. Send a struct message through the pipe (write_all; cast the message's
     * address). Leave with _exit(2). */
    /* answer:
    _exit(1); */
    struct message message = {0};
    char text[160];
    int length;

    if (delay)
        delay(value);
    if (__builtin_mul_overflow(value, value, &message.square)) {
        message.error = ERANGE;
    } else {
        length =
            snprintf(text, sizeof text,
                     "Process ID: %ld\nProcess Name: Process-%d\nThe number %ld squares to %ld.\n",
                     (long)getpid(), number, value, message.square);
        if (write_all(output, text, (size_t)length))
            message.error = errno;
    }
    write_all(pipe, (const char *)&message, sizeof message);
    _exit(0);
    /* end of answer */
}

/* Starts the child with this number. Returns 0, or -1 with errno and nothing left open. */
static int start(struct child *child, int number, long value, int output, delay_fn *delay)
{
    /* TODO(4): Make a pipe (pipe(2)). Flush stdio (fflush(3)): why? Fork. Child and parent each
     * close the end that they do not use: a reader sees the end of a pipe only when nobody has its
     * writing end open. */
    /* answer:
    errno = ENOSYS;
    return -1; */
    int ends[2];

    if (pipe(ends))
        return -1;
    fflush(NULL);
    child->pid = fork();
    if (child->pid == 0) {
        close(ends[0]);
        run_child(number, value, ends[1], output, delay);
    }
    close(ends[1]);
    child->pipe = ends[0];
    if (child->pid == -1) {
        int error = errno;

        close(ends[0]);
        errno = error;
        return -1;
    }
    return 0;
    /* end of answer */
}

/* Receives what a child sends, and reaps the child. Returns 0, or an errno; ECHILD if nothing
 * came. */
static int finish(const struct child *child, long *square)
{
    /* TODO(5): read_all a message, close the pipe, waitpid(2) the child (EINTR means try again). */
    /* answer:
    return ENOSYS; */
    struct message message;
    int failed = read_all(child->pipe, &message, sizeof message);

    close(child->pipe);
    while (waitpid(child->pid, NULL, 0) == -1 && errno == EINTR)
        ;
    if (failed)
        return ECHILD;
    *square = message.square;
    return message.error;
    /* end of answer */
}

/* True, and errno is EINVAL, if the arguments are bad. */
static bool bad_arguments(const long values[], const long squares[], size_t n)
{
    if (n == 0 || (values && squares))
        return false;
    errno = EINVAL;
    return true;
}

int squares_one_by_one(const long values[], long squares[], size_t n, int output, delay_fn *delay)
{
    /* TODO(6): Start one, finish it, start the next. Stop at the first error. */
    /* answer:
    errno = ENOSYS;
    return -1; */
    if (bad_arguments(values, squares, n))
        return -1;
    for (size_t i = 0; i < n; i++) {
        struct child child;
        int error;

        if (start(&child, (int)i + 1, values[i], output, delay))
            return -1;
        error = finish(&child, &squares[i]);
        if (error) {
            errno = error;
            return -1;
        }
    }
    return 0;
    /* end of answer */
}

int squares_together(const long values[], long squares[], size_t n, int output, delay_fn *delay)
{
    /* TODO(7): Start all, then finish all: two loops. If one cannot be started, start no more.
     * Finish every child that was started, and report the first error. */
    /* answer:
    errno = ENOSYS;
    return -1; */
    struct child *children;
    size_t started = 0;
    int error = 0;

    if (bad_arguments(values, squares, n))
        return -1;
    if (n == 0)
        return 0;
    children = calloc(n, sizeof *children);
    if (!children)
        return -1;
    while (!error && started < n) {
        if (start(&children[started], (int)started + 1, values[started], output, delay))
            error = errno;
        else
            started++;
    }
    for (size_t i = 0; i < started; i++) {
        int failed = finish(&children[i], &squares[i]);

        if (failed && !error)
            error = failed;
    }
    free(children);
    if (error)
        errno = error;
    return error ? -1 : 0;
    /* end of answer */
}
