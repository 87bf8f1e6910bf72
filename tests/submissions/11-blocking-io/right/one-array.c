/* Right: fetch and the loop share the function that takes one step of a conversation. By somebody
 * who saw no test. */
/* Lab 11. Same machine for both: fetch() drives one "conversation", the polled one many. */
#include "11-blocking-io/fetch.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "11-blocking-io/exchange.h"
#include "11-blocking-io/sockets.h"
#include "common/clock.h"
#include "common/interp.h"

struct state {
    int file;
    bool connected;
    const char *request;
    size_t length, sent;
    char *answer;
    size_t size, got;
};

static int start_connect(int port)
{
    struct sockaddr_in server = address_of(port);
    int file = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP);

    if (file != -1 && connect(file, (struct sockaddr *)&server, sizeof server) &&
        errno != EINPROGRESS) {
        close_quietly(file);
        file = -1;
    }
    return file;
}

/* 1: done. 0: would have to wait, for *events. -1: errno. */
static int step(struct state *s, short *events)
{
    ssize_t bytes;

    if (!s->connected) {
        if (end_connect(s->file))
            return -1;
        s->connected = true;
    }
    *events = POLLOUT;
    while (s->sent < s->length) {
        bytes = send(s->file, s->request + s->sent, s->length - s->sent, MSG_NOSIGNAL);
        if (bytes >= 0)
            s->sent += (size_t)bytes;
        else if (errno == EAGAIN)
            return 0;
        else if (errno != EINTR)
            return -1;
    }
    *events = POLLIN;
    while (s->got < s->size) {
        bytes = recv(s->file, s->answer + s->got, s->size - s->got, 0);
        if (bytes == 0)
            return fail(EPIPE);
        if (bytes > 0) {
            char *end = memchr(s->answer + s->got, '\n', (size_t)bytes);

            if (end != NULL) {
                *end = '\0';
                s->got = (size_t)(end - s->answer);
                return 1;
            }
            s->got += (size_t)bytes;
        } else if (errno == EAGAIN) {
            return 0;
        } else if (errno != EINTR) {
            return -1;
        }
    }
    return fail(EMSGSIZE);
}

int fetch(int port, const char *request, char answer[], size_t size, long limit_ms)
{
    int64_t deadline = clock_wall();
    struct state s = {.request = request, .answer = answer, .size = size};
    short events = POLLOUT;
    int done = 0;

    if (!request || !answer || !size || port <= 0 || port >= 65536 || limit_ms <= 0 ||
        limit_ms > FETCH_LONGEST_MS)
        return fail(EINVAL);
    deadline += limit_ms * NS_PER_MS;
    s.length = strlen(request);

    interp_blocking_begin();
    s.file = start_connect(port);
    if (s.file == -1)
        done = -1;
    while (done == 0) {
        struct pollfd p = {.fd = s.file, .events = events};
        int left = ms_until(deadline), count;

        if (left == 0) {
            done = fail(ETIMEDOUT);
            break;
        }
        count = poll(&p, 1, left);
        if (count == 1)
            done = step(&s, &events);
        else if (count == -1 && errno != EINTR)
            done = -1;
    }
    close_quietly(s.file);
    interp_blocking_end();
    return done == 1 ? (int)s.got : -1;
}

int fetch_task(long in, long *out)
{
    struct fetch_plan plan = fetch_get_plan();
    char request[FETCH_DIGITS + 1], answer[FETCH_DIGITS + 1];
    int length, error = 0;

    snprintf(request, sizeof request, "%ld\n", in);
    if ((length = fetch(plan.port, request, answer, sizeof answer, plan.limit_ms)) < 0)
        error = errno;
    else
        error = fetch_use_answer(answer, (size_t)length, out);
    return error;
}

static void task(const long in[], long out[], size_t i, struct first_error *first)
{
    int error;

    interp_attach();
    error = fetch_task(in[i], &out[i]);
    interp_detach();
    if (error) {
#pragma omp critical
        first_error_note(first, i, error);
    }
}

int fetch_all_tasks(const long in[], long out[], size_t n, int most)
{
    struct first_error first = {.index = n};

    if ((n && (!in || !out)) || most < 1)
        return fail(EINVAL);
    if (n < (size_t)most)
        most = (int)n;
    if (n) {
#pragma omp parallel num_threads(most)
        {
#pragma omp master
            for (size_t i = 0; i < n; i++) {
#pragma omp task firstprivate(i)
                task(in, out, i, &first);
            }
            /* the region's barrier waits for all tasks */
        }
    }
    if (first.error)
        return fail(first.error);
    return 0;
}

/* The exchanges stay in the order in which they began: the first one's deadline comes first. */
int fetch_all_polled(const long in[], long out[], size_t n, int most)
{
    struct first_error first = {.index = n};
    size_t room = n < (size_t)most ? n : (size_t)most, next = 0, count = 0;
    int port = fetch_get_plan().port;
    struct both {
        struct exchange x;
    } * list;
    struct pollfd *polls;

    if ((n && (!in || !out)) || most < 1)
        return fail(EINVAL);
    if (n == 0)
        return 0;
    list = malloc(room * sizeof *list);
    if (!list)
        return fail(ENOMEM);
    polls = malloc(room * sizeof *polls);
    if (!polls) {
        free(list);
        return fail(ENOMEM);
    }

    while (count > 0 || (next < n && !first.error)) {
        size_t kept = 0;
        int wait_error = 0, ready;

        while (count < room && next < n && !first.error) {
            int file = start_connect(port);

            if (file == -1) {
                first_error_note(&first, next, errno);
                break;
            }
            exchange_init(&list[count].x, next, in[next], file);
            next++;
            count++;
        }
        if (count == 0)
            break;
        for (size_t i = 0; i < count; i++) {
            polls[i].fd = list[i].x.file;
            polls[i].events = exchange_events(&list[i].x);
            polls[i].revents = 0;
        }
        interp_blocking_begin();
        ready = poll(polls, count, ms_until(list[0].x.deadline));
        if (ready == -1)
            wait_error = errno;
        interp_blocking_end();
        if (wait_error == EINTR)
            continue;

        for (size_t i = 0; i < count; i++) {
            struct exchange *x = &list[i].x;
            int done = 0, error = wait_error;

            if (!error && ms_until(x->deadline) == 0)
                error = ETIMEDOUT;
            if (!error && polls[i].revents) {
                struct state s = {x->file, x->connected, x->request,       strlen(x->request),
                                  x->sent, x->answer,    sizeof x->answer, x->got};
                short events;

                done = step(&s, &events);
                if (done == -1)
                    error = errno;
                x->connected = s.connected;
                x->sent = s.sent;
                x->got = s.got;
            }
            if (!error && done == 0) {
                if (kept != i)
                    list[kept] = list[i];
                kept++;
                continue;
            }
            close_quietly(x->file);
            if (!error)
                error = fetch_use_answer(x->answer, x->got, &out[x->index]);
            first_error_note(&first, x->index, error);
        }
        count = kept;
    }
    free(polls);
    free(list);
    return first.error ? fail(first.error) : 0;
}
