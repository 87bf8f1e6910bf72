#include "tests/suites/11-blocking-io-server.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/clock.h"
#include "tests/watch/quiet.h"

enum { VISITORS = 512, IDLE_MS = 40, SILENT_MS = 400 };

/* Of the server's process. */
static struct visitor {
    bool here, waits; /* its request has come, and not its answer */
    bool done;        /* answered, and still here */
    char text[64];    /* how that begins */
    size_t length;
    unsigned long sum;
} visitors[VISITORS]; /* by the number of their sockets */

static int door = -1, epoll = -1;

static void leave(int file, bool cut)
{
    struct linger at_once = {.l_onoff = 1, .l_linger = 0};

    if (cut)
        setsockopt(file, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    visitors[file].here = false;
    close(file);
}

/* Sends all of it. Returns false if the visitor has gone. */
static bool send_text(int file, const char *text, size_t length)
{
    while (length > 0) {
        ssize_t sent = send(file, text, length, MSG_NOSIGNAL);

        if (sent == -1 && errno != EINTR)
            return false;
        text += sent > 0 ? sent : 0;
        length -= sent > 0 ? (size_t)sent : 0;
    }
    return true;
}

/* Many bytes and then, at last, a newline: an answer that somebody may take for one. */
static void send_much(int file, size_t count, bool slowly)
{
    static char much[4096];

    memset(much, 'x', sizeof much);
    for (size_t sent = 0, part = slowly ? 1 : sizeof much; sent < count; sent += part) {
        if (slowly)
            clock_sleep(2 * NS_PER_MS);
        if (slowly)
            quiet_wait_briefly(NULL);
        if (!send_text(file, much, part))
            return;
    }
    send_text(file, "\n", 1);
}

static void send_pieces(int file, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        quiet_wait_briefly(NULL);
        send_text(file, text + i, 1);
    }
}

static enum manner manner_for(const struct server *server, int file)
{
    long number = strtol(visitors[file].text, NULL, 10);

    if (server->has_odd && number == server->odd)
        return server->odd_manner;
    return server->has_odd && number == server->odd + 3 ? server->second_manner : server->manner;
}

static void answer(struct server *server, int file)
{
    char text[SERVER_TEXT + 2];
    size_t length;

    if (server->answer[0])
        snprintf(text, sizeof text, "%s\n", server->answer);
    else
        snprintf(text, sizeof text, "%ld\n", server_number(strtol(visitors[file].text, NULL, 10)));
    length = strlen(text);
    switch (manner_for(server, file)) {
    case MANNER_PIECES:
        send_pieces(file, text, length);
        break;
    case MANNER_STAYS:
        visitors[file].done = true;
        send_text(file, text, length);
        return;
    case MANNER_HALF:
        send_text(file, text, length - 1);
        break;
    case MANNER_HALF_RESET:
    case MANNER_DIES:
        send_text(file, text, length - 1);
        quiet_wait_briefly(NULL);
        if (manner_for(server, file) == MANNER_DIES)
            _exit(EXIT_SUCCESS);
        leave(file, true);
        return;
    case MANNER_RESETS:
        leave(file, true);
        return;
    case MANNER_ENDLESS:
        send_much(file, SERVER_MUCH, false);
        break;
    case MANNER_TRICKLES:
        send_much(file, SERVER_DROPS, true);
        break;
    default:
        send_text(file, text, length);
    }
    leave(file, false);
}

static void raise_to(atomic_int *most, int now)
{
    if (now > atomic_load(most))
        atomic_store(most, now);
}

/* Waits until the lock is free, or everybody has gone to sleep for good. */
static void wait_for_lock(struct server *server)
{
    if (!server->watch_lock || atomic_load(&server->lock_free))
        return;
    clock_sleep(5 * NS_PER_MS);
    if (!atomic_load(&server->lock_free) && quiet_wait_hopeless(&server->lock_free))
        atomic_store(&server->lock_kept, true);
}

/* Ends its side of the connection, and then cuts all of it: whoever sends now gets EPIPE. */
static void drop(int file)
{
    shutdown(file, SHUT_WR);
    quiet_wait_briefly(NULL);
    leave(file, true);
}

static void note_request(struct server *server, struct visitor *visitor)
{
    visitor->waits = true;
    atomic_store(&server->length, visitor->length);
    atomic_store(&server->sum, visitor->sum);
    atomic_fetch_add(&server->requests, 1);
    raise_to(&server->most_waiting, atomic_fetch_add(&server->waiting, 1) + 1);
}

