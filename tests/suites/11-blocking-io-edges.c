/* What is seldom met: odd texts, a caller's signals, an answer that is looked at too late, and no
 * descriptor at all. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/interp.h"
#include "tests/harness/census.h"
#include "tests/harness/faults.h"
#include "tests/harness/grader.h"
#include "tests/harness/wording.h"
#include "tests/suites/11-blocking-io-support.h"

/* Stores an answer where it just fits. */
static void check_room(struct server *server)
{
    static const char text[] = "0123456789";
    char answer[16];
    int length;

    strcpy(server->answer, text);
    memset(answer, '#', sizeof answer);
    length = blocking_fetch("receive_some", "of an answer of 10 characters into 11 bytes",
                            server->port, "1\n", answer, 11, AN_HOUR);
    expect(length == 10 && strcmp(answer, text) == 0,
           "An answer of 10 characters fits into 11 bytes, with its '\\0', but fetch returned %d.",
           length);
    expect(memcmp(answer + 11, "#####", 5) == 0,
           "fetch wrote behind the end of answer[], which has 11 bytes.");
    strcpy(server->answer, "\n");
    length = blocking_fetch("receive_some", "of \"\"", server->port, "1\n", answer, 1, AN_HOUR);
    expect_at(errno == EINVAL ? "fetch" : "receive_some", length == 0 && answer[0] == '\0',
              "An empty line fits into 1 byte, but fetch returned %d.", length);
}

/* The server's answer goes into `size` bytes; `text` must be there. */
static void check_text(struct server *server, const char *how, size_t size, const char *text,
                       int length)
{
    char answer[64];
    int got;

    memset(answer, '#', sizeof answer);
    got = blocking_fetch("receive_some", how, server->port, "1\n", answer, size, AN_HOUR);
    expect(got == length, "fetch %s should return %d, but it returned %d%s.", how, length, got,
           got == -1 ? wording(" with errno %s", error_name(errno)) : "");
    expect(memcmp(answer, text, (size_t)length) == 0 && answer[length] == '\0',
           "fetch %s: answer[] should be what came before the newline, as it is, and a '\\0'.",
           how);
}

/* There is nothing to send, and an answer comes. */
static void check_no_request(struct server *server)
{
    char answer[16];
    int length;

    strcpy(server->answer, "hello");
    server->greets = true;
    length = blocking_fetch("send_some", "with an empty request", server->port, "", answer,
                            sizeof answer, AN_HOUR);
    expect_at(errno == EINVAL ? "fetch" : "send_some", length == 5 && strcmp(answer, "hello") == 0,
              "fetch with an empty request (\"\") from a server that answers whoever comes should "
              "bring its answer, of 5 characters, but it returned %d%s.",
              length, length == -1 ? wording(" with errno %s", error_name(errno)) : "");
    server->greets = false;
}

/* An answer that is longer than any buffer that somebody may think large enough. */
void blocking_check_long(struct server *server)
{
    enum { ROOM = SERVER_MUCH + 100 };
    char *answer = malloc(ROOM);
    int length;

    if (!answer)
        grader_fail("The test itself went wrong: no memory.");
    server->manner = MANNER_ENDLESS;
    length = blocking_fetch("receive_some", "of a line of 256 KB, for which there is room,",
                            server->port, "1\n", answer, ROOM, AN_HOUR);
    expect(length == SERVER_MUCH && strlen(answer) == SERVER_MUCH,
           "fetch of a line of %d bytes into %d should return its length, but it returned %d%s.",
           SERVER_MUCH, ROOM, length,
           length == -1 ? wording(" with errno %s", error_name(errno)) : "");
    server->manner = MANNER_ANSWERS;
    free(answer);
}

void blocking_check_texts(struct server *server)
{
    check_room(server);
    strcpy(server->answer, "12\r");
    check_text(server, "of a line with a '\\r' before its newline", 16, "12\r", 3);
    strcpy(server->answer, "ab\n0123456789");
    check_text(server, "of a short line, behind which more comes than fits", 8, "ab", 2);
    strcpy(server->answer, "12@45");
    server->zero = '@';
    check_text(server, "of a line with a '\\0' in it", 16,
               "12\0"
               "45",
               5);
    server->zero = '\0';
    check_no_request(server);
    server->answer[0] = '\0';
}

void blocking_check_closed(struct server *server)
{
    char answer[16];
    struct grader_answer got;

    server->manner = MANNER_CLOSES;
    got = grader_answer(blocking_fetch(
        "receive_some", "from a server that closes the connection, and says nothing,", server->port,
        "1\n", answer, sizeof answer, AN_HOUR));
    grader_expect_refused("fetch from a server that closes the connection, and says nothing,", got,
                          EPIPE);
    server->manner = MANNER_ANSWERS;
}

static void handle(int number, siginfo_t *info, void *context)
{
    (void)number;
    (void)info;
    (void)context;
}

static bool same(const sigset_t *one, const sigset_t *other)
{
    for (int number = 1; number < SIGRTMAX; number++)
        if (sigismember(one, number) != sigismember(other, number))
            return false;
    return true;
}

