/* No call for these sockets blocks (SOCK_NONBLOCK): it does what can be done now. Waiting is a step
 * of its own, poll(2): for one socket, or for many, and with a time limit. */
#include "11-blocking-io/fetch.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "11-blocking-io/exchange.h"
#include "11-blocking-io/sockets.h"
#include "common/clock.h"
#include "common/interp.h"

/* Begins to connect to the server. Returns the socket, or -1 with errno and nothing open. */
static int start_connect(int port)
{
    struct sockaddr_in server = address_of(port);

    /* TODO(1): Make a socket (SOCK_STREAM, with SOCK_NONBLOCK and SOCK_CLOEXEC) and connect(2) it:
     * pass (struct sockaddr *)&server. EINPROGRESS means that it has begun. If connect fails in
     * another way, close the socket. */
    /* answer:
    return fail(ENOSYS); */
    int file = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    if (file != -1 && connect(file, (struct sockaddr *)&server, sizeof server) == -1 &&
        errno != EINPROGRESS) {
        close_quietly(file);
        return -1;
    }
    return file;
    /* end of answer */
}

/* Waits until the socket can be written to (POLLOUT) or read from (POLLIN). Returns 0, or -1 with
 * errno; ETIMEDOUT if the deadline is over. */
static int wait_for(int file, short events, int64_t deadline)
{
    /* TODO(2): poll(2), for no longer than ms_until(deadline). EINTR: again, with what is left. */
    /* answer:
    return fail(ENOSYS); */
    struct pollfd one = {.fd = file, .events = events};

    for (;;) {
        int left = ms_until(deadline), ready;

        if (left == 0)
            return fail(ETIMEDOUT);
        ready = poll(&one, 1, left);
        if (ready > 0)
            return 0;
        if (ready == -1 && errno != EINTR)
            return -1;
    }
    /* end of answer */
}

/* Sends what the socket takes now of the rest of a text, behind its first *sent characters, and
 * counts it. Returns 1 if all is sent, 0 if the socket takes no more now, or -1 with errno. */
static int send_some(int file, const char *text, size_t *sent)
{
    /* TODO(3): send(2) with MSG_NOSIGNAL until all is sent, or it fails: EAGAIN means that no more
     * goes now. EINTR: try again at once. */
    /* answer:
    return fail(ENOSYS); */
    while (text[*sent]) {
        ssize_t count = send(file, text + *sent, strlen(text + *sent), MSG_NOSIGNAL);

        if (count == -1 && errno != EINTR)
            return errno == EAGAIN ? 0 : -1;
        *sent += count > 0 ? (size_t)count : 0;
    }
    return 1;
    /* end of answer */
}

/* Reads what is there into answer[*got..size) and moves *got behind it. Returns 1 if the newline
 * has come: it is a '\0' now, and *got its place. Returns 0 if there is no more now, or -1 with
 * errno. */
static int receive_some(int file, char answer[], size_t size, size_t *got)
{
    /* TODO(4): recv(2) until the newline is there (memchr(3)). EMSGSIZE: no room is left. EPIPE:
     * recv returned 0. EAGAIN and EINTR are as in send_some. */
    /* answer:
    return fail(ENOSYS); */
    while (*got < size) {
        ssize_t count = recv(file, answer + *got, size - *got, 0);
        char *end;

        if (count == 0)
            return fail(EPIPE);
        if (count == -1 && errno != EINTR)
            return errno == EAGAIN ? 0 : -1;
        end = count > 0 ? memchr(answer + *got, '\n', (size_t)count) : NULL;
        if (end) {
            *end = '\0';
            *got = (size_t)(end - answer);
            return 1;
        }
        *got += count > 0 ? (size_t)count : 0;
    }
    return fail(EMSGSIZE);
    /* end of answer */
}

int fetch(int port, const char *request, char answer[], size_t size, long limit_ms)
{
    int64_t begin = clock_wall();

    /* TODO(5): Refuse bad arguments. Then, between interp_blocking_begin and _end: start_connect,
     * wait until the socket can be written to, end_connect; send_some until all is sent, and
     * receive_some until all is there, each time with a wait if it says 0. Close the socket. */
    /* answer:
    return fail(ENOSYS); */
    int64_t deadline = begin + limit_ms * NS_PER_MS;
    size_t sent = 0, got = 0;
    int file, done = -1;

    if (!request || !answer || size == 0 || port < 1 || port > 65535 || limit_ms < 1 ||
        limit_ms > FETCH_LONGEST_MS)
        return fail(EINVAL);
    interp_blocking_begin();
    file = start_connect(port);
    if (file != -1 && wait_for(file, POLLOUT, deadline) == 0)
        done = end_connect(file);
    while (done == 0 && (done = send_some(file, request, &sent)) == 0)
        done = wait_for(file, POLLOUT, deadline);
    if (done == 1)
        done = 0;
    while (done == 0 && (done = receive_some(file, answer, size, &got)) == 0)
        done = wait_for(file, POLLIN, deadline);
    close_quietly(file);
    interp_blocking_end();
    return done == 1 ? (int)got : -1;
    /* end of answer */
}

int fetch_task(long in, long *out)
{
    struct fetch_plan plan = fetch_get_plan();

    /* TODO(6): Write the request into a text (snprintf(3)), fetch, and fetch_use_answer. Arrays of
     * FETCH_DIGITS + 1 hold either text. Where is the lock needed, and where not? */
    /* answer:
    return ENOSYS; */
    char request[FETCH_DIGITS + 1], answer[FETCH_DIGITS + 1];
    int length;

    snprintf(request, sizeof request, "%ld\n", in);
    length = fetch(plan.port, request, answer, sizeof answer, plan.limit_ms);
    return length == -1 ? errno : fetch_use_answer(answer, (size_t)length, out);
    /* end of answer */
}