/* Reads what a visitor has sent. */
static void listen_to(struct server *server, int file)
{
    struct visitor *visitor = &visitors[file];
    char text[65536];
    ssize_t count;

    wait_for_lock(server);
    count = recv(file, text, sizeof text, MSG_DONTWAIT);
    if (count == -1 && (errno == EAGAIN || errno == EINTR))
        return;
    if (count <= 0) {
        if (visitor->waits)
            atomic_fetch_sub(&server->waiting, 1);
        visitor->waits = false;
        leave(file, false);
        return;
    }
    for (ssize_t i = 0; i < count; i++) {
        if (visitor->length + 1 < sizeof visitor->text)
            visitor->text[visitor->length] = text[i];
        visitor->length++;
        visitor->sum += (unsigned char)text[i];
    }
    if (server->manner == MANNER_DROPS)
        drop(file);
    if (visitor->here && !visitor->waits && !visitor->done && memchr(text, '\n', (size_t)count))
        note_request(server, visitor);
}

static bool may_answer(const struct server *server, int file)
{
    bool odd = server->has_odd && strtol(visitors[file].text, NULL, 10) == server->odd;

    if (atomic_load(&server->stuck))
        return true;
    if (manner_for(server, file) == MANNER_SILENT)
        return false;
    if (odd && server->odd_last && atomic_load(&server->answered) < server->total - 1)
        return false;
    return atomic_load(&server->most_waiting) >= server->hold;
}

/* Answers all that need not wait. Returns how long to be patient with what has not come: -1 is for
 * ever. */
static int answer_all(struct server *server)
{
    int patience = -1;

    for (int file = 0; file < VISITORS; file++) {
        if (!visitors[file].here || visitors[file].done)
            continue;
        if (!visitors[file].waits) {
            patience = patience == IDLE_MS ? IDLE_MS : SILENT_MS;
            continue;
        }
        wait_for_lock(server);
        if (may_answer(server, file)) {
            visitors[file].waits = false;
            atomic_fetch_sub(&server->waiting, 1);
            atomic_fetch_add(&server->answered, 1);
            answer(server, file);
        } else if (manner_for(server, file) != MANNER_SILENT) {
            patience = IDLE_MS;
        } else if (patience == -1) {
            patience = SILENT_MS;
        }
    }
    return patience;
}

/* Nobody has come for a moment. Is it for good? Then everybody gets an answer, also who has sent no
 * whole request: so the test sees what is wrong, and does not hang. */
static void look_around(struct server *server)
{
    struct epoll_event event;

    if (server->hold_briefly)
        quiet_wait(NULL);
    else
        quiet_wait_hopeless(NULL);
    if (epoll_wait(epoll, &event, 1, 0) == 0)
        atomic_store(&server->stuck, true);
    for (int file = 0; file < VISITORS && atomic_load(&server->stuck); file++)
        if (visitors[file].here && !visitors[file].waits && !visitors[file].done)
            note_request(server, &visitors[file]);
}

static void let_in(void)
{
    int file = accept4(door, NULL, NULL, SOCK_CLOEXEC);
    struct epoll_event event = {.events = EPOLLIN, .data.fd = file};

    if (file == -1)
        return;
    if (file >= VISITORS) {
        close(file);
        return;
    }
    visitors[file] = (struct visitor){.here = true};
    epoll_ctl(epoll, EPOLL_CTL_ADD, file, &event);
}

_Noreturn void server_serve(struct server *server, int listening)
{
    struct epoll_event event = {.events = EPOLLIN, .data.fd = listening}, events[64];

    door = listening;
    epoll = epoll_create1(EPOLL_CLOEXEC);
    epoll_ctl(epoll, EPOLL_CTL_ADD, door, &event);
    for (int patience = -1;;) {
        int count = epoll_wait(epoll, events, 64, patience), answered;

        if (count == 0)
            look_around(server);
        for (int i = 0; i < count; i++) {
            if (events[i].data.fd == door)
                let_in();
            else
                listen_to(server, events[i].data.fd);
        }
        do {
            answered = atomic_load(&server->answered);
            patience = answer_all(server);
        } while (atomic_load(&server->answered) > answered);
    }
}
