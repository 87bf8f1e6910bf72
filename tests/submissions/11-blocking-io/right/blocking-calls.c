/* Right: fetch has a socket that blocks, and tells the system before each call how long that may take
 * (SO_SNDTIMEO, SO_RCVTIMEO); each call has brackets of its own. Tasks are made by all threads of the
 * team, each its part. The loop for many waits with ppoll, keeps what is open in a table with
 * gaps, and cuts all that comes after the first error in order. */
#include "11-blocking-io/fetch.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <omp.h>

#include "11-blocking-io/sockets.h"
#include "common/clock.h"
#include "common/interp.h"

/* How long the next call may take. Returns -1 with ETIMEDOUT if nothing is left. */
static int bound(int file, int option, int64_t deadline)
{
    int64_t left = deadline - clock_wall(), us = left / 1000 + 1;
    struct timeval time = {us / 1000000, us % 1000000}; /* a million of microseconds is EDOM */

    if (left <= 0)
        return fail(ETIMEDOUT);
    return setsockopt(file, SOL_SOCKET, option, &time, sizeof time);
}

/* A call ran into its bound: the caller looks at the clock again. */
static bool again(void)
{
    return errno == EINTR || errno == EAGAIN || errno == EINPROGRESS || errno == EALREADY;
}

static int connect_by(int file, int port, int64_t deadline)
{
    struct sockaddr_in server = address_of(port);

    for (;;) {
        int failed;

        if (bound(file, SO_SNDTIMEO, deadline))
            return -1;
        interp_blocking_begin();
        failed = connect(file, (struct sockaddr *)&server, sizeof server);
        interp_blocking_end();
        if (!failed || errno == EISCONN)
            return 0;
        if (!again())
            return -1;
    }
}

static int send_by(int file, const char *text, int64_t deadline)
{
    while (*text) {
        ssize_t count;

        if (bound(file, SO_SNDTIMEO, deadline))
            return -1;
        interp_blocking_begin();
        count = send(file, text, strlen(text), MSG_NOSIGNAL);
        interp_blocking_end();
        if (count == -1 && !again())
            return -1;
        text += count > 0 ? count : 0;
    }
    return 0;
}

static int receive_by(int file, char answer[], size_t size, int64_t deadline)
{
    for (size_t got = 0; got < size;) {
        ssize_t count;

        if (bound(file, SO_RCVTIMEO, deadline))
            return -1;
        interp_blocking_begin();
        count = recv(file, answer + got, size - got, 0);
        interp_blocking_end();
        if (count == 0)
            errno = EPIPE;
        if (count == 0 || (count == -1 && !again()))
            return -1;
        for (; count > 0; count--, got++)
            if (answer[got] == '\n') {
                answer[got] = '\0';
                return (int)got;
            }
    }
    return fail(EMSGSIZE);
}

int fetch(int port, const char *request, char answer[], size_t size, long limit_ms)
{
    int64_t deadline = clock_wall() + limit_ms * NS_PER_MS;
    int file, length = -1;

    if (!request || !answer || size == 0 || port < 1 || port > 65535 || limit_ms < 1 ||
        limit_ms > FETCH_LONGEST_MS)
        return fail(EINVAL);
    file = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (file == -1)
        return -1;
    if (connect_by(file, port, deadline) == 0 && send_by(file, request, deadline) == 0)
        length = receive_by(file, answer, size, deadline);
    close_quietly(file);
    return length;
}

int fetch_task(long in, long *out)
{
    char request[FETCH_DIGITS + 1], answer[FETCH_DIGITS + 1];
    int length;

    sprintf(request, "%ld\n", in);
    length =
        fetch(fetch_get_plan().port, request, answer, sizeof answer, fetch_get_plan().limit_ms);
    return length < 0 ? errno : fetch_use_answer(answer, (size_t)length, out);
}

static bool refused(const long in[], const long out[], size_t n, int most)
{
    errno = EINVAL;
    return most < 1 || (n > 0 && (!in || !out));
}

int fetch_all_tasks(const long in[], long out[], size_t n, int most)
{
    int *errors;
    int error = 0;

    if (refused(in, out, n, most))
        return -1;
    if (n == 0)
        return 0;
    errors = calloc(n, sizeof *errors);
    if (!errors)
        return -1;
#pragma omp parallel num_threads(n < (size_t)most ? (int)n : most)
    {
        for (size_t i = (size_t)omp_get_thread_num(); i < n; i += (size_t)omp_get_num_threads()) {
#pragma omp task firstprivate(i)
            {
                interp_attach();
                errors[i] = fetch_task(in[i], &out[i]);
                interp_detach();
            }
        }
#pragma omp taskwait
    }
    for (size_t i = n; i-- > 0;)
        if (errors[i])
            error = errors[i];
    free(errors);
    return error ? fail(error) : 0;
}

