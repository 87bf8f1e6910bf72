/* Right: one state machine for all. fetch is the event loop with a single request in it; the loop waits
 * with epoll, and each request has a place of its own in a list. Tasks are made by taskloop. */
#include "11-blocking-io/fetch.h"

#include <errno.h>
#include <limits.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/interp.h"

struct talk {
    struct talk *next; /* in the list of those that are free, or of those that are open */
    size_t index;
    int file;
    enum { CONNECTS, SENDS, RECEIVES } state;
    const char *rest;
    char *answer;
    size_t room, got;
    int64_t deadline;
    char texts[2][FETCH_DIGITS + 1];
};

/* Begins one: 0, or an errno. */
static int begin(struct talk *talk, int epoll, int port)
{
    struct sockaddr_in server = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    struct epoll_event event = {.events = EPOLLOUT, .data.ptr = talk};
    int error = 0;

    server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    talk->state = CONNECTS;
    talk->got = 0;
    talk->file = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (talk->file == -1)
        return errno;
    if ((connect(talk->file, (struct sockaddr *)&server, sizeof server) && errno != EINPROGRESS) ||
        epoll_ctl(epoll, EPOLL_CTL_ADD, talk->file, &event)) {
        error = errno;
        close(talk->file);
    }
    return error;
}

/* One step. Returns 0 to go on, EAGAIN to wait, -1 when it is done, or an errno. */
static int step(struct talk *talk)
{
    socklen_t size = sizeof(int);
    ssize_t count;
    int error = 0;

    switch (talk->state) {
    case CONNECTS:
        getsockopt(talk->file, SOL_SOCKET, SO_ERROR, &error, &size);
        talk->state = SENDS;
        return error;
    case SENDS:
        if (*talk->rest == '\0') {
            talk->state = RECEIVES;
            return 0;
        }
        count = send(talk->file, talk->rest, strlen(talk->rest), MSG_NOSIGNAL);
        talk->rest += count > 0 ? count : 0;
        break;
    default:
        if (talk->got == talk->room)
            return EMSGSIZE;
        count = recv(talk->file, talk->answer + talk->got, talk->room - talk->got, 0);
        if (count == 0)
            return EPIPE;
        for (; count > 0; count--)
            if (talk->answer[talk->got++] == '\n') {
                talk->answer[--talk->got] = '\0';
                return -1;
            }
        if (count == 0)
            return 0;
    }
    return count >= 0 || errno == EINTR ? 0 : errno;
}

/* Steps until it must wait. Returns EAGAIN, -1 or an errno as step does. */
static int go_on(struct talk *talk, int epoll)
{
    struct epoll_event event = {.data.ptr = talk};
    int result;

    if (clock_wall() >= talk->deadline)
        return ETIMEDOUT;
    while ((result = step(talk)) == 0)
        ;
    event.events = talk->state == RECEIVES ? EPOLLIN : EPOLLOUT;
    if (result == EAGAIN)
        epoll_ctl(epoll, EPOLL_CTL_MOD, talk->file, &event);
    return result;
}

/* Waits for some of the open ones. Returns how many events there are. */
static int wait_for(int epoll, const struct talk *open, struct epoll_event events[], int most)
{
    int64_t nearest = INT64_MAX, ms;
    int count;

    for (; open; open = open->next)
        nearest = open->deadline < nearest ? open->deadline : nearest;
    ms = (nearest - clock_wall()) / NS_PER_MS + 1;
    interp_blocking_begin();
    count = epoll_wait(epoll, events, most, ms < 0 ? 0 : ms < INT_MAX ? (int)ms : INT_MAX);
    interp_blocking_end();
    return count;
}

int fetch(int port, const char *request, char answer[], size_t size, long limit_ms)
{
    struct talk talk = {.rest = request, .answer = answer, .room = size};
    struct epoll_event event;
    int epoll, result;

    if (!request || !answer || size == 0 || port < 1 || port > 65535 || limit_ms < 1 ||
        limit_ms > FETCH_LONGEST_MS) {
        errno = EINVAL;
        return -1;
    }
    talk.deadline = clock_wall() + limit_ms * NS_PER_MS;
    epoll = epoll_create1(EPOLL_CLOEXEC);
    if (epoll == -1)
        return -1;
    result = begin(&talk, epoll, port);
    if (result == 0) {
        result = EAGAIN;
        while (result == EAGAIN) {
            int ready = wait_for(epoll, &talk, &event, 1);

            if (ready == 1 || clock_wall() >= talk.deadline)
                result = go_on(&talk, epoll);
        }
        close(talk.file);
    }
    close(epoll);
    if (result == -1)
        return (int)talk.got;
    errno = result;
    return -1;
}

