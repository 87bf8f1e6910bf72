/* Right: looks at what has come before it takes it (MSG_PEEK), so that nothing behind the newline is
 * ever read. A taskloop makes the tasks. The loop for many has a place for every number, which
 * poll passes over while its descriptor is negative, and a step for each state of a request. */
#include "11-blocking-io/fetch.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "11-blocking-io/sockets.h"
#include "common/clock.h"
#include "common/interp.h"

/* A request; `wants` is what it waits for. */
struct request {
    int file;
    short wants;
    bool connected;
    const char *left; /* of the text: what has not been sent */
    char *answer;
    size_t size, length;
    int64_t deadline;
};

enum { FAILED = -1, WAITS, DONE };

static int begin(struct request *request, int port)
{
    struct sockaddr_in server = address_of(port);

    request->wants = POLLOUT;
    request->file = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (request->file == -1)
        return -1;
    if (connect(request->file, (struct sockaddr *)&server, sizeof server) == 0 ||
        errno == EINPROGRESS)
        return 0;
    close_quietly(request->file);
    return -1;
}

static int send_rest(struct request *request)
{
    while (*request->left) {
        ssize_t count = send(request->file, request->left, strlen(request->left), MSG_NOSIGNAL);

        if (count >= 0)
            request->left += count;
        else if (errno == EAGAIN)
            return WAITS;
        else if (errno != EINTR)
            return FAILED;
    }
    request->wants = POLLIN;
    return DONE;
}

/* Takes what has come, up to the newline. */
static int receive_line(struct request *request)
{
    while (request->length < request->size) {
        char *at = request->answer + request->length, *end;
        size_t room = request->size - request->length;
        ssize_t there = recv(request->file, at, room, MSG_PEEK), taken;

        if (there == 0)
            return fail(EPIPE);
        if (there == -1 && errno == EINTR)
            continue;
        if (there == -1)
            return errno == EAGAIN ? WAITS : FAILED;
        end = memchr(at, '\n', (size_t)there);
        do
            taken = recv(request->file, at, end ? (size_t)(end - at) + 1 : (size_t)there, 0);
        while (taken == -1 && errno == EINTR);
        if (taken <= 0)
            return taken == 0 ? fail(EPIPE) : FAILED;
        request->length += (size_t)taken;
        if (at[taken - 1] == '\n') {
            request->answer[--request->length] = '\0';
            return DONE;
        }
    }
    return fail(EMSGSIZE);
}

static int go_on(struct request *request)
{
    if (!request->connected && end_connect(request->file))
        return FAILED;
    request->connected = true;
    if (request->wants == POLLOUT) {
        int sent = send_rest(request);

        if (sent != DONE)
            return sent;
    }
    return receive_line(request);
}

int fetch(int port, const char *request, char answer[], size_t size, long limit_ms)
{
    struct request one = {.file = -1, .left = request, .answer = answer, .size = size};
    int done = WAITS;

    if (!request || !answer || size == 0 || port < 1 || port > 65535 || limit_ms < 1 ||
        limit_ms > FETCH_LONGEST_MS)
        return fail(EINVAL);
    one.deadline = clock_wall() + limit_ms * NS_PER_MS;
    interp_blocking_begin();
    if (begin(&one, port)) {
        interp_blocking_end();
        return -1;
    }
    while (done == WAITS) {
        struct pollfd ready = {.fd = one.file, .events = one.wants};
        int left = ms_until(one.deadline), count = left ? poll(&ready, 1, left) : 0;

        if (left == 0)
            done = fail(ETIMEDOUT);
        else if (count == -1 && errno != EINTR)
            done = FAILED;
        else if (count == 1)
            done = go_on(&one);
    }
    close_quietly(one.file);
    interp_blocking_end();
    return done == DONE ? (int)one.length : -1;
}

int fetch_task(long in, long *out)
{
    char request[FETCH_DIGITS + 1], answer[FETCH_DIGITS + 1];
    struct fetch_plan plan = fetch_get_plan();
    int length;

    snprintf(request, sizeof request, "%ld\n", in);
    length = fetch(plan.port, request, answer, sizeof answer, plan.limit_ms);
    if (length < 0)
        return errno;
    return fetch_use_answer(answer, (size_t)length, out);
}