enum { SENDING, RECEIVING };

/* A place of the table; its socket is in the array for ppoll, -1 where there is none. */
struct place {
    int state;
    size_t index, done;
    int64_t deadline;
    char text[FETCH_DIGITS + 1];
};

static int open_place(struct place *place, struct pollfd *wait, size_t index, long number)
{
    struct sockaddr_in server = address_of(fetch_get_plan().port);

    *place = (struct place){.index = index,
                            .deadline = clock_wall() + fetch_get_plan().limit_ms * NS_PER_MS};
    sprintf(place->text, "%ld\n", number);
    wait->events = POLLOUT;
    wait->revents = 0;
    wait->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (wait->fd == -1)
        return errno;
    if (connect(wait->fd, (struct sockaddr *)&server, sizeof server) && errno != EINPROGRESS) {
        int error = errno;

        close(wait->fd);
        wait->fd = -1;
        return error;
    }
    return 0;
}

/* Returns -1 to wait again, 0 when it is done, or an errno. */
static int work(struct place *place, struct pollfd *wait, long out[])
{
    ssize_t count;

    if (clock_wall() >= place->deadline)
        return ETIMEDOUT;
    if (!wait->revents)
        return -1;
    if (place->state == SENDING) {
        count = send(wait->fd, place->text + place->done, strlen(place->text + place->done),
                     MSG_NOSIGNAL);
        place->done += count > 0 ? (size_t)count : 0;
        if (count > 0 && place->text[place->done] == '\0') {
            place->state = RECEIVING;
            place->done = 0;
            wait->events = POLLIN;
        }
    } else {
        char *end;

        if (place->done == sizeof place->text)
            return EMSGSIZE;
        count = recv(wait->fd, place->text + place->done, sizeof place->text - place->done, 0);
        if (count == 0)
            return EPIPE;
        place->done += count > 0 ? (size_t)count : 0;
        end = memchr(place->text, '\n', place->done);
        if (end) {
            *end = '\0';
            return fetch_use_answer(place->text, (size_t)(end - place->text), &out[place->index]);
        }
    }
    return count > 0 || errno == EINTR || errno == EAGAIN ? -1 : errno;
}

static int wait_for_places(const struct place places[], struct pollfd waits[], size_t room)
{
    int64_t first = INT64_MAX, left;
    struct timespec time;
    int error;

    for (size_t i = 0; i < room; i++)
        if (waits[i].fd != -1 && places[i].deadline < first)
            first = places[i].deadline;
    left = first - clock_wall();
    time = clock_timespec(left > 0 ? left : 0);
    interp_blocking_begin();
    for (size_t i = 0; i < room; i++)
        waits[i].revents = 0;
    error = ppoll(waits, room, &time, NULL) == -1 && errno != EINTR ? errno : 0;
    interp_blocking_end();
    return error;
}

int fetch_all_polled(const long in[], long out[], size_t n, int most)
{
    size_t room = n < (size_t)most ? n : (size_t)most, next = 0, open = 0, bad = n;
    struct place *places;
    struct pollfd *waits;
    int error = 0;

    if (refused(in, out, n, most) || n == 0)
        return n == 0 && most >= 1 ? 0 : -1;
    places = malloc(room * sizeof *places);
    waits = malloc(room * sizeof *waits);
    if (!places || !waits) {
        free(places);
        free(waits);
        return fail(ENOMEM);
    }
    for (size_t i = 0; i < room; i++)
        waits[i] = (struct pollfd){.fd = -1};
    while (open > 0 || (next < n && !error)) {
        for (size_t i = 0; i < room && next < n && !error; i++)
            if (waits[i].fd == -1) {
                error = open_place(&places[i], &waits[i], next, in[next]);
                open += error == 0;
                bad = error ? next : bad;
                next++;
            }
        const int failed = open > 0 ? wait_for_places(places, waits, room) : 0;
        for (size_t i = 0; i < room; i++) {
            int came = waits[i].fd == -1       ? -1
                       : places[i].index > bad ? ECANCELED
                       : failed                ? failed
                                               : work(&places[i], &waits[i], out);

            if (came == -1)
                continue;
            close(waits[i].fd);
            waits[i].fd = -1;
            open--;
            if (came && places[i].index < bad) {
                bad = places[i].index;
                error = came;
            }
        }
    }
    free(places);
    free(waits);
    return error ? fail(error) : 0;
}