/* The caller has a handler of the long kind, and blocks two signals. */
void blocking_check_signals(struct server *server)
{
    struct sigaction mine = {.sa_sigaction = handle, .sa_flags = SA_SIGINFO | SA_NODEFER};
    struct sigaction before, kept, now;
    sigset_t mask, old, blocked;
    char answer[16];

    sigaddset(&mine.sa_mask, SIGUSR2);
    sigaction(SIGPIPE, &mine, &before);
    sigaction(SIGPIPE, NULL, &kept);
    sigemptyset(&mask);
    sigaddset(&mask, SIGPIPE);
    sigaddset(&mask, SIGUSR1);
    pthread_sigmask(SIG_BLOCK, &mask, &old);
    pthread_sigmask(SIG_BLOCK, NULL, &mask);
    blocking_fetch("send_some", "by a caller that blocks SIGPIPE and has a handler for it",
                   server->port, "1\n", answer, sizeof answer, AN_HOUR);
    pthread_sigmask(SIG_SETMASK, &old, &blocked);
    sigaction(SIGPIPE, &before, &now);
    expect(now.sa_sigaction == handle && now.sa_flags == kept.sa_flags &&
               same(&now.sa_mask, &kept.sa_mask),
           "The program had a handler for SIGPIPE, with flags and a mask. After fetch it is not as "
           "it was. Which flag of send(2) prevents the signal, and changes nothing else?");
    expect(same(&blocked, &mask),
           "The caller's mask of signals is not what it was before fetch: the caller had blocked "
           "SIGPIPE and SIGUSR1.");
}

void blocking_check_inherited(void)
{
    expect_at("start_connect", !atomic_load(&faults_now()->inherited),
              "A socket was made without SOCK_CLOEXEC: a program that another thread starts "
              "meanwhile would keep the connection open.");
}

/* Then a socket is descriptor 0, which is as good as any other one. */
void blocking_check_zero(struct server *server, bool loop)
{
    const char *who = loop ? "fetch_all_polled, by a caller that has closed its standard input,"
                           : "fetch, by a caller that has closed its standard input,";
    const int kept = dup(STDIN_FILENO);
    struct census before, now;
    char answer[16];
    int failed, error;

    close(STDIN_FILENO);
    before = census_take();
    if (loop)
        failed = blocking_run(&blocking_ways[1], NULL, 3, 2);
    else
        failed = blocking_fetch("fetch", "by a caller that has closed its standard input",
                                server->port, "1\n", answer, sizeof answer, AN_HOUR) == -1;
    error = errno;
    now = census_take();
    dup2(kept, STDIN_FILENO);
    close(kept);
    expect(!failed, "%s should succeed, but it failed with errno %s.", who, error_name(error));
    grader_doing(loop ? "settle" : "fetch", "fetch");
    grader_did();
    census_expect_same(before, now, who, 1);
}

/* One at a time: the first error is known before the second request. */
void blocking_check_stops(struct server *server)
{
    server_reset(server);
    strcpy(server->answer, "no number");
    blocking_refused(&blocking_ways[1], NULL, "The first answer is no number", 5, 1, EBADMSG);
    expect(atomic_load(&server->requests) == 1,
           "fetch_all_polled of 5 numbers, at most 1 at once: the first one failed, and after an "
           "error none should be begun, but %s came to the server.",
           plural(atomic_load(&server->requests), "request"));
    server_reset(server);
}

/* The answer is there in time. But its thread has the lock again only when the time is over. */
void blocking_check_late_look(struct server *server)
{
    enum { LIMIT_MS = 400 };
    struct grader_answer got;
    struct probe *probe;

    server_reset(server);
    server->manner = MANNER_RESTS; /* so the answer comes while somebody waits for it */
    probe = probe_install(server);
    blocking_plan(server, LIMIT_MS, 0);
    interp_attach();
    atomic_store(&probe->nap_ms, LIMIT_MS + 1);
    got = grader_answer(blocking_run(&blocking_ways[1], "settle", 1, 1));
    if (atomic_load(&probe->nap_ms) == 0) /* it did give up the lock */
        grader_expect_refused("The limit is 400 ms, and when the answer had come somebody else had "
                              "the lock for longer than that: fetch_all_polled of 1 number",
                              got, ETIMEDOUT);
    interp_detach();
    probe_uninstall(probe);
    server_reset(server);
    blocking_plan(server, AN_HOUR, 0);
}

/* Calls it while the process can open nothing more. */
static void call_without(int calls)
{
    struct rlimit before, none;
    int lowest = dup(STDERR_FILENO);

    getrlimit(RLIMIT_NOFILE, &before);
    none = (struct rlimit){(rlim_t)lowest, before.rlim_max};
    close(lowest);
    for (int call = 0; call < calls; call++) {
        setrlimit(RLIMIT_NOFILE, &none);
        blocking_refused(&blocking_ways[1], NULL, "The process can open nothing more", 20, 20,
                         EMFILE);
        setrlimit(RLIMIT_NOFILE, &before);
    }
}

void blocking_check_no_descriptors(struct server *server)
{
    enum { CALLS = 20 };
    static const char calls[] = "fetch_all_polled, without a descriptor,";
    struct census before, now;

    server_reset(server);
    call_without(2);
    before = census_take();
    call_without(CALLS);
    now = census_take();
    grader_doing("fetch_all_polled", "fetch_all_polled");
    grader_did();
    census_expect_same(before, now, calls, CALLS);
    census_expect_heap(before, now, calls, CALLS);
}
