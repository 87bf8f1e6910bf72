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
    errno = ENOSYS;
    return -1;
}

int read_all(int file, void *buffer, size_t size)
{
    /* TODO(2): A pipe is a stream of bytes: read(2) returns what is there, which may be a part. It
     * returns 0 when all writers have closed their end: EPIPE, if bytes are still missing. */
    errno = ENOSYS;
    return -1;
}

/* What the child with this number (from 1) does: it delays, prints and sends. Does not return. */
static _Noreturn void run_child(int number, long value, int pipe, int output, delay_fn *delay)
{
    /* TODO(3): Call delay, unless it is NULL. Work out the square (overflow is ERANGE: print
     * nothing). Put the three lines into one text (snprintf(3)) and write it with one write_all;
     * note its error. Send a struct message through the pipe (write_all; cast the message's
     * address). Leave with _exit(2). */
    _exit(1);
}

/* Starts the child with this number. Returns 0, or -1 with errno and nothing left open. */
static int start(struct child *child, int number, long value, int output, delay_fn *delay)
{
    /* TODO(4): Make a pipe (pipe(2)). Flush stdio (fflush(3)): why? Fork. Child and parent each
     * close the end that they do not use: a reader sees the end of a pipe only when nobody has its
     * writing end open. */
    errno = ENOSYS;
    return -1;
}

/* Receives what a child sends, and reaps the child. Returns 0, or an errno; ECHILD if nothing
 * came. */
static int finish(const struct child *child, long *square)
{
    /* TODO(5): read_all a message, close the pipe, waitpid(2) the child (EINTR means try again). */
    return ENOSYS;
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
    errno = ENOSYS;
    return -1;
}

int squares_together(const long values[], long squares[], size_t n, int output, delay_fn *delay)
{
    /* TODO(7): Start all, then finish all: two loops. If one cannot be started, start no more.
     * Finish every child that was started, and report the first error. */
    errno = ENOSYS;
    return -1;
}
