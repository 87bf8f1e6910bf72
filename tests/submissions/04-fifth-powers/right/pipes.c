/* Right: nothing is shared but two pipes. From one the workers read where the next chunk begins, into
 * the other they write a message for each task. What a dead worker has taken never comes back.
 * Overflow is seen in an __int128; the list is made in a stream of its own and then copied. */
#include "04-fifth-powers/powers.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "03-pool/pool.h"

int fifth_power(long in, long *out)
{
    __extension__ __int128 power = in;

    for (int i = 1; i < 5; i++) {
        power *= in;
        if (power > LONG_MAX || power < LONG_MIN)
            return ERANGE;
    }
    *out = (long)power;
    return 0;
}

int single_pool(task_fn *task, const long in[], long out[], size_t n)
{
    if (!map_args_ok(task, in, out, n, 1)) {
        errno = EINVAL;
        return -1;
    }
    if (n == 0)
        return 0;
    errno = 0;
    /* The one process hands its errno on from task to task: 0 as long as all went well. */
    while (n-- > 0 && (errno = task(*in++, out++)) == 0)
        ;
    return errno ? -1 : 0;
}

/* Shorter than PIPE_BUF: never mixed with another's. */
struct message {
    size_t task;
    long value;
    int error;
};

struct crew {
    pid_t *children; /* 0: reaped */
    int count;
    int jobs[2], answers[2];
};

static _Noreturn void work(const struct crew *crew, task_fn *task, const long in[], size_t n,
                           size_t chunk)
{
    size_t begin;
    ssize_t length;

    close(crew->jobs[1]);
    close(crew->answers[0]);
    while ((length = read(crew->jobs[0], &begin, sizeof begin)) != 0) {
        if (length == -1 && errno == EINTR)
            continue;
        if (length != sizeof begin)
            _exit(1);
        for (size_t i = begin; i < n && i - begin < chunk; i++) {
            struct message message = {.task = i};

            message.error = task(in[i], &message.value);
            while ((length = write(crew->answers[1], &message, sizeof message)) == -1)
                if (errno != EINTR)
                    _exit(1);
            if (message.error)
                break;
        }
    }
    fflush(NULL);
    _exit(0);
}

/* Hands out what there is to do, and makes the workers. Returns 0, or the errno of what failed. */
static int start(struct crew *crew, task_fn *task, const long in[], size_t n, int workers)
{
    size_t chunk = pool_chunk(n, workers);

    /* Four chunks for each worker: the pipe holds those of 2000. */
    for (size_t begin = 0; begin < n; begin += chunk)
        if (write(crew->jobs[1], &begin, sizeof begin) == -1)
            return EAGAIN;
    fflush(NULL);
    while (crew->count < workers) {
        pid_t child = fork();

        if (child == 0)
            work(crew, task, in, n, chunk);
        if (child == -1)
            return errno;
        crew->children[crew->count++] = child;
    }
    return 0;
}

/* Reads answers until the last worker has closed the pipe, or one is dead. */
static int listen_to(struct crew *crew, long out[], size_t n)
{
    size_t bad = n, told = 0;
    int error = 0;
    struct message message;
    struct pollfd answers = {.fd = crew->answers[0], .events = POLLIN};

    for (;;) {
        int ready = poll(&answers, 1, 50);
        ssize_t length = ready > 0 ? read(answers.fd, &message, sizeof message) : -1;

        if (length == 0)
            break;
        if (length == sizeof message) {
            told++;
            if (!message.error)
                out[message.task] = message.value;
            else if (message.task < bad) {
                bad = message.task;
                error = message.error;
            }
        }
        for (int i = 0, status; ready == 0 && i < crew->count; i++) {
            if (!crew->children[i] || waitpid(crew->children[i], &status, WNOHANG) <= 0)
                continue;
            crew->children[i] = 0;
            if (status != 0)
                return ECHILD;
        }
    }
    return error ? error : told < n ? ECHILD : 0;
}

/* Returns whether one of them had died. */
static bool dismiss(struct crew *crew, bool by_force)
{
    bool died = false;

    for (int i = 0; i < crew->count; i++)
        if (by_force && crew->children[i])
            kill(crew->children[i], SIGKILL);
    for (int i = 0; i < crew->count; i++) {
        int status = 0;

        while (crew->children[i] && waitpid(crew->children[i], &status, 0) == -1 && errno == EINTR)
            ;
        died |= status != 0;
    }
    return died;
}

static void close_all(int ends[2])
{
    for (int i = 0; i < 2; i++)
        if (ends[i] != -1)
            close(ends[i]);
}

int multi_pool(task_fn *task, const long in[], long out[], size_t n, int workers)
{
    struct crew crew = {.jobs = {-1, -1}, .answers = {-1, -1}};
    int error = 0;

    if (!map_args_ok(task, in, out, n, workers)) {
        errno = EINVAL;
        return -1;
    }
    if (n == 0)
        return 0;
    crew.children = calloc((size_t)workers, sizeof *crew.children);
    if (!crew.children)
        error = ENOMEM;
    else if (pipe2(crew.jobs, O_CLOEXEC) || pipe2(crew.answers, O_CLOEXEC) ||
             fcntl(crew.jobs[1], F_SETFL, O_NONBLOCK) == -1)
        error = EAGAIN;
    else
        error = start(&crew, task, in, n, workers);
    if (!error) {
        close(crew.jobs[1]);
        close(crew.answers[1]);
        crew.jobs[1] = crew.answers[1] = -1;
        error = listen_to(&crew, out, n);
        if (dismiss(&crew, error == ECHILD))
            error = ECHILD;
    } else {
        dismiss(&crew, true);
    }
    close_all(crew.jobs);
    close_all(crew.answers);
    free(crew.children);
    if (error)
        errno = error;
    return error ? -1 : 0;
}

int list_format(const long values[], size_t n, char text[], size_t size)
{
    char *whole = NULL;
    size_t length = 0;
    FILE *stream;

    if ((n > 0 && values == NULL) || (size > 0 && text == NULL)) {
        errno = EINVAL;
        return -1;
    }
    stream = open_memstream(&whole, &length);
    if (!stream)
        return -1;
    fputc('[', stream);
    for (size_t i = 0; i < n; i++)
        fprintf(stream, i + 1 < n ? "%ld, " : "%ld", values[i]);
    fputc(']', stream);
    if (fclose(stream) == EOF) {
        free(whole);
        return -1;
    }
    if (size > 0) {
        size_t fits = length < size ? length : size - 1;

        memcpy(text, whole, fits);
        text[fits] = '\0';
    }
    free(whole);
    return (int)length;
}
