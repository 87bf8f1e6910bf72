/* Right: one pipe for all children of a call. A message says whose it is, and is shorter than
 * PIPE_BUF, so it never mixes with another; the last one has come when nobody has the writing end any
 * more. One by one is a crew of one child, with a pipe of its own. */
#include "06-squares/squares.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

int write_all(int file, const char *text, size_t length)
{
    if (length == 0)
        return 0;
    const ssize_t k = write(file, text, length);
    if (k == -1)
        return errno == EINTR ? write_all(file, text, length) : -1;
    return write_all(file, text + k, length - (size_t)k);
}

int read_all(int file, void *buffer, size_t size)
{
    size_t have = 0;
    ssize_t k;

    for (; have < size; have += (size_t)k) {
        do
            k = read(file, (char *)buffer + have, size - have);
        while (k == -1 && errno == EINTR);
        if (k <= 0) {
            if (!k)
                errno = EPIPE;
            return -1;
        }
    }
    return 0;
}

/* All children of a call share one pipe. A message is shorter than PIPE_BUF: it comes whole. */
struct parcel {
    size_t index;
    long square;
    int error;
};

struct crew {
    const long *values;
    long *squares;
    int *errors; /* of each child; -1: has not delivered */
    pid_t *pids;
    int from, to;
    int output;
    delay_fn *delay;
};

static _Noreturn void work(const struct crew *crew, size_t index)
{
    struct parcel parcel;
    const long value = crew->values[index];
    char *text = NULL;
    int length;

    memset(&parcel, 0, sizeof parcel);
    parcel.index = index;
    close(crew->from);
    if (crew->delay != NULL)
        crew->delay(value);
    if (__builtin_mul_overflow(value, value, &parcel.square)) {
        parcel.error = ERANGE;
    } else {
        length = asprintf(&text,
                          "Process ID: %d\nProcess Name: Process-%zu\n"
                          "The number %ld squares to %ld.\n",
                          (int)getpid(), index + 1, value, parcel.square);
        if (length < 0)
            parcel.error = ENOMEM;
        else if (write_all(crew->output, text, (size_t)length) != 0)
            parcel.error = errno;
    }
    write_all(crew->to, (const char *)&parcel, sizeof parcel);
    _exit(EXIT_SUCCESS);
}

static void wait_for(pid_t pid)
{
    int status;

    do {
        errno = 0;
    } while (waitpid(pid, &status, 0) < 0 && errno == EINTR);
}

static void dispose(struct crew *crew)
{
    free(crew->errors);
    free(crew->pids);
}

static bool prepare(struct crew *crew, size_t n)
{
    crew->errors = malloc(n * sizeof *crew->errors);
    crew->pids = malloc(n * sizeof *crew->pids);
    if (crew->errors && crew->pids)
        return true;
    dispose(crew);
    errno = ENOMEM;
    return false;
}

/* Runs the children first .. end - 1 at the same time. Returns 0 or the first error. */
static int wave(struct crew *crew, size_t first, size_t end)
{
    int ends[2], cannot = 0;
    size_t started = first;
    struct parcel parcel;

    if (pipe(ends) != 0)
        return errno;
    crew->from = ends[0];
    crew->to = ends[1];
    fflush(NULL);
    while (started < end) {
        const pid_t pid = fork();

        if (pid == 0)
            work(crew, started);
        if (pid < 0) {
            cannot = errno;
            break;
        }
        crew->errors[started] = -1;
        crew->pids[started++] = pid;
    }
    close(ends[1]);
    while (read_all(ends[0], &parcel, sizeof parcel) == 0) {
        crew->errors[parcel.index] = parcel.error;
        crew->squares[parcel.index] = parcel.square;
    }
    close(ends[0]);
    for (size_t i = first; i < started; i++)
        wait_for(crew->pids[i]);
    for (size_t i = first; i < started; i++)
        if (crew->errors[i] != 0)
            return crew->errors[i] == -1 ? ECHILD : crew->errors[i];
    return cannot;
}

static int crew_run(const long values[], long squares[], size_t n, int output, delay_fn *delay,
                    bool all_at_once)
{
    struct crew crew = {values, squares, NULL, NULL, -1, -1, output, delay};
    int error = 0;

    if (n == 0)
        return 0;
    if (values == NULL || squares == NULL)
        return errno = EINVAL, -1;
    if (!prepare(&crew, n))
        return -1;
    if (all_at_once)
        error = wave(&crew, 0, n);
    else
        for (size_t i = 0; i < n && error == 0; i++)
            error = wave(&crew, i, i + 1);
    dispose(&crew);
    if (error == 0)
        return 0;
    errno = error;
    return -1;
}

int squares_one_by_one(const long values[], long squares[], size_t n, int output, delay_fn *delay)
{
    return crew_run(values, squares, n, output, delay, false);
}

int squares_together(const long values[], long squares[], size_t n, int output, delay_fn *delay)
{
    return crew_run(values, squares, n, output, delay, true);
}
