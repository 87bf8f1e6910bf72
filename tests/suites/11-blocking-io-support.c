#include "tests/suites/11-blocking-io-support.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/interp.h"
#include "tests/harness/faults.h"
#include "tests/harness/grader.h"
#include "tests/harness/wording.h"
#include "tests/watch/quiet.h"

const struct blocking_way blocking_ways[2] = {{"fetch_all_tasks", fetch_all_tasks, false},
                                              {"fetch_all_polled", fetch_all_polled, true}};

static struct interp_lock hooks;
static struct probe *installed;
static struct server *asked;
static _Thread_local bool held;

int blocking_fetch(const char *look_at, const char *how, int port, const char *request,
                   char answer[], size_t size, long limit_ms)
{
    return grader_call(fetch(port, request, answer, size, limit_ms), look_at, "fetch %s", how);
}

const char *blocking_interrupted(int error, bool polled, const char *otherwise)
{
    const char *call = atomic_load(&faults_now()->interrupted);

    if (error != EINTR || !call)
        return otherwise;
    if (strcmp(call, "recv") == 0)
        return "receive_some";
    if (strcmp(call, "send") == 0)
        return "send_some";
    return strcmp(call, "connect") == 0 ? "start_connect" : polled ? "wait_for_any" : "wait_for";
}

/* A plain call of the function under test: whatever that is. */
static int call_once(const char *function, const struct server *server)
{
    const long in[1] = {1};
    char answer[40];
    long out[1];

    for (int i = 0; i < 2; i++)
        if (strcmp(function, blocking_ways[i].name) == 0)
            return blocking_ways[i].run(in, out, 1, 1);
    if (strcmp(function, "fetch_task") == 0) {
        errno = fetch_task(1, out);
        return errno ? -1 : 0;
    }
    return fetch(server->port, "1\n", answer, sizeof answer, AN_HOUR) == -1 ? -1 : 0;
}

struct server *blocking_begin_with(const char *function)
{
    struct server *server = server_start();
    int failed;

    asked = server;
    blocking_plan(server, AN_HOUR, 0);
    failed = call_once(function, server);
    expect_at("start_connect", !failed || errno != ECONNREFUSED,
              "A plain call of %s failed with errno %s. The server listens at 127.0.0.1, at the "
              "port that it was given: where does start_connect go?",
              function, error_name(ECONNREFUSED));
    grader_begin(function, failed == 0);
    server_reset(server);
    return server;
}

void blocking_plan(const struct server *server, long limit_ms, long rounds)
{
    fetch_set_plan((struct fetch_plan){server->port, limit_ms, rounds});
}

static long numbers[BLOCKING_MOST], results[BLOCKING_MOST], first_number = 1;

void blocking_count_from(long first)
{
    first_number = first;
}

int blocking_run(const struct blocking_way *way, const char *look_at, size_t n, int most)
{
    int returned, error;

    for (size_t i = 0; i < n; i++) {
        numbers[i] = first_number + (long)i;
        results[i] = -1;
    }
    returned =
        grader_call(way->run(numbers, results, n, most), look_at ? look_at : way->name,
                    "%s of %s, at most %d at once", way->name, plural((long)n, "number"), most);
    error = errno;
    expect(!installed || !atomic_load(&installed->stuck),
           "%s under a lock: threads waited for the installed lock for ever, as the one that has "
           "it waits, too. What does it wait for, and does it need the lock for that?",
           way->name);
    expect_at("fetch_task", !atomic_load(&asked->ragged),
              "%s: a request came to the server without its newline.", way->name);
    errno = error;
    return returned;
}

/* What a task makes of its answer. Nobody is asked for a lock meanwhile. */
static long expected_of(long number)
{
    long result;

    interp_ask(installed, false);
    result = fetch_compute(server_number(number), fetch_get_plan().rounds);
    interp_ask(installed, true);
    return result;
}

void blocking_expect(const struct blocking_way *way, const char *look_at, size_t n, int most)
{
    long rounds = fetch_get_plan().rounds;
    int failed = blocking_run(way, look_at, n, most);

    /* That the connection is gone counts for nobody who looks at what has come first. */
    expect_at(way->polled && errno == ECONNRESET
                  ? "settle"
                  : blocking_interrupted(errno, way->polled, way->name),
              !failed, "%s of %s, at most %d at once, should succeed, but it failed with errno %s.",
              way->name, plural((long)n, "number"), most, error_name(errno));
    for (size_t i = 0; i < n; i++)
        expect_at(
            way->polled && first_number == 1 ? "settle"
            : look_at && results[i] != -1    ? look_at
                                             : way->name,
            results[i] == expected_of(numbers[i]),
            "%s of %s: out[%zu] should be what fetch_compute makes of the answer %ld in %s, but "
            "it is %ld%s.",
            way->name, plural((long)n, "number"), i, server_number(numbers[i]),
            plural(rounds, "round"), results[i], results[i] == -1 ? ", as before the call" : "");
}

void blocking_refused(const struct blocking_way *way, const char *look_at, const char *what,
                      size_t n, int most, int error)
{
    struct grader_answer answer = grader_answer(blocking_run(way, look_at, n, most));

    grader_expect_refused(wording("%s: %s of %s, at most %d at once,", what, way->name,
                                  plural((long)n, "number"), most),
                          answer, error);
}

/* Waits for the lock, but not for ever. One of those who wait looks now and then. */
static bool take(struct probe *probe)
{
    for (;;) {
        struct timespec soon = clock_timespec(clock_wall() + 300 * NS_PER_MS);

        if (pthread_mutex_clocklock(&probe->mutex, CLOCK_MONOTONIC, &soon) == 0)
            return true;
        if (atomic_load(&probe->stuck))
            return false;
        if (atomic_exchange(&probe->watched, true))
            continue;
        if (quiet_wait_hopeless(&probe->server->lock_free))
            atomic_store(&probe->stuck, true);
        atomic_store(&probe->watched, false);
    }
}

static int probe_acquire(void *self)
{
    struct probe *probe = self;

    if (held) {
        errno = EDEADLK;
        return -1;
    }
    if (atomic_load(&probe->server->answered) > 0)
        clock_sleep(atomic_exchange(&probe->nap_ms, 0) * NS_PER_MS);
    if (!take(probe)) {
        errno = EDEADLK;
        return -1;
    }
    held = true;
    atomic_store(&probe->server->lock_free, 0);
    atomic_fetch_add(&probe->takes, 1);
    return 0;
}

static int probe_release(void *self)
{
    struct probe *probe = self;

    if (!held) {
        atomic_fetch_add(&probe->strangers, 1);
        errno = EPERM;
        return -1;
    }
    held = false;
    atomic_fetch_add(&probe->releases, 1);
    atomic_store(&probe->server->lock_free, 1);
    pthread_mutex_unlock(&probe->mutex);
    return 0;
}

struct probe *probe_install(struct server *server)
{
    struct probe *probe = grader_share(1, sizeof *probe);

    probe->server = server;
    atomic_store(&server->lock_free, 1);
    pthread_mutex_init(&probe->mutex, NULL);
    hooks = (struct interp_lock){probe_acquire, probe_release, probe};
    if (interp_install(&hooks))
        grader_fail("Some lock is installed, which was not uninstalled.");
    interp_ask(probe, true);
    installed = probe;
    return probe;
}

void probe_uninstall(struct probe *probe)
{
    interp_uninstall(probe);
    installed = NULL;
}

bool probe_held(void)
{
    return held;
}
