/* A task, and the lock around it. */
#include "tests/suites/11-blocking-io.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/interp.h"
#include "tests/harness/faults.h"
#include "tests/harness/grader.h"
#include "tests/harness/wording.h"
#include "tests/suites/11-blocking-io-support.h"

enum { ROOM = 100, LIMIT_MS = 40, LARGE = 3 << 20 };

static void expect_held(const char *what)
{
    expect(probe_held(),
           "The thread that called fetch held the installed lock, and should have it again "
           "afterwards, but it does not: %s.",
           what);
}

/* The server reads and answers when the lock is free. */
static void check_waits(struct server *server)
{
    char answer[ROOM], *large = malloc(LARGE + 1);
    int length;

    server->watch_lock = true;
    length = blocking_fetch("fetch", "under a lock", server->port, "5\n", answer, ROOM, AN_HOUR);
    expect(!atomic_load(&server->lock_kept),
           "While fetch waited for the server, its thread kept the installed lock, and nobody else "
           "could compute. interp_blocking_begin comes before the first call that waits, and "
           "interp_blocking_end after the last.");
    expect(length == 2, "fetch under a lock should return 2, but it returned %d.", length);
    expect_held("after an answer");
    if (!large)
        grader_fail("The test itself went wrong: no memory.");
    memset(large, 'x', LARGE);
    memcpy(large + LARGE - 1, "\n", 2);
    blocking_fetch("fetch", "of 3 MB under a lock", server->port, large, answer, ROOM, AN_HOUR);
    expect(!atomic_load(&server->lock_kept),
           "While fetch waited for the server to take the rest of a long request, its thread kept "
           "the installed lock.");
    expect_held("after a long request");
    server->watch_lock = false;
    free(large);
}

/* A server that lets nobody connect: connect waits. */
static void check_connect(struct probe *probe)
{
    int files[8], port, before = atomic_load(&probe->releases);
    char answer[ROOM];

    server_deaf(true, &port, files);
    blocking_fetch("fetch", "under a lock from a server that lets nobody connect", port, "1\n",
                   answer, ROOM, LIMIT_MS);
    for (int i = 0; i < 8; i++)
        close(files[i]);
    expect(atomic_load(&probe->releases) > before,
           "While fetch waited for its connection, its thread kept the installed lock.");
    expect_held("after a connection that did not come to be");
}

/* Whatever goes wrong, the lock is there again. */
static void check_errors(struct server *server)
{
    struct faults *faults = faults_reset();
    char answer[ROOM];

    server->manner = MANNER_RESETS;
    blocking_fetch("fetch", "under a lock from a server that cuts the connection", server->port,
                   "1\n", answer, ROOM, AN_HOUR);
    expect_held("after a connection that was cut");
    server->manner = MANNER_ANSWERS;
    blocking_fetch("fetch", "under a lock from a port where nobody listens", server_nobody(), "1\n",
                   answer, ROOM, AN_HOUR);
    expect_held("after a connection that was refused");
    atomic_store(&faults->socket_fails_at, 1);
    blocking_fetch("fetch", "under a lock, without a descriptor", server->port, "1\n", answer, ROOM,
                   AN_HOUR);
    expect_held("after a call without a descriptor (EMFILE)");
    blocking_fetch("fetch", "under a lock, with a limit of 0 ms", server->port, "1\n", answer, ROOM,
                   0);
    expect_held("after a bad argument (EINVAL)");
    server->watch_lock = true;
    blocking_fetch("fetch", "under a lock, after some that failed,", server->port, "1\n", answer,
                   ROOM, AN_HOUR);
    expect(!atomic_load(&server->lock_kept),
           "While fetch waited for the server, after some calls that failed, its thread kept the "
           "installed lock. A path that has not called interp_blocking_begin must not come to "
           "interp_blocking_end.");
    server->watch_lock = false;
}

void test_blocking_lock(void)
{
    struct server *server = blocking_begin_with("fetch");
    struct probe *probe = probe_install(server);
    char answer[ROOM];

    interp_attach();
    check_waits(server);
    check_connect(probe);
    check_errors(server);
    interp_detach();
    blocking_fetch("fetch", "by a thread without the lock", server->port, "1\n", answer, ROOM,
                   AN_HOUR);
    expect(!probe_held(), "A thread that did not hold the installed lock has it after a fetch.");
    probe_uninstall(probe);
    server_stop(server);
}

