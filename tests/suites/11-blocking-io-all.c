/* Many requests: their results, their errors, and what they leave behind. */
#include "tests/suites/11-blocking-io.h"

#include <errno.h>
#include <string.h>

#include "common/interp.h"
#include "tests/harness/census.h"
#include "tests/harness/faults.h"
#include "tests/harness/grader.h"
#include "tests/harness/no_memory.h"
#include "tests/harness/wording.h"
#include "tests/suites/11-blocking-io-support.h"
#include "tests/watch/proc.h"

enum { ROUNDS = 20, LIMIT_MS = 60 };

static void check_arguments(const struct blocking_way *way)
{
    const long in[1] = {1};
    long out[1];

    grader_refused(wording("%s of one number that is not there (NULL)", way->name),
                   way->run(NULL, out, 1, 1), EINVAL);
    grader_refused(wording("%s with nowhere to store (NULL)", way->name), way->run(in, NULL, 1, 1),
                   EINVAL);
    grader_refused(wording("%s of at most 0 at once", way->name), way->run(in, out, 1, 0), EINVAL);
    grader_refused(wording("%s of at most -1 at once", way->name), way->run(in, out, 1, -1),
                   EINVAL);
    grader_refused(wording("%s of nothing, at most 0 at once", way->name),
                   way->run(NULL, NULL, 0, 0), EINVAL);
}

static void check_sizes(struct server *server, const struct blocking_way *way)
{
    static const struct {
        size_t n;
        int most;
    } sizes[] = {{1, 1}, {5, 1}, {5, 3}, {5, 5}, {4, 100}, {150, 7}};

    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        server_reset(server);
        blocking_expect(way, NULL, sizes[i].n, sizes[i].most);
        expect(atomic_load(&server->requests) == (int)sizes[i].n,
               "%s of %s should send a request for each, but %d came to the server.", way->name,
               plural((long)sizes[i].n, "number"), atomic_load(&server->requests));
    }
    server_reset(server);
    expect(grader_call(way->run(NULL, NULL, 0, 3), way->name, "%s of nothing", way->name) == 0,
           "%s of nothing should succeed, but it failed with errno %s.", way->name,
           error_name(errno));
    expect(atomic_load(&server->requests) == 0, "%s of nothing should ask for nothing.", way->name);
    blocking_count_from(-(1L << 33)); /* as an int: 0 */
    blocking_expect(way, NULL, 3, 2);
    blocking_count_from(1);
}

/* Under a lock. Whoever computes without it is a stranger to it. */
static void check_lock(struct server *server, const struct blocking_way *way)
{
    struct probe *probe = probe_install(server);

    blocking_plan(server, AN_HOUR, ROUNDS);
    if (way->polled) {
        interp_attach();
        blocking_check_unlocked(server);
    }
    blocking_expect(way, NULL, 12, 3);
    expect(atomic_load(&probe->strangers) == 0,
           "%s under a lock: somebody computed who did not hold the installed lock.", way->name);
    expect(atomic_load(&probe->releases) >= 12 * ROUNDS,
           "%s under a lock: who computes should hold the installed lock.", way->name);
    strcpy(server->answer, "no number");
    blocking_refused(way, NULL, "No answer is a number, under a lock", 12, 3, EBADMSG);
    server->answer[0] = '\0';
    if (way->polled) {
        expect(probe_held(), "After %s its caller does not have the lock any more.", way->name);
        interp_detach();
        blocking_run(way, "wait_for_any", 3, 2);
        expect_at("wait_for_any", !probe_held(),
                  "A thread that did not hold the installed lock has it after %s.", way->name);
    }
    expect(atomic_load(&server->lock_free), "After %s somebody still holds the installed lock.",
           way->name);
    probe_uninstall(probe);
    blocking_plan(server, AN_HOUR, 0);
}

/* Of six requests, all outstanding before the first answer (or as many as there ever are), two have
 * manners of their own: the first one is number `odd`. Number `last` is answered last. */
static void fail_two(struct server *server, long odd, enum manner manner, enum manner second,
                     long last)
{
    server_reset(server);
    server->has_odd = true;
    server->odd = odd;
    server->odd_manner = manner;
    server->second_manner = second;
    server->last = last;
    server->total = 6;
    server->hold = 6;
    server->hold_briefly = true;
}

/* The error that counts is that of the lowest index, whenever it comes. */
static void check_first_error(struct server *server, const struct blocking_way *way)
{
    fail_two(server, 2, MANNER_HALF, MANNER_RESETS, 2);
    blocking_refused(way, NULL,
                     "Number 5 fails first (ECONNRESET), then number 2 (EPIPE), and the error of "
                     "the one that is first in order counts",
                     6, 6, EPIPE);
    fail_two(server, 1, MANNER_RESETS, MANNER_HALF, 4);
    blocking_refused(way, NULL,
                     "Number 1 fails first (ECONNRESET), then number 4 (EPIPE), and the error of "
                     "the one that is first in order counts",
                     6, 6, ECONNRESET);
    server_reset(server);
    strcpy(server->answer, "no number");
    blocking_refused(way, NULL, "No answer is a number", 3, 2, EBADMSG);
    server_reset(server);
    fetch_set_plan((struct fetch_plan){server_nobody(), AN_HOUR, 0});
    blocking_refused(way, way->polled ? "advance" : NULL, "Nobody listens at the plan's port", 3, 2,
                     ECONNREFUSED);
    server_reset(server);
}

