/* Right: a pipe for every child, and poll(2) over those that are open. A child's result comes
 * through its pipe; end of file without one means that it died. Whoever ends first is reaped first,
 * and the next task takes its place. */
#include "02-process/process_map.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

struct message {
    long out;
    int error;
};

/* A child under way. */
struct place {
    pid_t child;
    size_t task;
    struct message message; /* what has come so far ... */
    size_t bytes;           /* ... and how much of it that is */
};

/* All arrays have `used` places; polls[i].fd is the reading end of places[i]'s pipe. */
struct crew {
    struct place *places;
    struct pollfd *polls;
    size_t used;
    size_t bad;  /* the lowest task that failed; n: none */
    int error;   /* what it failed with */
    int trouble; /* ECHILD, or why no child could be made; wins over `error` */
};

static _Noreturn void deliver(int pipe_end, task_fn *task, long in)
{
    struct message message = {0};
    const char *at = (const char *)&message;
    size_t left = sizeof message;

    message.error = task(in, &message.out);
    fflush(NULL);
    while (left > 0) {
        ssize_t written = write(pipe_end, at, left);

        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            _exit(1);
        at += written;
        left -= (size_t)written;
    }
    _exit(0);
}

/* Starts a child for a task. Returns 0, or the errno of what failed. */
static int hire(struct crew *crew, task_fn *task, const long in[], size_t number)
{
    int ends[2];
    pid_t child;

    if (pipe(ends) < 0)
        return EAGAIN;
    fflush(NULL);
    child = fork();
    if (child == 0) {
        close(ends[0]);
        deliver(ends[1], task, in[number]);
    }
    close(ends[1]);
    if (child < 0) {
        int error = errno;

        close(ends[0]);
        return error;
    }
    crew->places[crew->used] = (struct place){.child = child, .task = number};
    crew->polls[crew->used] = (struct pollfd){.fd = ends[0], .events = POLLIN};
    crew->used++;
    return 0;
}

/* The pipe of place i is at its end: the child is done, or dead. */
static void dismiss(struct crew *crew, size_t i, long out[])
{
    struct place *place = &crew->places[i];

    close(crew->polls[i].fd);
    while (waitpid(place->child, NULL, 0) < 0 && errno == EINTR)
        ;
    if (place->bytes < sizeof place->message) {
        for (size_t j = 0; j < crew->used && crew->trouble != ECHILD; j++)
            if (j != i)
                kill(crew->places[j].child, SIGKILL);
        crew->trouble = ECHILD;
    } else if (!place->message.error) {
        out[place->task] = place->message.out;
    } else if (place->task < crew->bad) {
        crew->bad = place->task;
        crew->error = place->message.error;
    }
    crew->used--;
    crew->places[i] = crew->places[crew->used];
    crew->polls[i] = crew->polls[crew->used];
}

/* Reads what is there of one message. Returns false at the end of the pipe. */
static bool listen_to(struct place *place, int file)
{
    char *at = (char *)&place->message + place->bytes;
    ssize_t length = read(file, at, sizeof place->message - place->bytes);

    if (length < 0)
        return errno == EINTR;
    place->bytes += (size_t)length;
    return length > 0 && place->bytes < sizeof place->message;
}

int process_map(task_fn *task, const long in[], long out[], size_t n, int workers)
{
    struct crew crew = {.bad = n};
    size_t next = 0, most = n < (size_t)workers ? n : (size_t)workers;

    if (!map_args_ok(task, in, out, n, workers)) {
        errno = EINVAL;
        return -1;
    }
    if (n == 0)
        return 0;
    crew.places = calloc(most, sizeof *crew.places);
    crew.polls = calloc(most, sizeof *crew.polls);
    if (!crew.places || !crew.polls)
        crew.trouble = ENOMEM;
    while (crew.used > 0 || (next < n && !crew.error && !crew.trouble)) {
        if (crew.used < most && next < n && !crew.error && !crew.trouble) {
            crew.trouble = hire(&crew, task, in, next);
            next++;
        } else if (poll(crew.polls, crew.used, -1) > 0) {
            for (size_t i = crew.used; i-- > 0;)
                if (crew.polls[i].revents && !listen_to(&crew.places[i], crew.polls[i].fd))
                    dismiss(&crew, i, out);
        }
    }
    free(crew.places);
    free(crew.polls);
    if (crew.error || crew.trouble)
        errno = crew.trouble ? crew.trouble : crew.error;
    return crew.error || crew.trouble ? -1 : 0;
}
