/* What is seldom met: a test makes it happen, in the calls between an answer and the system. */
#include <errno.h>
#include <string.h>

#include "tests/harness/faults.h"
#include "tests/harness/grader.h"
#include "tests/harness/wording.h"
#include "tests/suites/11-blocking-io-support.h"
#include "tests/watch/quiet.h"

static const struct blocking_way *const polled = &blocking_ways[1];

/* Asks for number 1 alone, by fetch or by the loop. Must succeed. */
static void ask_once(const struct server *server, bool loop, const char *how)
{
    char answer[16];
    int length;

    if (loop) {
        blocking_expect(polled, "wait_for_any", 1, 1);
        return;
    }
    length = blocking_fetch("wait_for", how, server->port, "1\n", answer, sizeof answer, AN_HOUR);
    expect(length != -1, "fetch %s should succeed, but it failed with errno %s.", how,
           error_name(errno));
}

/* The first wait is interrupted when some of its time is over. (Who does not wait by poll, with an
 * end, is not tried: see blocking_check_rings.) */
void blocking_check_broken_wait(struct server *server, bool loop)
{
    enum { BROKEN_MS = 50 };
    struct faults *faults = faults_reset();

    server_reset(server);
    atomic_store(&faults->wait_broken_ms, BROKEN_MS);
    ask_once(server, loop, "while signals interrupt its calls (EINTR)");
    expect(!atomic_load(&faults->late) ||
               atomic_load(&faults->longest_wait_ms) <= AN_HOUR - BROKEN_MS + 1,
           "%s, with a limit of %d ms: a wait was interrupted (EINTR) after %d ms, and then there "
           "was a wait for another %d ms. After EINTR it should wait for what is left of its time, "
           "and not for all of it.",
           loop ? polled->name : "fetch", AN_HOUR, BROKEN_MS,
           atomic_load(&faults->longest_wait_ms));
    faults_reset();
    server_reset(server);
}

/* ---- what has come before somebody waits -------------------------------------------------- */

static struct server *asked;
static bool sent;

static void note_send(const char *call)
{
    if (strcmp(call, "send") == 0)
        sent = true;
}

/* Once the whole request is with the server, a wait begins when that has cut the connection. */
static void wait_for_cut(void)
{
    if (!sent)
        return;
    quiet_wait(&asked->requests);
    if (atomic_load(&asked->requests) == 0)
        return;
    atomic_store(&asked->may_cut, 1);
    quiet_wait(&asked->cuts);
}

/* The answer and the end of the connection are there before somebody waits for them. */
void blocking_check_cut_behind(struct server *server, bool loop)
{
    enum { TRIES = 3 };

    asked = server;
    for (int try = 0; try < TRIES; try++) {
        struct faults *faults = faults_reset();

        server_reset(server);
        server->manner = MANNER_CUT_BEHIND;
        sent = false;
        faults->at_socket = note_send;
        faults->at_wait = wait_for_cut;
        ask_once(server, loop, "from a server that answers and then cuts the connection (RST)");
        if (!atomic_load(&server->may_cut)) /* who does not wait by poll is not tried */
            break;
    }
    faults_reset();
    server_reset(server);
}

static void let_all_come(void)
{
    quiet_wait(NULL);
}

/* Two of four fail, and both have come when the loop looks. */
void blocking_check_same_turn(struct server *server)
{
    static const struct {
        enum manner first, second;
        int error;
    } pairs[] = {{MANNER_RESETS, MANNER_HALF, ECONNRESET}, {MANNER_HALF, MANNER_RESETS, EPIPE}};

    for (int i = 0; i < 2; i++) {
        server_reset(server);
        server->has_odd = true;
        server->odd = 1;
        server->odd_manner = pairs[i].first;
        server->second_manner = pairs[i].second;
        server->hold = 4;
        server->calm = true;
        faults_reset()->at_wait = let_all_come;
        blocking_refused(polled, NULL,
                         "Numbers 1 and 4 fail at the same time, and the error of the one that is "
                         "first in order counts",
                         4, 4, pairs[i].error);
    }
    faults_reset();
    server_reset(server);
}

/* ---- no socket ---------------------------------------------------------------------------- */

/* `least`: how many come to the server at least. */
static void check_socket_fails(struct server *server, int call, size_t n, int least, int error)
{
    atomic_store(&faults_reset()->socket_fails_at, call);
    blocking_refused(polled, NULL, wording("Call number %d of socket fails", call), n, (int)n,
                     error);
    expect(atomic_load(&server->requests) >= least && atomic_load(&server->requests) < call,
           "fetch_all_polled of %s: call number %d of socket failed. All before that one should be "
           "asked for, but %s came to the server.",
           plural((long)n, "number"), call, plural(atomic_load(&server->requests), "request"));
    server_reset(server);
}

/* One of those that begin together has no socket. Those before it are done, and may fail: what
 * comes after the first that does need not be asked for. */
void blocking_check_no_socket(struct server *server)
{
    server_reset(server);
    check_socket_fails(server, 1, 1, 0, EMFILE);
    check_socket_fails(server, 5, 5, 4, EMFILE);
    server->has_odd = true;
    server->odd = 1;
    server->odd_manner = MANNER_RESETS;
    check_socket_fails(server, 3, 5, 1, ECONNRESET);
    faults_reset();
}
