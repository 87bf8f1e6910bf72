/* One request. */
#include "tests/suites/11-blocking-io.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/harness/census.h"
#include "tests/harness/faults.h"
#include "tests/harness/grader.h"
#include "tests/harness/wording.h"
#include "tests/suites/11-blocking-io-support.h"

enum { ROOM = 4096, LARGE = 3 << 20, LIMIT_MS = 40 };

/* A text of `length` characters, the last of them a newline. To be freed. */
static char *make_request(size_t length)
{
    char *text = malloc(length + 1);

    if (!text)
        grader_fail("The test itself went wrong: no memory.");
    for (size_t i = 0; i < length; i++)
        text[i] = (char)('a' + i % 23);
    text[length - 1] = '\n';
    text[length] = '\0';
    return text;
}

/* Asks with this request, and looks at the answer, and at what came to the server. */
static void check_answer(struct server *server, const char *look_at, const char *how,
                         const char *request, const char *expected)
{
    char answer[ROOM];
    unsigned long sum = 0;
    int length;

    for (const char *at = request; *at; at++)
        sum += (unsigned char)*at;
    memset(answer, '#', sizeof answer);
    length = blocking_fetch(look_at, how, server->port, request, answer, ROOM, AN_HOUR);
    expect_at(blocking_interrupted(errno, false, look_at), length != -1,
              "fetch %s should succeed, but it failed with errno %s.", how, error_name(errno));
    expect_at("send_some",
              atomic_load(&server->length) == strlen(request) && atomic_load(&server->sum) == sum,
              "fetch %s: all %zu bytes of the request should come to the server, as they are, but "
              "%zu came%s.",
              how, strlen(request), atomic_load(&server->length),
              atomic_load(&server->length) == strlen(request) ? ", and others" : "");
    expect_at("receive_some", memchr(answer, '\0', ROOM) && strcmp(answer, expected) == 0,
              "fetch %s: the server answers \"%s\" and a newline, and answer[] should be that text "
              "without the newline, but it begins \"%.40s\".",
              how, expected, answer);
    expect_at("receive_some", length == (int)strlen(expected),
              "fetch %s should return the answer's length, %zu, but it returned %d.", how,
              strlen(expected), length);
}

static void check_arguments(const struct server *server)
{
    char answer[16];
    int port = server->port;

    grader_refused("fetch with no request (NULL)", fetch(port, NULL, answer, 8, 1000), EINVAL);
    grader_refused("fetch with nowhere to store (NULL)", fetch(port, "1\n", NULL, 8, 1000), EINVAL);
    grader_refused("fetch into 0 bytes", fetch(port, "1\n", answer, 0, 1000), EINVAL);
    grader_refused("fetch from port 0", fetch(0, "1\n", answer, 8, 1000), EINVAL);
    grader_refused("fetch from port 65536", fetch(65536, "1\n", answer, 8, 1000), EINVAL);
    grader_refused("fetch from port 131071", fetch(65536 + 65535, "1\n", answer, 8, 1000), EINVAL);
    grader_refused("fetch from port -1", fetch(-1, "1\n", answer, 8, 1000), EINVAL);
    grader_refused("fetch with a limit of 0 ms", fetch(port, "1\n", answer, 8, 0), EINVAL);
    grader_refused("fetch with a limit of -5 ms", fetch(port, "1\n", answer, 8, -5), EINVAL);
    grader_refused("fetch with a limit of more than a day",
                   fetch(port, "1\n", answer, 8, FETCH_LONGEST_MS + 1L), EINVAL);
    grader_refused("fetch with a limit of more than a day", /* as an int: a second */
                   fetch(port, "1\n", answer, 8, (1L << 32) + 1000), EINVAL);
    expect(fetch(1, "1\n", answer, 8, 1000) != -1 || errno != EINVAL,
           "1 is the first of the good port numbers; fetch refused it with errno EINVAL.");
    expect(fetch(port, "1\n", answer, 8, 1) != -1 || errno != EINVAL,
           "A limit of 1 ms is a short one, but a good one; fetch refused it with errno EINVAL.");
    expect(fetch(65535, "1\n", answer, 8, 1000) != -1 || errno != EINVAL,
           "65535 is the last of the good port numbers; fetch refused it with errno EINVAL.");
    expect(fetch(port, "1\n", answer, 8, FETCH_LONGEST_MS) != -1,
           "fetch with a limit of FETCH_LONGEST_MS, a day, should succeed, but it failed with "
           "errno %s.",
           error_name(errno));
}

