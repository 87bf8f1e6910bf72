#include "tests/suites/11-blocking-io-visitors.h"

#include <errno.h>
#include <string.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/clock.h"
#include "tests/watch/quiet.h"

enum { IDLE_MS = 40, SILENT_MS = 400 };

static int door = -1, epoll = -1;

static void raise_to(atomic_int *most, int now)
{
    if (now > atomic_load(most))
        atomic_store(most, now);
}

/* Waits until the lock is free, or everybody has gone to sleep for good. */
static void wait_for_lock(struct server *server)
{
    if (!server->watch_lock || atomic_load(&server->lock_kept) || atomic_load(&server->lock_free))
        return;
    clock_sleep(5 * NS_PER_MS);
    if (!atomic_load(&server->lock_free) && quiet_wait_hopeless(&server->lock_free))
        atomic_store(&server->lock_kept, true);
}

static void note_request(struct server *server, struct visitor *visitor)
{
    visitor->waits = true;
    atomic_store(&server->length, visitor->length);
    atomic_store(&server->sum, visitor->sum);
    atomic_fetch_add(&server->requests, 1);
    raise_to(&server->most_waiting, atomic_fetch_add(&server->waiting, 1) + 1);
    if (server->calm && atomic_load(&server->waiting) == server->hold)
        quiet_wait_briefly(NULL);
}

/* A request that has no end. */
static void note_ragged(struct server *server, struct visitor *visitor)
{
    if (visitor->length > 0)
        atomic_store(&server->ragged, true);
    note_request(server, visitor);
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
        visitor_leave(file, false);
        return;
    }
    for (ssize_t i = 0; i < count; i++) {
        if (visitor->length + 1 < sizeof visitor->text)
            visitor->text[visitor->length] = text[i];
        visitor->length++;
        visitor->sum += (unsigned char)text[i];
    }
    if (server->manner == MANNER_DROPS)
        visitor_drop(file);
    if (!visitor->here || visitor->waits || visitor->done)
        return;
    if (memchr(text, '\n', (size_t)count))
        note_request(server, visitor);
    else if (atomic_load(&server->ragged))
        note_ragged(server, visitor);
}

static bool may_answer(const struct server *server, int file)
{
    bool last = server->last && strtol(visitors[file].text, NULL, 10) == server->last;

    if (atomic_load(&server->stuck))
        return true;
    if (visitor_manner(server, file) == MANNER_SILENT)
        return false;
    if (last && atomic_load(&server->answered) < server->total - 1)
        return false;
    if (server->held && strtol(visitors[file].text, NULL, 10) == server->held &&
        atomic_load(&server->answered) < server->held_until)
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
            visitor_answer(server, file);
            if (server->last) /* one after the other */
                quiet_wait_briefly(NULL);
        } else if (visitor_manner(server, file) != MANNER_SILENT) {
            patience = IDLE_MS;
        } else if (patience == -1) {
            patience = SILENT_MS;
        }
    }
    return patience;
}

/* Nobody has come for a moment. Is it for good? Then everybody gets an answer, also who has sent no
 * whole request: so the test sees what is wrong, and does not hang. Who comes meanwhile is served
 * at once: on a slow machine it is a long way from one to the next. */
static void look_around(struct server *server)
{
    struct epoll_event event;

    if (server->hold_briefly)
        quiet_wait(NULL);
    else
        quiet_wait_hopeless_unless(epoll);
    if (epoll_wait(epoll, &event, 1, 0) == 0)
        atomic_store(&server->stuck, true);
    for (int file = 0; file < VISITORS && atomic_load(&server->stuck); file++)
        if (visitors[file].here && !visitors[file].waits && !visitors[file].done)
            note_ragged(server, &visitors[file]);
}

static void let_in(struct server *server)
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
    if (server->greets)
        note_request(server, &visitors[file]);
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
                let_in(server);
            else
                listen_to(server, events[i].data.fd);
        }
        do {
            answered = atomic_load(&server->answered);
            patience = answer_all(server);
        } while (atomic_load(&server->answered) > answered);
    }
}