int fetch_task(long in, long *out)
{
    char request[FETCH_DIGITS + 1], answer[FETCH_DIGITS + 1];
    struct fetch_plan plan = fetch_get_plan();
    int length;

    sprintf(request, "%ld\n", in);
    length = fetch(plan.port, request, answer, sizeof answer, plan.limit_ms);
    return length < 0 ? errno : fetch_use_answer(answer, (size_t)length, out);
}

static int refuse(const long in[], const long out[], size_t n, int most)
{
    if (most >= 1 && (n == 0 || (in && out)))
        return 0;
    errno = EINVAL;
    return -1;
}

int fetch_all_tasks(const long in[], long out[], size_t n, int most)
{
    size_t bad = n;
    int error = 0;

    if (refuse(in, out, n, most))
        return -1;
    if (n == 0)
        return 0;
#pragma omp parallel num_threads(n < (size_t)most ? (int)n : most)
#pragma omp single
#pragma omp taskloop grainsize(1)
    for (size_t i = 0; i < n; i++) {
        int failed;

        interp_attach();
        failed = fetch_task(in[i], &out[i]);
        interp_detach();
        if (failed) {
#pragma omp critical
            if (i < bad) {
                bad = i;
                error = failed;
            }
        }
    }
    errno = error ? error : errno;
    return error ? -1 : 0;
}

/* Everything that fetch_all_polled works on. */
struct loop {
    int epoll, error;
    size_t bad;
    struct talk *open, *unused;
};

static void note(struct loop *loop, size_t index, int error)
{
    if (error && (!loop->error || index < loop->bad)) {
        loop->bad = index;
        loop->error = error;
    }
}

static void start(struct loop *loop, size_t index, long number)
{
    struct fetch_plan plan = fetch_get_plan();
    struct talk *talk = loop->unused;
    int error;

    sprintf(talk->texts[0], "%ld\n", number);
    talk->index = index;
    talk->rest = talk->texts[0];
    talk->answer = talk->texts[1];
    talk->room = sizeof talk->texts[1];
    talk->deadline = clock_wall() + plan.limit_ms * NS_PER_MS;
    error = begin(talk, loop->epoll, plan.port);
    note(loop, index, error);
    if (error)
        return;
    loop->unused = talk->next;
    talk->next = loop->open;
    loop->open = talk;
}

static bool is_ready(const struct talk *talk, const struct epoll_event events[], int count)
{
    for (int i = 0; i < count; i++)
        if (events[i].data.ptr == talk)
            return true;
    return clock_wall() >= talk->deadline;
}

static void turn(struct loop *loop, long out[])
{
    struct epoll_event events[32];
    int count = wait_for(loop->epoll, loop->open, events, 32);

    for (struct talk **at = &loop->open; *at;) {
        struct talk *talk = *at;
        int result = is_ready(talk, events, count) ? go_on(talk, loop->epoll) : EAGAIN;

        if (result == EAGAIN) {
            at = &talk->next;
            continue;
        }
        close(talk->file);
        note(loop, talk->index,
             result == -1 ? fetch_use_answer(talk->answer, talk->got, &out[talk->index]) : result);
        *at = talk->next;
        talk->next = loop->unused;
        loop->unused = talk;
    }
}

int fetch_all_polled(const long in[], long out[], size_t n, int most)
{
    size_t room = n < (size_t)most ? n : (size_t)most, next = 0;
    struct loop loop = {.epoll = -1};
    struct talk *talks;

    if (refuse(in, out, n, most))
        return -1;
    if (n == 0)
        return 0;
    talks = calloc(room, sizeof *talks);
    if (!talks)
        return -1;
    for (size_t i = 0; i < room; i++) {
        talks[i].next = loop.unused;
        loop.unused = &talks[i];
    }
    loop.epoll = epoll_create1(EPOLL_CLOEXEC);
    if (loop.epoll == -1)
        loop.error = errno;
    while (loop.open || (next < n && !loop.error)) {
        for (; loop.unused && next < n && !loop.error; next++)
            start(&loop, next, in[next]);
        if (loop.open)
            turn(&loop, out);
    }
    if (loop.epoll != -1)
        close(loop.epoll);
    free(talks);
    errno = loop.error ? loop.error : errno;
    return loop.error ? -1 : 0;
}