/* One server's silence is an error of one request. */
static void check_limit(struct server *server, const struct blocking_way *way)
{
    server_reset(server);
    server->has_odd = true;
    server->odd = 1;
    server->odd_manner = MANNER_SILENT;
    server->second_manner = MANNER_ANSWERS;
    blocking_plan(server, LIMIT_MS, 0);
    blocking_refused(way, way->polled ? "settle" : NULL,
                     "The limit is 60 ms, and number 1 is never answered", 5, 2, ETIMEDOUT);
    server_reset(server);
    server->manner = MANNER_TRICKLES;
    server->pause_ms = 20;
    blocking_plan(server, 200, 0);
    blocking_refused(way, way->polled ? "settle" : NULL,
                     "The limit is 200 ms, and the server sends a byte now and then", 1, 1,
                     ETIMEDOUT);
    server_reset(server);
    blocking_plan(server, AN_HOUR, 0);
}

static void check_interrupted(struct server *server, const struct blocking_way *way)
{
    struct faults *faults = faults_reset();

    server_reset(server);
    atomic_store(&faults->interrupt, true);
    atomic_store(&faults->short_io, true);
    for (int round = 0; round < 4; round++)
        blocking_expect(way, NULL, 9, 3);
    atomic_store(&faults->interrupt, false);
    atomic_store(&faults->short_io, false);
    server->manner = MANNER_PIECES;
    blocking_expect(way, NULL, 2, 2);
    server_reset(server);
}

static void check_way(const struct blocking_way *way)
{
    struct server *server = blocking_begin_with(way->name);

    blocking_check_turns(server, way); /* first: what is shared shows here for certain */
    blocking_check_huge(server, way);
    check_sizes(server, way);
    check_arguments(way);
    check_lock(server, way);
    check_first_error(server, way);
    if (way->polled) {
        blocking_check_polled_rest(server);
        blocking_check_cut_behind(server, true);
        blocking_check_same_turn(server);
        blocking_check_no_socket(server);
        blocking_check_stops(server);
    } else {
        blocking_check_late_error(server);
    }
    blocking_check_two_calls(server, way);
    blocking_check_numbers(server, way);
    if (!way->polled) /* the loop's limits are a test of their own */
        check_limit(server, way);
    check_interrupted(server, way);
    server_stop(server);
}

void test_blocking_tasks(void)
{
    check_way(&blocking_ways[0]);
}

static int threads;

static void count_thread(int thread, void *unused)
{
    (void)thread;
    (void)unused;
    threads++;
}

void test_blocking_polled(void)
{
    check_way(&blocking_ways[1]);
    proc_each_thread(proc_self(), count_thread, NULL);
    expect(threads <= 1 || GRADER_SANITIZED,
           "fetch_all_polled should do all of it in the calling thread, but it has made %s.",
           plural(threads - 1, "other thread"));
}

/* What takes its time because a limit must pass. */
void test_blocking_polled_limits(void)
{
    struct server *server = blocking_begin_with(blocking_ways[1].name);

    check_limit(server, &blocking_ways[1]);
    blocking_check_broken_wait(server, true);
    blocking_check_polled_rings(server);
    blocking_check_early(server, true);
    blocking_check_late_look(server);
    blocking_check_own_limits(server);
    server_stop(server);
}

/* What no_memory_try calls. */
static int polled_three(void)
{
    const long in[3] = {1, 2, 3};
    long out[3];

    return fetch_all_polled(in, out, 3, 2);
}

/* Calls it so often. A server cuts a connection, or a socket cannot be had, in turns. */
static void call_often(struct server *server, const struct blocking_way *way, int calls)
{
    struct faults *faults = faults_reset();

    for (int call = 1; call <= calls; call++) {
        server_reset(server);
        server->has_odd = call % 2;
        server->odd = 1 + call % 4;
        server->odd_manner = MANNER_RESETS;
        atomic_store(&faults->socket_fails_at, call % 2 ? 0 : 1 + call % 5);
        if (call % 2)
            blocking_refused(way, NULL, "A server cuts a connection", 40, 3, ECONNRESET);
        else
            blocking_refused(way, NULL, wording("Call number %d of socket fails", 1 + call % 5), 40,
                             3, EMFILE);
    }
    atomic_store(&faults->socket_fails_at, 0);
}

static void lead_to(const char *function)
{
    grader_doing(function, "%s", function);
    grader_did();
}

/* A runtime may take a large block for its tasks, once, at any call. What is lost in each call is
 * lost in each of several rounds. */
static void check_left(struct server *server, const struct blocking_way *way)
{
    enum { FIRST = 12, CALLS = 28, ROUNDS_MOST = 4 };
    const char *calls = wording("%s, in which one fails,", way->name);
    struct census before, heap, now;

    call_often(server, way, FIRST);
    before = heap = census_take();
    call_often(server, way, CALLS);
    now = census_take();
    lead_to(way->polled ? "settle" : way->name);
    census_expect_same(before, now, calls, CALLS);
    for (int round = 2; round <= ROUNDS_MOST && now.heap >= heap.heap + 1000; round++) {
        heap = now;
        call_often(server, way, CALLS);
        now = census_take();
    }
    lead_to(way->name);
    census_expect_heap(heap, now, calls, CALLS);
}

void test_blocking_tidy(void)
{
    struct server *server = blocking_begin_with("fetch_all_polled");

    check_left(server, &blocking_ways[0]);
    check_left(server, &blocking_ways[1]);
    blocking_check_no_descriptors(server);
    blocking_check_zero(server, true);
    blocking_check_poll_fails(server, true);
    server_reset(server);
    no_memory_try("fetch_all_polled", polled_three);
    server_stop(server);
}