int fetch_all_tasks(const long in[], long out[], size_t n, int most)
{
    struct first_error first = {.index = n};

    /* TODO(7): Refuse bad arguments. In a parallel region of min(n, most) threads, one thread
     * (single) makes a task for each number, in a taskgroup. A task attaches, runs fetch_task, and
     * detaches; then it notes its error (first_error_note), in a critical construct. */
    /* answer:
    return fail(ENOSYS); */
    int threads = n < (size_t)most ? (int)n : most;

    if ((n > 0 && (!in || !out)) || most < 1)
        return fail(EINVAL);
    if (n == 0)
        return 0;
#pragma omp parallel num_threads(threads) default(none) shared(in, out, n, first)
#pragma omp single
#pragma omp taskgroup
    for (size_t i = 0; i < n; i++)
#pragma omp task default(none) firstprivate(i) shared(in, out, first)
    {
        int failed;

        interp_attach();
        failed = fetch_task(in[i], &out[i]);
        interp_detach();
#pragma omp critical(fetch_first_error)
        first_error_note(&first, i, failed);
    }
    return first.error ? fail(first.error) : 0;
    /* end of answer */
}

/* Goes on with an exchange whose socket is ready, as far as it gets without waiting. Returns 1 if
 * the answer is there, 0 if it must wait again, or -1 with errno. */
static int advance(struct exchange *x)
{
    /* TODO(8): Where is it? Not yet connected: end_connect. Then send_some; and when all is sent,
     * receive_some. */
    /* answer:
    return fail(ENOSYS); */
    int done;

    if (!x->connected && end_connect(x->file))
        return -1;
    x->connected = true;
    done = send_some(x->file, x->request, &x->sent);
    if (done == 1)
        done = receive_some(x->file, x->answer, sizeof x->answer, &x->got);
    return done;
    /* end of answer */
}

/* Waits until one of the sockets is ready or a deadline is over: what poll says is then in ready[].
 * Returns 0, or an errno. */
static int wait_for_any(const struct exchange open[], struct pollfd ready[], size_t count)
{
    /* TODO(9): One poll(2) for all of them, until the first of the deadlines. It is the only place
     * where the loop waits, so it stands between interp_blocking_begin and _end. EINTR is no error:
     * nothing is ready then (revents is 0). */
    /* answer:
    return ENOSYS; */
    int64_t deadline = INT64_MAX;
    int got;

    for (size_t i = 0; i < count; i++) {
        ready[i] = (struct pollfd){.fd = open[i].file, .events = exchange_events(&open[i])};
        deadline = open[i].deadline < deadline ? open[i].deadline : deadline;
    }
    interp_blocking_begin();
    got = poll(ready, count, ms_until(deadline));
    interp_blocking_end();
    return got == -1 && errno != EINTR ? errno : 0;
    /* end of answer */
}

/* Works on an exchange after a wait; `error` is that of the wait, or 0. Returns -1 if the exchange
 * must wait again. Otherwise its socket is closed: returns 0 and has stored the result, or an errno
 * if it failed. */
static int settle(struct exchange *x, short revents, int error, long out[])
{
    /* TODO(10): Its time is over: ETIMEDOUT. Or it is ready (revents is not 0): advance, and when
     * the answer is there, fetch_use_answer. */
    /* answer:
    return ENOSYS; */
    int done = 0;

    if (!error && ms_until(x->deadline) == 0)
        error = ETIMEDOUT;
    if (!error && revents && (done = advance(x)) == -1)
        error = errno;
    if (!error && done == 0)
        return -1;
    close_quietly(x->file);
    return error ? error : fetch_use_answer(x->answer, x->got, &out[x->index]);
    /* end of answer */
}

int fetch_all_polled(const long in[], long out[], size_t n, int most)
{
    struct first_error first = {.index = n};

    /* TODO(11): Refuse bad arguments. Allocate min(n, most) exchanges and pollfds. Until all is
     * done: begin requests (exchange_init) while there is room, but none after an error;
     * wait_for_any; settle each. The last one takes the place of one that is over. */
    /* answer:
    return fail(ENOSYS); */
    size_t next = 0, count = 0, room = n < (size_t)most ? n : (size_t)most;
    struct exchange *open;
    struct pollfd *ready;
    int error;

    if ((n > 0 && (!in || !out)) || most < 1)
        return fail(EINVAL);
    open = calloc(room + 1, sizeof *open);
    ready = calloc(room + 1, sizeof *ready);
    if (!open || !ready)
        first.error = ENOMEM;
    while (count > 0 || (next < n && !first.error)) {
        for (; count < room && next < n && !first.error; next++) {
            exchange_init(&open[count], next, in[next], start_connect(fetch_get_plan().port));
            first_error_note(&first, next, open[count].file == -1 ? errno : 0);
            count += open[count].file != -1;
        }
        error = count > 0 ? wait_for_any(open, ready, count) : 0;
        for (size_t i = count; i-- > 0;) {
            int over = settle(&open[i], ready[i].revents, error, out);

            if (over == -1)
                continue;
            first_error_note(&first, open[i].index, over);
            open[i] = open[--count];
        }
    }
    free(ready);
    free(open);
    return first.error ? fail(first.error) : 0;
    /* end of answer */
}