void test_blocking_fetch(void)
{
    struct server *server = blocking_begin_with("fetch");

    check_answer(server, "fetch", "of number 5", "5\n", "38");
    check_answer(server, "send_some", "with a request of two lines", "5\n6\n", "38");
    strcpy(server->answer, "a line of several words");
    check_answer(server, "fetch", "of several words", "what else\n", server->answer);
    strcpy(server->answer, "first\nsecond\n");
    check_answer(server, "fetch", "of a line, behind which comes more", "1\n", "first");
    strcpy(server->answer, "\nsecond");
    check_answer(server, "fetch", "of an empty line, behind which comes more", "1\n", "");
    server->manner = MANNER_STAYS;
    server->answer[0] = '\0';
    check_answer(server, "receive_some", "from a server that leaves the connection open", "4\n",
                 "31");
    server->manner = MANNER_ANSWERS;
    blocking_check_texts(server);
    check_arguments(server);
    blocking_check_zero(server, false);
    blocking_check_inherited();
    server_stop(server);
}

void test_blocking_short(void)
{
    struct server *server = blocking_begin_with("fetch");
    struct faults *faults = faults_reset();
    char *large = make_request(LARGE), *medium = make_request(3000);

    server->manner = MANNER_PIECES;
    check_answer(server, "receive_some", "of an answer that comes byte by byte", "5\n", "38");
    server->manner = MANNER_ANSWERS;
    check_answer(server, "send_some", "with a request of 3 MB", large, "3");
    for (int round = 0; round < 4; round++) {
        atomic_store(&faults->interrupt, true);
        check_answer(server, "fetch", "while signals interrupt its calls (EINTR)", "5\n", "38");
        atomic_store(&faults->short_io, true);
        atomic_store(&faults->interrupt, round % 2);
        strcpy(server->answer, "a line of several words");
        check_answer(server, "fetch", "while three bytes go at a time", medium, server->answer);
        atomic_store(&faults->short_io, false);
        server->answer[0] = '\0';
    }
    blocking_check_long(server);
    server_stop(server);
    free(large);
    free(medium);
}

/* A fetch that must fail with `error`. */
static void check_refused(const char *look_at, const char *what, int port, const char *request,
                          size_t size, long limit_ms, int error)
{
    char answer[ROOM + 1];
    struct grader_answer got;

    answer[size] = '#';
    got = grader_answer(blocking_fetch(look_at, what, port, request, answer, size, limit_ms));
    grader_expect_refused(wording("fetch %s", what), got, error);
    expect_at("receive_some", answer[size] == '#',
              "fetch %s wrote behind the end of answer[], which has %zu bytes.", what, size);
}

static volatile sig_atomic_t pipes_broken;

static void note_signal(int number)
{
    (void)number;
    pipes_broken = 1;
}

/* The server cuts the connection while the request is still being sent. */
static void check_signal(struct server *server)
{
    char *large = make_request(LARGE), answer[16];
    struct grader_answer got;
    sigset_t pending;

    signal(SIGPIPE, note_signal);
    server->manner = MANNER_DROPS;
    got = grader_answer(blocking_fetch(
        "send_some", "of 3 MB, of which the server reads a part and closes the connection",
        server->port, large, answer, sizeof answer, AN_HOUR));
    expect(!pipes_broken, "The server closed the connection while fetch was sending, and that "
                          "raised the signal SIGPIPE, which ends a program. Which flag of send(2) "
                          "prevents it?");
    expect(got.refused && (got.error == EPIPE || got.error == ECONNRESET),
           "The server closed the connection while fetch was sending: fetch should return -1 with "
           "errno %s, but it returned %s.",
           error_name(EPIPE), got.returned);
    sigpending(&pending);
    expect(!sigismember(&pending, SIGPIPE),
           "After fetch the signal SIGPIPE is still pending: sending raised it.");
    expect(signal(SIGPIPE, SIG_DFL) == note_signal,
           "The program had a handler for SIGPIPE before fetch, but not any more. Which flag of "
           "send(2) prevents the signal, and changes nothing else?");
    server->manner = MANNER_ANSWERS;
    free(large);
}

