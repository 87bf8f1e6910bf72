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
    return fail(ENOSYS);
}

/* Waits until the socket can be written to (POLLOUT) or read from (POLLIN). Returns 0, or -1 with
 * errno; ETIMEDOUT if the deadline is over. */
static int wait_for(int file, short events, int64_t deadline)
{
    /* TODO(2): poll(2), for no longer than ms_until(deadline). EINTR: again, with what is left. */
    return fail(ENOSYS);
}

/* Sends what the socket takes now of the rest of a text, behind its first *sent characters, and
 * counts it. Returns 1 if all is sent, 0 if the socket takes no more now, or -1 with errno. */
static int send_some(int file, const char *text, size_t *sent)
{
    /* TODO(3): send(2) with MSG_NOSIGNAL until all is sent, or it fails: EAGAIN means that no more
     * goes now. EINTR: try again at once. */
    return fail(ENOSYS);
}

/* Reads what is there into answer[*got..size) and moves *got behind it. Returns 1 if the newline
 * has come: it is a '\0' now, and *got its place. Returns 0 if there is no more now, or -1 with
 * errno. */
static int receive_some(int file, char answer[], size_t size, size_t *got)
{
    /* TODO(4): recv(2) until the newline is there (memchr(3)). EMSGSIZE: no room is left. EPIPE:
     * recv returned 0. EAGAIN and EINTR are as in send_some. */
    return fail(ENOSYS);
}

int fetch(int port, const char *request, char answer[], size_t size, long limit_ms)
{
    int64_t begin = clock_wall();

    /* TODO(5): Refuse bad arguments. Then, between interp_blocking_begin and _end: start_connect,
     * wait until the socket can be written to, end_connect; send_some until all is sent, and
     * receive_some until all is there, each time with a wait if it says 0. Close the socket. */
    return fail(ENOSYS);
}

int fetch_task(long in, long *out)
{
    struct fetch_plan plan = fetch_get_plan();

    /* TODO(6): Write the request into a text (snprintf(3)), fetch, and fetch_use_answer. Arrays of
     * FETCH_DIGITS + 1 hold either text. Where is the lock needed, and where not? */
    return ENOSYS;
}

int fetch_all_tasks(const long in[], long out[], size_t n, int most)
{
    struct first_error first = {.index = n};

    /* TODO(7): Refuse bad arguments. In a parallel region of min(n, most) threads, one thread
     * (single) makes a task for each number, in a taskgroup. A task attaches, runs fetch_task, and
     * detaches; then it notes its error (first_error_note), in a critical construct. */
    return fail(ENOSYS);
}

/* Goes on with an exchange whose socket is ready, as far as it gets without waiting. Returns 1 if
 * the answer is there, 0 if it must wait again, or -1 with errno. */
static int advance(struct exchange *x)
{
    /* TODO(8): Where is it? Not yet connected: end_connect. Then send_some; and when all is sent,
     * receive_some. */
    return fail(ENOSYS);
}

/* Waits until one of the sockets is ready or a deadline is over: what poll says is then in ready[].
 * Returns 0, or an errno. */
static int wait_for_any(const struct exchange open[], struct pollfd ready[], size_t count)
{
    /* TODO(9): One poll(2) for all of them, until the first of the deadlines. It is the only place
     * where the loop waits, so it stands between interp_blocking_begin and _end. EINTR is no error:
     * nothing is ready then (revents is 0). */
    return ENOSYS;
}

/* Works on an exchange after a wait; `error` is that of the wait, or 0. Returns -1 if the exchange
 * must wait again. Otherwise its socket is closed: returns 0 and has stored the result, or an errno
 * if it failed. */
static int settle(struct exchange *x, short revents, int error, long out[])
{
    /* TODO(10): Its time is over: ETIMEDOUT. Or it is ready (revents is not 0): advance, and when
     * the answer is there, fetch_use_answer. */
    return ENOSYS;
}

int fetch_all_polled(const long in[], long out[], size_t n, int most)
{
    struct first_error first = {.index = n};

    /* TODO(11): Refuse bad arguments. Allocate min(n, most) exchanges and pollfds. Until all is
     * done: begin requests (exchange_init) while there is room, but none after an error;
     * wait_for_any; settle each. The last one takes the place of one that is over. */
    return fail(ENOSYS);
}
