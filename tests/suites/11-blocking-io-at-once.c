/* How many requests wait at the same time: the server holds its answers back until so many do. */
#include "tests/suites/11-blocking-io.h"

#include <errno.h>
#include <stdatomic.h>

#include "common/interp.h"
#include "tests/harness/grader.h"
#include "tests/harness/wording.h"
#include "tests/suites/11-blocking-io-support.h"

/* So many must wait at once: more than most machines have CPUs. */
static void check_as_many(struct server *server, const struct blocking_way *way, int most,
                          const char *under)
{
    server_reset(server);
    server->hold = most;
    blocking_expect(way, NULL, (size_t)most + 2, most);
    expect(!atomic_load(&server->stuck),
           "%s of %s, at most %d at once%s: %d requests should wait for their answers at the same "
           "time, but there were never more than %d. The server answers nobody before.",
           way->name, plural(most + 2, "number"), most, under, most,
           atomic_load(&server->most_waiting));
}

/* One too many would open the server's hold; the others wait until everybody is asleep. */
static void check_no_more(struct server *server, const struct blocking_way *way, int most)
{
    server_reset(server);
    server->hold = most + 1;
    server->hold_briefly = true;
    blocking_expect(way, NULL, (size_t)most + 4, most);
    expect(atomic_load(&server->most_waiting) <= most,
           "%s of %s, at most %d at once: %d requests were under way at the same time.", way->name,
           plural(most + 4, "number"), most, atomic_load(&server->most_waiting));
}

/* Number 1 is answered last: whoever waits for it before going on waits for ever. */
static void check_goes_on(struct server *server, const struct blocking_way *way)
{
    server_reset(server);
    server->last = 1;
    server->total = 12;
    blocking_expect(way, NULL, 12, 3);
    expect(!atomic_load(&server->stuck),
           "%s of 12 numbers, at most 3 at once: number 1 is answered after all others. When "
           "another one is done, the next should begin, but %s begun while number 1 waited.",
           way->name, atomic_load(&server->requests) == 1 ? "none was" : "not all were");
}

static void check_way(struct server *server, const struct blocking_way *way, const char *under)
{
    check_as_many(server, way, 2, under);
    check_as_many(server, way, 17, under);
}

/* A server, and what both ways must do with no lock installed. */
static struct server *begin_without_lock(const struct blocking_way *way)
{
    struct server *server = blocking_begin_with(way->name);

    check_way(server, way, "");
    check_no_more(server, way, 3);
    check_goes_on(server, way);
    return server;
}

void test_blocking_tasks_at_once(void)
{
    const struct blocking_way *way = &blocking_ways[0];
    struct server *server = begin_without_lock(way);
    struct probe *probe = probe_install(server);

    check_way(server, way, ", under a lock");
    check_goes_on(server, way);
    probe_uninstall(probe);
    server_stop(server);
}

void test_blocking_polled_at_once(void)
{
    const struct blocking_way *way = &blocking_ways[1];
    struct server *server = begin_without_lock(way);
    struct probe *probe = probe_install(server);

    check_as_many(server, way, 100, "");
    interp_attach();
    grader_refused(wording("%s of nothing, at most 0 at once", way->name),
                   way->run(NULL, NULL, 0, 0), EINVAL);
    server_reset(server);
    server->watch_lock = true;
    blocking_expect(way, NULL, 4, 2);
    blocking_expect(way, NULL, 3, 1);
    blocking_expect(way, NULL, 1, 1);
    expect_at("wait_for_any", !atomic_load(&server->lock_kept),
              "While fetch_all_polled waited for the server, its thread kept the installed lock.");
    interp_detach();
    probe_uninstall(probe);
    blocking_check_soonest(server);
    server_stop(server);
}
