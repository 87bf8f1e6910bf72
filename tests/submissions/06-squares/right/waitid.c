/* Right: Ends are waited for by waitid(2). By somebody who saw no test. */
#include "06-squares/squares.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define ROOT 3037000499L /* the square root of LONG_MAX, rounded down */

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
    while (length > 0) {
        ssize_t done = write(file, text, length);

        if (done == -1) {
            if (errno == EINTR)
                continue;
            return -1;
        }
        text += done;
        length -= (size_t)done;
    }
    return 0;
}

int read_all(int file, void *buffer, size_t size)
{
    char *to = buffer;

    while (size > 0) {
        ssize_t got = read(file, to, size);

        if (got == -1) {
            if (errno == EINTR)
                continue;
            return -1;
        }
        if (got == 0) {
            errno = EPIPE;
            return -1;
        }
        to += got;
        size -= (size_t)got;
    }
    return 0;
}

/* What the child with this number (from 1) does: it delays, prints and sends. Does not return. */
static _Noreturn void run_child(int number, long value, int pipe, int output, delay_fn *delay)
{
    struct message message = {0};
    char text[200] = "";
    int length;

    if (delay)
        delay(value);
    if (value > ROOT || value < -ROOT) {
        message.error = ERANGE;
    } else {
        message.square = value * value;
        length = snprintf(text, sizeof text,
                          "Process ID: %ld\nProcess Name: Process-%d\n"
                          "The number %ld squares to %ld.\n",
                          (long)getpid(), number, value, message.square);
        if (write_all(output, text, (size_t)length) == -1)
            message.error = errno;
    }
    write_all(pipe, (const char *)&message, sizeof message);
    _exit(0);
}

/* Starts the child with this number. Returns 0, or -1 with errno and nothing left open. */
static int start(struct child *child, int number, long value, int output, delay_fn *delay)
{
    int ends[2];

    fflush(NULL); /* or the child has a copy of what is not yet printed */
    if (pipe(ends) == -1)
        return -1;
    child->pid = fork();
    if (child->pid == -1) {
        int kept = errno;

        close(ends[0]);
        close(ends[1]);
        errno = kept;
        return -1;
    }
    if (child->pid == 0) {
        close(ends[0]);
        run_child(number, value, ends[1], output, delay);
    }
    close(ends[1]);
    child->pipe = ends[0];
    return 0;
}

/* Receives what a child sends, and reaps the child. Returns 0, or an errno; ECHILD if nothing
 * came. */
static int finish(const struct child *child, long *square)
{
    struct message message;
    int error = 0, gone;

    if (read_all(child->pipe, &message, sizeof message) == -1)
        error = ECHILD;
    close(child->pipe);
    do {
        siginfo_t info;

        gone = waitid(P_PID, (id_t)child->pid, &info, WEXITED);
    } while (gone == -1 && errno == EINTR);
    if (error)
        return error;
    if (message.error)
        return message.error;
    *square = message.square;
    return 0;
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
    if (bad_arguments(values, squares, n))
        return -1;
    for (size_t i = 0; i < n; i++) {
        struct child child;
        int error;

        if (start(&child, (int)i + 1, values[i], output, delay) == -1)
            return -1;
        error = finish(&child, &squares[i]);
        if (error) {
            errno = error;
            return -1;
        }
    }
    return 0;
}

int squares_together(const long values[], long squares[], size_t n, int output, delay_fn *delay)
{
    struct child *children;
    size_t started = 0;
    int first = 0, start_error = 0;

    if (bad_arguments(values, squares, n))
        return -1;
    if (n == 0)
        return 0;
    children = calloc(n, sizeof *children);
    if (!children)
        return -1;
    for (; started < n; started++) {
        if (start(&children[started], (int)started + 1, values[started], output, delay) == -1) {
            start_error = errno;
            break;
        }
    }
    for (size_t i = 0; i < started; i++) {
        int error = finish(&children[i], &squares[i]);

        if (error && !first)
            first = error;
    }
    free(children);
    if (!first)
        first = start_error;
    if (first) {
        errno = first;
        return -1;
    }
    return 0;
}
