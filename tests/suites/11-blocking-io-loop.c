/* How a call waits: what its thread does with the lock meanwhile, until when, and what if poll
 * fails. */
#include <errno.h>
#include <stddef.h>

#include "common/clock.h"
#include "common/interp.h"
#include "tests/harness/census.h"
#include "tests/harness/faults.h"
#include "tests/harness/grader.h"
#include "tests/harness/wording.h"
#include "tests/suites/11-blocking-io-support.h"

static const struct blocking_way *const polled = &blocking_ways[1];

/* ---- the lock ----------------------------------------------------------------------------- */

static const char *unlocked; /* what was called without the lock */

static void look_for_lock(const char *call)
{
    if (!unlocked && !probe_held())
        unlocked = call;
}

void blocking_check_unlocked(struct server *server)
{
    struct faults *faults = faults_reset();

    server_reset(server);
    unlocked = NULL;
    faults->at_socket = look_for_lock;
    blocking_run(polled, NULL, 3, 2);
    faults_reset();
    expect_at("fetch_all_polled", !unlocked,
              "fetch_all_polled, by a thread that holds the installed lock, called %s without it. "
              "It gives the lock up while it waits, around poll, and only then.",
              unlocked);
    server_reset(server);
}

/* ---- time --------------------------------------------------------------------------------- */

/* A call whose server never answers is over so many nanoseconds after it began, or later. */
static int64_t time_call(const struct server *server, bool loop, long limit_ms)
{
    int64_t begin = clock_wall();
    char answer[16];

    if (loop)
        blocking_run(polled, "wait_for_any", 1, 1);
    else
        blocking_fetch("wait_for", "from a server that never answers", server->port, "1\n", answer,
                       sizeof answer, limit_ms);
    return clock_wall() - begin;
}

/* Of a call that is over in less than its limit, by a clock that begins before it and ends after
 * it, nobody can say that it took so long. On a busy machine it may well take longer; so it is
 * tried often. */
void blocking_check_early(struct server *server, bool loop)
{
    enum { TRIES = 25 };

    server_reset(server);
    server->manner = MANNER_SILENT;
    for (int try = 0; try < TRIES; try++) {
        const long limit_ms = try % 2 ? 3 : 1;
        int64_t took;

        blocking_plan(server, limit_ms, 0);
        took = time_call(server, loop, limit_ms);
        expect_at(loop ? "wait_for_any" : "wait_for", !atomic_load(&server->stuck),
                  "%s with a limit of %ld ms from a server that never answers did not give up: it "
                  "still waited when nothing else could be expected to happen.",
                  loop ? polled->name : "fetch", limit_ms);
        expect_at(loop ? "wait_for_any" : "wait_for", took >= limit_ms * NS_PER_MS,
                  "%s with a limit of %ld ms from a server that never answers gave up %ld "
                  "microseconds after it was called. What is left of a limit is rounded up to "
                  "milliseconds (ms_until).",
                  loop ? polled->name : "fetch", limit_ms, (long)(took / 1000));
    }
    server_reset(server);
    blocking_plan(server, AN_HOUR, 0);
}

/* Of four at once, number 3 is answered after all others, and 2 and 5 never. The first wait is over
 * late: so number 5, which begins after that, has more time than number 2. When 3 is over, 5 is the
 * last one, and takes its place, before 2. Before number 2's time is over no wait may last beyond
 * it. (Who does not wait by poll, or for one at a time, is not tried.) */
void blocking_check_soonest(struct server *server)
{
    enum { LIMIT_MS = 600, LATE_MS = 300 };
    struct faults *faults = faults_reset();
    struct grader_answer got;

    server_reset(server);
    server->has_odd = true;
    server->odd = 2;
    server->odd_manner = server->second_manner = MANNER_SILENT;
    server->held = 3;
    server->held_until = 4;
    blocking_plan(server, LIMIT_MS, 0);
    atomic_store(&faults->wait_late_ms, LATE_MS);
    atomic_store(&faults->noted_until, clock_wall() + LIMIT_MS * NS_PER_MS);
    got = grader_answer(blocking_run(polled, "wait_for_any", 7, 4));
    expect_at("wait_for_any",
              !atomic_load(&faults->late) || atomic_load(&server->most_waiting) < 3 ||
                  atomic_load(&faults->longest_wait_ms) <= LIMIT_MS - LATE_MS + 1,
              "fetch_all_polled of 7 numbers, at most 4 at once, with a limit of %d ms: number 2 "
              "has waited for %d ms, and then there was a wait for another %d ms. A wait for "
              "several requests lasts until the first of their deadlines, wherever it stands.",
              LIMIT_MS, LATE_MS, atomic_load(&faults->longest_wait_ms));
    grader_expect_refused("fetch_all_polled, whose server never answers number 2,", got, ETIMEDOUT);
    faults_reset();
    server_reset(server);
    blocking_plan(server, AN_HOUR, 0);
}

/* ---- poll fails --------------------------------------------------------------------------- */

static void fail_polls(struct server *server, bool loop)
{
    const char *name = loop ? polled->name : "fetch";
    struct faults *faults = faults_reset();
    struct grader_answer got;
    char answer[16];

    atomic_store(&faults->wait_error, ENOMEM);
    got = loop ? grader_answer(blocking_run(polled, "wait_for_any", 4, 2))
               : grader_answer(blocking_fetch("wait_for", "whose poll fails (ENOMEM)", server->port,
                                              "1\n", answer, sizeof answer, AN_HOUR));
    if (atomic_load(&faults->waits_failed) > 0)
        grader_expect_refused(wording("%s, whose poll fails (ENOMEM),", name), got, ENOMEM);
    faults_reset();
}

/* Each wait fails, and only EINTR is worth another try. */
void blocking_check_poll_fails(struct server *server, bool loop)
{
    enum { CALLS = 5 };
    struct census before;

    server_reset(server);
    fail_polls(server, loop);
    before = census_take();
    for (int call = 0; call < CALLS; call++)
        fail_polls(server, loop);
    grader_doing(loop ? "settle" : "fetch", "%s", loop ? polled->name : "fetch");
    grader_did();
    census_expect_same(before, census_take(),
                       wording("%s, whose poll fails (ENOMEM),", loop ? polled->name : "fetch"),
                       CALLS);
    server_reset(server);
}
