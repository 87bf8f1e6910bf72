#include "tests/suites/11-blocking-io-visitors.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/clock.h"
#include "tests/watch/proc.h"
#include "tests/watch/quiet.h"

struct visitor visitors[VISITORS];

void visitor_leave(int file, bool cut)
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
static void send_much(int file)
{
    static char much[SERVER_MUCH + 1];

    memset(much, 'x', SERVER_MUCH);
    much[SERVER_MUCH] = '\n';
    send_text(file, much, sizeof much);
}

/* The same, byte by byte: each when the test's process has read the one before, and sleeps. */
static void trickle(const struct server *server, int file)
{
    struct proc_thread thread;

    for (int i = 0; i < SERVER_DROPS; i++) {
        clock_sleep(server->pause_ms * NS_PER_MS);
        while (proc_read_thread(server->client, server->client, &thread) == 0 &&
               thread.state != 'S')
            clock_sleep(NS_PER_MS / 5);
        if (!send_text(file, "x", 1))
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

enum manner visitor_manner(const struct server *server, int file)
{
    long number = strtol(visitors[file].text, NULL, 10);

    if (server->has_odd && number == server->odd)
        return server->odd_manner;
    return server->has_odd && number == server->odd + 3 ? server->second_manner : server->manner;
}

/* What it answers to this one, and how long that is. */
static size_t answer_of(const struct server *server, int file, char text[SERVER_TEXT + 2])
{
    size_t length;

    if (server->answer[0])
        snprintf(text, SERVER_TEXT + 2, "%s\n", server->answer);
    else
        snprintf(text, SERVER_TEXT + 2, "%ld\n",
                 server_number(strtol(visitors[file].text, NULL, 10)));
    length = strlen(text);
    for (size_t i = 0; i < length; i++)
        if (server->zero && text[i] == server->zero)
            text[i] = '\0';
    return length;
}

static void send_in_turns(const struct server *server)
{
    char text[SERVER_TEXT + 2];

    for (size_t at = 0; at < SERVER_TEXT; at++)
        for (int file = 0; file < VISITORS; file++)
            if (visitors[file].here && answer_of(server, file, text) > at) {
                quiet_wait_briefly(NULL);
                send_text(file, text + at, 1);
            }
    for (int file = 0; file < VISITORS; file++)
        if (visitors[file].here)
            visitor_leave(file, false);
}

void visitor_answer(struct server *server, int file)
{
    char text[SERVER_TEXT + 2];
    size_t length = answer_of(server, file, text);

    switch (visitor_manner(server, file)) {
    case MANNER_PIECES:
        send_pieces(file, text, length);
        break;
    case MANNER_TURNS:
        send_in_turns(server);
        return;
    case MANNER_RESTS:
        if (!atomic_load(&server->spun) && !quiet_wait(NULL))
            atomic_store(&server->spun, true);
        send_text(file, text, length);
        break;
    case MANNER_STAYS:
        visitors[file].done = true;
        send_text(file, text, length);
        return;
    case MANNER_CUT_BEHIND:
        quiet_wait(&server->may_cut);
        send_text(file, text, length);
        visitor_leave(file, true);
        atomic_fetch_add(&server->cuts, 1);
        return;
    case MANNER_HALF:
        send_text(file, text, length - 1);
        break;
    case MANNER_HALF_RESET:
    case MANNER_DIES:
        send_text(file, text, length - 1);
        quiet_wait_briefly(NULL);
        if (visitor_manner(server, file) == MANNER_DIES)
            _exit(EXIT_SUCCESS);
        visitor_leave(file, true);
        return;
    case MANNER_RESETS:
        visitor_leave(file, true);
        return;
    case MANNER_CLOSES:
        break;
    case MANNER_ENDLESS:
        send_much(file);
        break;
    case MANNER_TRICKLES:
        trickle(server, file);
        break;
    default:
        send_text(file, text, length);
    }
    visitor_leave(file, false);
}

void visitor_drop(int file)
{
    shutdown(file, SHUT_WR);
    quiet_wait_briefly(NULL);
    visitor_leave(file, true);
}
