/* Right: one pipe for all children, and no shared memory. A child sends a record in one write,
 * which is shorter than PIPE_BUF, so records never mix. Streams are flushed before the first fork
 * only: the caller prints nothing after it. */
#include "02-process/process_map.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

struct record {
    size_t index;
    long out;
    int error;
};

struct child {
    pid_t pid; /* 0: reaped, or not made yet */
    bool heard;
};

struct engine {
    int tube[2];
    struct child *children; /* one for each task */
    long *values;
    size_t n, made, running, bad;
    int bad_error, fork_error;
    bool died;
};

static bool may_go_on(const struct engine *e)
{
    return e->made < e->n && !e->died && !e->fork_error && e->bad == e->n;
}

static void hear(struct engine *e)
{
    struct record r;

    while (read(e->tube[0], &r, sizeof r) == (ssize_t)sizeof r) {
        e->children[r.index].heard = true;
        e->values[r.index] = r.out;
        if (r.error && r.index < e->bad) {
            e->bad = r.index;
            e->bad_error = r.error;
        }
    }
}

static void make(struct engine *e, task_fn *task, const long in[])
{
    pid_t pid = fork();

    if (pid == 0) {
        struct record r = {.index = e->made};
        struct pollfd room = {.fd = e->tube[1], .events = POLLOUT};

        close(e->tube[0]);
        r.error = task(in[e->made], &r.out);
        fflush(NULL);
        while (write(e->tube[1], &r, sizeof r) < 0 && (errno == EAGAIN || errno == EINTR))
            poll(&room, 1, -1);
        _exit(0);
    }
    if (pid < 0) {
        e->fork_error = errno;
        return;
    }
    e->children[e->made++].pid = pid;
    e->running++;
}

/* Reaps who has ended. Their records are in the pipe by then. */
static void look(struct engine *e)
{
    bool ended = false;

    for (size_t i = 0; i < e->made; i++) {
        struct child *c = &e->children[i];
        pid_t got;

        if (!c->pid)
            continue;
        got = waitpid(c->pid, NULL, WNOHANG);
        if (got == 0 || (got < 0 && errno == EINTR))
            continue;
        hear(e);
        c->pid = 0;
        e->running--;
        ended |= !c->heard;
    }
    if (!ended || e->died)
        return;
    e->died = true;
    for (size_t i = 0; i < e->made; i++)
        if (e->children[i].pid > 0)
            kill(e->children[i].pid, SIGKILL);
}

static int engine_run(struct engine *e, task_fn *task, const long in[], size_t workers)
{
    struct pollfd news = {.fd = e->tube[0], .events = POLLIN};

    fflush(NULL); /* once: the caller prints nothing from here on */
    while (e->running > 0 || may_go_on(e)) {
        if (may_go_on(e) && e->running < workers) {
            make(e, task, in);
            continue;
        }
        poll(&news, 1, 2);
        hear(e);
        look(e);
    }
    return e->died ? ECHILD : e->fork_error ? e->fork_error : e->bad_error;
}

int process_map(task_fn *task, const long in[], long out[], size_t n, int workers)
{
    struct engine e = {.tube = {-1, -1}, .n = n, .bad = n, .values = out};
    int error;

    if (!map_args_ok(task, in, out, n, workers)) {
        errno = EINVAL;
        return -1;
    }
    if (n == 0)
        return 0;
    e.children = calloc(n, sizeof *e.children);
    if (!e.children)
        return -1;
    if (pipe2(e.tube, O_CLOEXEC | O_NONBLOCK)) {
        free(e.children);
        errno = EAGAIN;
        return -1;
    }
    error = engine_run(&e, task, in, (size_t)workers);
    close(e.tube[0]);
    close(e.tube[1]);
    free(e.children);
    if (error == 0)
        return 0;
    errno = error;
    return -1;
}