int fetch_all_tasks(const long in[], long out[], size_t n, int most)
{
    size_t first_bad = n;
    int error = 0, threads;

    if ((n > 0 && (!in || !out)) || most < 1)
        return fail(EINVAL);
    if (n == 0)
        return 0;
    threads = n < (size_t)most ? (int)n : most;
#pragma omp parallel num_threads(threads) default(none) shared(in, out, n, first_bad, error)
#pragma omp single
#pragma omp taskloop grainsize(1) default(none) shared(in, out, first_bad, error) firstprivate(n)
    for (size_t i = 0; i < n; i++) {
        int failed;

        interp_attach();
        failed = fetch_task(in[i], &out[i]);
        interp_detach();
        if (failed) {
#pragma omp critical(first_bad)
            if (i < first_bad) {
                first_bad = i;
                error = failed;
            }
        }
    }
    return error ? fail(error) : 0;
}

/* All requests of a call, and what poll is told of each: as many places as numbers. */
struct many {
    const long *in;
    long *out;
    size_t n, next, open, first_bad;
    int error;
    struct place {
        struct request request;
        char text[FETCH_DIGITS + 1], answer[FETCH_DIGITS + 1];
    } * places;
    struct pollfd *files;
};

static void note(struct many *many, size_t i, int error)
{
    if (error && i < many->first_bad) {
        many->first_bad = i;
        many->error = error;
    }
}

static void open_next(struct many *many)
{
    struct fetch_plan plan = fetch_get_plan();
    size_t i = many->next++;
    struct place *place = &many->places[i];

    snprintf(place->text, sizeof place->text, "%ld\n", many->in[i]);
    place->request = (struct request){.left = place->text,
                                      .answer = place->answer,
                                      .size = sizeof place->answer,
                                      .deadline = clock_wall() + plan.limit_ms * NS_PER_MS};
    if (begin(&place->request, plan.port)) {
        note(many, i, errno);
        return;
    }
    many->files[i].fd = place->request.file;
    many->open++;
}

static int wait_for_some(struct many *many)
{
    int64_t soonest = INT64_MAX;
    int count;

    for (size_t i = 0; i < many->next; i++) {
        if (many->files[i].fd == -1)
            continue;
        many->files[i].events = many->places[i].request.wants;
        many->files[i].revents = 0;
        if (many->places[i].request.deadline < soonest)
            soonest = many->places[i].request.deadline;
    }
    interp_blocking_begin();
    count = poll(many->files, many->next, ms_until(soonest));
    interp_blocking_end();
    return count == -1 && errno != EINTR ? errno : 0;
}

static void look_at(struct many *many, size_t i, int error)
{
    struct place *place = &many->places[i];
    int done = error ? FAILED : WAITS;

    if (!error && ms_until(place->request.deadline) == 0) {
        done = FAILED;
        error = ETIMEDOUT;
    } else if (!error && many->files[i].revents) {
        done = go_on(&place->request);
        error = done == FAILED ? errno : 0;
    }
    if (done == WAITS)
        return;
    close_quietly(many->files[i].fd);
    many->files[i].fd = -1;
    many->open--;
    if (done == DONE)
        error = fetch_use_answer(place->answer, place->request.length, &many->out[i]);
    note(many, i, error);
}

int fetch_all_polled(const long in[], long out[], size_t n, int most)
{
    struct many many = {.in = in, .out = out, .n = n, .first_bad = n};

    if ((n > 0 && (!in || !out)) || most < 1)
        return fail(EINVAL);
    if (n == 0)
        return 0;
    many.places = calloc(n, sizeof *many.places);
    many.files = calloc(n, sizeof *many.files);
    if (!many.places || !many.files) {
        free(many.places);
        free(many.files);
        return fail(ENOMEM);
    }
    for (size_t i = 0; i < n; i++)
        many.files[i].fd = -1;
    do {
        int error;

        while (many.open < (size_t)most && many.next < n && !many.error)
            open_next(&many);
        error = many.open > 0 ? wait_for_some(&many) : 0;
        for (size_t i = 0; i < many.next; i++)
            if (many.files[i].fd != -1)
                look_at(&many, i, error);
    } while (many.open > 0 || (many.next < n && !many.error));
    free(many.places);
    free(many.files);
    return many.error ? fail(many.error) : 0;
}