static int run_task(const char *look_at, const char *how, long in, long *out)
{
    return grader_call(fetch_task(in, out), look_at, "fetch_task %s", how);
}

static void check_number(struct server *server, long in, const char *answer, long expected)
{
    long out = -1;
    const char *how = wording("of %ld, answered \"%s\"", in, answer);
    size_t length = (size_t)snprintf(NULL, 0, "%ld\n", in);
    int error;

    snprintf(server->answer, sizeof server->answer, "%s", answer);
    error = run_task("fetch_task", how, in, &out);
    expect(error == 0, "fetch_task %s should succeed, but it returned %s.", how,
           error_name(error < 0 ? errno : error));
    expect(atomic_load(&server->length) == length,
           "fetch_task %s: the request should be the number and a newline, %zu bytes, but the "
           "server got %zu.",
           how, length, atomic_load(&server->length));
    expect(out == expected, "fetch_task %s in 0 rounds: *out should be %ld, but it is %ld.", how,
           expected, out);
}

static void check_error(const char *what, long in, int error)
{
    long out;
    int returned = run_task("fetch_task", what, in, &out);

    expect(returned == error, "fetch_task %s should return %s, but it returned %s.", what,
           error_name(error),
           returned > 0    ? error_name(returned)
           : returned == 0 ? "0"
                           : wording("%d: a task returns its error, a positive errno", returned));
}

static void check_bad_answers(struct server *server)
{
    static const char *const bad[] = {"12x", "x",   "-",   "\n",
                                      " 12", "+12", "1 2", "9223372036854775808"};

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        strcpy(server->answer, bad[i]);
        check_error(wording("whose answer is \"%s\"", *bad[i] == '\n' ? "" : bad[i]), 1, EBADMSG);
    }
    strcpy(server->answer, "12@x");
    server->zero = '@';
    check_error("whose answer is 12 and then a '\\0' and an x", 1, EBADMSG);
    server->zero = '\0';
    strcpy(server->answer, "0000000000000000000000000000012");
    check_error("whose answer has 31 digits", 1, EMSGSIZE);
    server->answer[0] = '\0';
    server->manner = MANNER_RESETS;
    check_error("whose server cuts the connection", 1, ECONNRESET);
    server->manner = MANNER_SILENT;
    blocking_plan(server, LIMIT_MS, 0);
    check_error("whose server never answers, by a plan with a limit of 40 ms,", 1, ETIMEDOUT);
    server->manner = MANNER_ANSWERS;
}

/* Whoever computes holds the lock, and whoever waits does not. */
static void check_lock(struct server *server)
{
    enum { ROUNDS = 300 };
    long out = -1, expected = fetch_compute(server_number(1), ROUNDS);
    struct probe *probe = probe_install(server);
    int before, error;

    blocking_plan(server, AN_HOUR, ROUNDS);
    interp_attach();
    server->watch_lock = true;
    before = atomic_load(&probe->releases);
    error = run_task("fetch_task", "under a lock", 1, &out);
    expect_at("fetch", !atomic_load(&server->lock_kept),
              "While fetch_task waited for the server, its thread kept the installed lock.");
    expect(error == 0 && out == expected,
           "fetch_task in 300 rounds should store %ld, but it stored %ld, and returned %d.",
           expected, out, error);
    expect(atomic_load(&probe->strangers) == 0 && atomic_load(&probe->releases) - before >= ROUNDS,
           "fetch_task computed without the installed lock. It is given up only while a thread "
           "waits, in fetch.");
    expect(probe_held(), "After fetch_task its thread does not have the lock any more.");
    interp_detach();
    server->watch_lock = false;
    probe_uninstall(probe);
}

void test_blocking_task(void)
{
    struct server *server = blocking_begin_with("fetch_task");

    check_number(server, 5, "38", 38);
    check_number(server, -12, "-81", -81);
    check_number(server, LONG_MIN, "-9223372036854775808", LONG_MIN);
    check_number(server, LONG_MAX, "9223372036854775807", LONG_MAX);
    check_number(server, 1, "000000000000000000000000000012", 12);
    check_bad_answers(server);
    check_lock(server);
    server_stop(server);
}
