/* Right: a child's answer is one number of 64 bits in an eventfd(2) of its own, which the parent reads
 * once the child is gone: the square and 1, or an errno beyond all squares. Children are a list, the
 * last one at its head, and are waited for in that order; so the first error in order is the last one
 * seen. */
#include "06-squares/squares.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/wait.h>
#include <unistd.h>

#define ERROR_FROM (UINT64_C(1) << 63)

static ssize_t again(ssize_t returned)
{
    return returned == -1 && errno == EINTR ? 0 : returned;
}

int write_all(int file, const char *text, size_t length)
{
    const char *const end = text + length;

    while (text < end) {
        ssize_t done = again(write(file, text, (size_t)(end - text)));

        if (done < 0)
            return -1;
        text += done;
    }
    return 0;
}

int read_all(int file, void *buffer, size_t size)
{
    char *to = buffer;
    ssize_t got;

    for (; size > 0; to += got, size -= (size_t)got) {
        do
            got = read(file, to, size);
        while (got < 0 && errno == EINTR);
        if (got == 0)
            errno = EPIPE;
        if (got <= 0)
            return -1;
    }
    return 0;
}

struct child {
    struct child *before;
    size_t index;
    pid_t pid;
    int counter;
};

static uint64_t work(size_t number, long value, int output)
{
    char text[200], *end = text;
    long square;

    if (value > 3037000499L || value < -3037000499L)
        return ERROR_FROM + ERANGE;
    square = value * value;
    end += sprintf(end, "Process ID: %ld\n", (long)getpid());
    end += sprintf(end, "Process Name: Process-%zu\n", number);
    end += sprintf(end, "The number %ld squares to %ld.\n", value, square);
    if (write_all(output, text, (size_t)(end - text)))
        return ERROR_FROM + (uint64_t)errno;
    return (uint64_t)square + 1;
}

/* Puts a child in front of the list. Returns 0, or an errno. */
static int push(struct child **last, size_t index, long value, int output, delay_fn *delay)
{
    struct child *child = malloc(sizeof *child);
    int error;

    if (!child)
        return ENOMEM;
    *child = (struct child){.before = *last, .index = index};
    child->counter = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (child->counter == -1) {
        error = errno;
        free(child);
        return error;
    }
    fflush(NULL);
    child->pid = fork();
    if (child->pid == 0) {
        if (delay)
            delay(value);
        eventfd_write(child->counter, work(index + 1, value, output));
        _exit(0);
    }
    if (child->pid == -1) {
        error = errno;
        close(child->counter);
        free(child);
        return error;
    }
    *last = child;
    return 0;
}

/* Takes the child in front off the list. Returns 0, or its error. */
static int pop(struct child **last, long squares[])
{
    struct child *child = *last;
    eventfd_t answer = 0;
    int error = 0;

    while (waitpid(child->pid, NULL, 0) == -1 && errno == EINTR)
        ;
    if (eventfd_read(child->counter, &answer) || answer == 0)
        error = ECHILD;
    else if (answer > ERROR_FROM)
        error = (int)(answer - ERROR_FROM);
    else
        squares[child->index] = (long)(answer - 1);
    close(child->counter);
    *last = child->before;
    free(child);
    return error;
}

static int pop_all(struct child **last, long squares[], int error)
{
    while (*last) {
        int failed = pop(last, squares);

        if (failed)
            error = failed;
    }
    return error;
}

static int refuse(int error)
{
    if (error)
        errno = error;
    return error ? -1 : 0;
}

int squares_one_by_one(const long values[], long squares[], size_t n, int output, delay_fn *delay)
{
    struct child *last = NULL;
    int error = n > 0 && (!values || !squares) ? EINVAL : 0;

    for (size_t i = 0; i < n && !error; i++) {
        error = push(&last, i, values[i], output, delay);
        error = pop_all(&last, squares, error);
    }
    return refuse(error);
}

int squares_together(const long values[], long squares[], size_t n, int output, delay_fn *delay)
{
    struct child *last = NULL;
    int error = n > 0 && (!values || !squares) ? EINVAL : 0;

    for (size_t i = 0; i < n && !error; i++)
        error = push(&last, i, values[i], output, delay);
    return refuse(pop_all(&last, squares, error));
}