static void check_all_errors(struct server *server, struct faults *faults)
{
    struct census before;
    static const struct {
        enum manner manner;
        int error;
        const char *what;
    } cuts[] = {
        {MANNER_RESETS, ECONNRESET, "from a server that cuts the connection (RST)"},
        {MANNER_HALF, EPIPE, "from a server that closes the connection after half a line"},
        {MANNER_HALF_RESET, ECONNRESET, "from a server that cuts the connection after half a line"},
        {MANNER_DIES, EPIPE, "from a server that dies after half a line"},
        {MANNER_ENDLESS, EMSGSIZE, "into 4096 bytes from a server that sends 256 KB in one line"},
    };

    for (size_t i = 0; i < sizeof cuts / sizeof cuts[0]; i++) {
        server->manner = cuts[i].manner;
        check_refused("receive_some", cuts[i].what, server->port, "1\n", ROOM, AN_HOUR,
                      cuts[i].error);
        if (cuts[i].manner == MANNER_DIES)
            server_renew(server);
    }
    server->manner = MANNER_ANSWERS;
    strcpy(server->answer, "0123456789");
    check_refused("receive_some", "of 10 characters into 10 bytes, too few for the '\\0',",
                  server->port, "1\n", 10, AN_HOUR, EMSGSIZE);
    check_refused("start_connect", "from a port where nobody listens", server_nobody(), "1\n", ROOM,
                  AN_HOUR, ECONNREFUSED);
    atomic_store(&faults->socket_fails_at, 1);
    check_refused("start_connect", "without a descriptor for its socket (EMFILE)", server->port,
                  "1\n", ROOM, AN_HOUR, EMFILE);
    atomic_store(&faults->connect_error, EADDRNOTAVAIL);
    before = census_take();
    check_refused("start_connect", "whose connect fails at once (EADDRNOTAVAIL)", server->port,
                  "1\n", ROOM, AN_HOUR, EADDRNOTAVAIL);
    grader_doing("start_connect", "fetch");
    grader_did();
    census_expect_same(before, census_take(), "fetch, whose connect fails at once,", 1);
    server->answer[0] = '\0';
}

void test_blocking_errors(void)
{
    struct server *server = blocking_begin_with("fetch");
    struct faults *faults = faults_reset();
    struct census before = census_take();

    for (int round = 0; round < 3; round++)
        check_all_errors(server, faults);
    blocking_check_closed(server);
    blocking_check_poll_fails(server, false);
    blocking_check_cut_behind(server, false);
    check_signal(server);
    blocking_check_signals(server);
    grader_doing("fetch", "fetch");
    grader_did();
    census_expect_same(before, census_take(), "fetch, some that fail,", 31);
    server_stop(server);
}

/* Asks somebody who listens and does nothing else. */
static void check_deaf(bool full, const char *look_at, const char *what, const char *request)
{
    int files[8], port;

    server_deaf(full, &port, files);
    check_refused(look_at, what, port, request, ROOM, LIMIT_MS, ETIMEDOUT);
    for (int i = 0; i < 8; i++)
        if (files[i] != -1)
            close(files[i]);
}

void test_blocking_limit(void)
{
    struct server *server = blocking_begin_with("fetch");
    struct faults *faults = faults_reset();
    char *large = make_request(16 << 20);
    struct census before = census_take();

    blocking_check_rings(server);
    blocking_check_rest(server);
    server->manner = MANNER_SILENT;
    check_refused("wait_for", "with a limit of 40 ms from a server that never answers",
                  server->port, "1\n", ROOM, LIMIT_MS, ETIMEDOUT);
    check_deaf(true, "fetch", "with a limit of 40 ms from a server that lets nobody connect",
               "1\n");
    atomic_store(&faults->interrupt, true);
    check_deaf(true, "fetch",
               "with a limit of 40 ms from a server that lets nobody connect, while signals "
               "interrupt its calls (EINTR)",
               "1\n");
    faults_reset();
    check_deaf(false, "fetch", "of 16 MB, with a limit of 40 ms, to a server that never reads",
               large);
    server->manner = MANNER_TRICKLES;
    server->pause_ms = 2;
    check_refused("wait_for",
                  "with a limit of 400 ms in all, from a server that sends a byte now and then",
                  server->port, "1\n", ROOM, 400, ETIMEDOUT);
    grader_doing("fetch", "fetch");
    grader_did();
    census_expect_same(before, census_take(), "fetch, whose time is over,", 5);
    blocking_check_late_wait(server);
    blocking_check_broken_wait(server, false);
    blocking_check_early(server, false);
    server_stop(server);
    free(large);
}
