/* Right: a socket for each worker. The caller hands the next chunk to whoever has none, and
 * collects results meanwhile; a worker is dead when its socket has come to its end. Fifth powers by
 * squares; the list is written from both sides of each comma. */
#include "04-fifth-powers/powers.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "03-pool/pool.h"

int fifth_power(long in, long *out)
{
    long square, fourth, fifth;

    if (__builtin_mul_overflow(in, in, &square) ||
        __builtin_mul_overflow(square, square, &fourth) ||
        __builtin_mul_overflow(fourth, in, &fifth))
        return ERANGE;
    *out = fifth;
    return 0;
}

int single_pool(task_fn *task, const long in[], long out[], size_t n)
{
    int error = map_args_ok(task, in, out, n, 1) ? 0 : EINVAL;

    for (size_t i = 0; !error && i < n; i++)
        error = task(in[i], &out[i]);
    if (!error)
        return 0;
    errno = error;
    return -1;
}

/* To a worker: the chunk to run; an empty one: leave. */
struct chunk {
    size_t begin, end;
};

/* From a worker: the result of a task. */
struct result {
    size_t task;
    long value;
    int error;
    bool last; /* of its chunk */
};

struct crew {
    task_fn *task;
    const long *in;
    long *out;
    size_t n, chunk, next; /* next: where the next chunk begins */
    int count;             /* workers made so far */
    pid_t *children;
    struct pollfd *sockets; /* events is 0 for a worker that has nothing to do */
    size_t first_bad;
    int error;
};

/* Returns whether the whole message went through. */
static bool tell(int socket, const void *message, size_t size)
{
    ssize_t length;

    do
        length = send(socket, message, size, MSG_NOSIGNAL);
    while (length == -1 && errno == EINTR);
    return length == (ssize_t)size;
}

static bool hear(int socket, void *message, size_t size)
{
    ssize_t length;

    do
        length = recv(socket, message, size, 0);
    while (length == -1 && errno == EINTR);
    return length == (ssize_t)size;
}

static _Noreturn void work(const struct crew *crew, int socket)
{
    struct chunk chunk;

    while (hear(socket, &chunk, sizeof chunk) && chunk.begin < chunk.end) {
        struct result result = {.last = false};

        for (size_t i = chunk.begin; !result.last; i++) {
            result.task = i;
            result.error = crew->task(crew->in[i], &result.value);
            result.last = result.error || i + 1 == chunk.end;
            if (!tell(socket, &result, sizeof result))
                _exit(1);
        }
    }
    fflush(NULL);
    _exit(0);
}

/* Returns 0 or an errno. */
static int hire(struct crew *crew)
{
    int ends[2];
    pid_t child;

    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends))
        return errno;
    child = fork();
    if (child == 0) {
        for (int i = 0; i < crew->count; i++)
            close(crew->sockets[i].fd);
        close(ends[0]);
        work(crew, ends[1]);
    }
    if (child == -1) {
        int error = errno;

        close(ends[0]);
        close(ends[1]);
        return error;
    }
    close(ends[1]);
    crew->sockets[crew->count] = (struct pollfd){.fd = ends[0]};
    crew->children[crew->count++] = child;
    return 0;
}

/* Gives chunks to those that have none. Returns how many are at work; -1: one is dead. */
static int hand_out(struct crew *crew)
{
    int busy = 0;

    for (int i = 0; i < crew->count; i++) {
        struct chunk chunk = {crew->next, crew->n};

        if (!crew->sockets[i].events && chunk.begin < crew->first_bad) {
            if (chunk.end - chunk.begin > crew->chunk)
                chunk.end = chunk.begin + crew->chunk;
            if (!tell(crew->sockets[i].fd, &chunk, sizeof chunk))
                return -1;
            crew->next = chunk.end;
            crew->sockets[i].events = POLLIN;
        }
        busy += crew->sockets[i].events != 0;
    }
    return busy;
}

static bool collect(struct crew *crew)
{
    while (poll(crew->sockets, (nfds_t)crew->count, -1) == -1)
        if (errno != EINTR)
            return false;
    for (int i = 0; i < crew->count; i++) {
        struct result result;

        if (!crew->sockets[i].revents)
            continue;
        if (!hear(crew->sockets[i].fd, &result, sizeof result))
            return false;
        if (!result.error) {
            crew->out[result.task] = result.value;
        } else if (result.task < crew->first_bad) {
            crew->first_bad = result.task;
            crew->error = result.error;
        }
        if (result.last)
            crew->sockets[i].events = 0;
    }
    return true;
}

/* Returns whether all left in good order. */
static bool dismiss(struct crew *crew, bool by_force)
{
    bool good = true;

    for (int i = 0; i < crew->count; i++) {
        if (by_force)
            kill(crew->children[i], SIGKILL);
        else
            tell(crew->sockets[i].fd, &(struct chunk){0, 0}, sizeof(struct chunk));
        close(crew->sockets[i].fd);
    }
    for (int i = 0; i < crew->count; i++) {
        int status = 0;

        while (waitpid(crew->children[i], &status, 0) == -1 && errno == EINTR)
            ;
        good = good && status == 0;
    }
    return good;
}

/* Returns 0 or an errno. */
static int run(struct crew *crew, int workers)
{
    int busy = 0, error = 0;

    fflush(NULL);
    while (crew->count < workers && !error)
        error = hire(crew);
    if (error) {
        dismiss(crew, true);
        return error;
    }
    while ((busy = hand_out(crew)) > 0)
        if (!collect(crew)) {
            busy = -1;
            break;
        }
    return dismiss(crew, busy == -1) && busy == 0 ? crew->error : ECHILD;
}

int multi_pool(task_fn *task, const long in[], long out[], size_t n, int workers)
{
    struct crew crew = {.task = task, .in = in, .out = out, .n = n, .first_bad = n};
    int error;

    if (!map_args_ok(task, in, out, n, workers)) {
        errno = EINVAL;
        return -1;
    }
    if (n == 0)
        return 0;
    crew.chunk = pool_chunk(n, workers);
    crew.children = calloc((size_t)workers, sizeof *crew.children);
    crew.sockets = calloc((size_t)workers, sizeof *crew.sockets);
    error = crew.children && crew.sockets ? run(&crew, workers) : ENOMEM;
    free(crew.children);
    free(crew.sockets);
    if (error)
        errno = error;
    return error ? -1 : 0;
}

/* Where a part of the text goes, and where it would go. */
struct text {
    char *at;
    size_t left, length;
};

static void put(struct text *text, const char *part)
{
    for (; *part; part++, text->length++) {
        if (text->left > 1) {
            *text->at++ = *part;
            text->left--;
        }
    }
}

int list_format(const long values[], size_t n, char text[], size_t size)
{
    struct text list = {text, size, 0};

    if ((n && !values) || (size && !text)) {
        errno = EINVAL;
        return -1;
    }
    put(&list, "[");
    while (n > 0) {
        char number[24];

        sprintf(number, "%ld", *values++);
        put(&list, number);
        if (--n > 0)
            put(&list, ", ");
    }
    put(&list, "]");
    if (size > 0)
        *list.at = '\0';
    return (int)list.length;
}
