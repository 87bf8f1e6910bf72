/* How somebody waits, and for how many. */
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <sys/time.h>

#include "tests/harness/faults.h"
#include "tests/harness/grader.h"
#include "tests/harness/wording.h"
#include "tests/suites/11-blocking-io-support.h"
#include "tests/watch/proc.h"

enum { RING_US = 2000, RINGS = 300, LIMIT_MS = 40 };

static volatile sig_atomic_t rings;

/* The next one comes when this one has been heard: however busy the machine is, who waits goes on a
 * little between two of them. */
static void ring(int number)
{
    const struct itimerval soon = {.it_value.tv_usec = RING_US};

    (void)number;
    if (++rings < RINGS)
        setitimer(ITIMER_REAL, &soon, NULL);
}

/* Who waits for the whole time again after each of the signals waits until they end. */
void blocking_check_rings(struct server *server)
{
    const char *how = "with a limit of 40 ms from a server that never answers, while a signal "
                      "comes every 2 ms (EINTR),";
    struct sigaction heard = {.sa_handler = ring}, before;
    struct itimerval none = {.it_value.tv_usec = 0};
    struct grader_answer got;
    char answer[16];

    server->manner = MANNER_SILENT;
    sigaction(SIGALRM, &heard, &before);
    ring(SIGALRM);
    got = grader_answer(
        blocking_fetch("wait_for", how, server->port, "1\n", answer, sizeof answer, LIMIT_MS));
    setitimer(ITIMER_REAL, &none, NULL);
    sigaction(SIGALRM, &before, NULL);
    expect(rings < RINGS,
           "fetch %s still waited after %d signals. After EINTR it should wait for what is left of "
           "its time, and not for all of it.",
           how, RINGS);
    grader_expect_refused(wording("fetch %s", how), got, ETIMEDOUT);
}

void blocking_check_polled_rings(struct server *server)
{
    const char *what = "The limit is 40 ms, a server never answers, and a signal comes every 2 ms "
                       "(EINTR)";
    struct sigaction heard = {.sa_handler = ring}, before;
    struct itimerval none = {.it_value.tv_usec = 0};
    struct grader_answer got;

    server_reset(server);
    server->manner = MANNER_SILENT;
    blocking_plan(server, LIMIT_MS, 0);
    rings = 0;
    sigaction(SIGALRM, &heard, &before);
    ring(SIGALRM);
    got = grader_answer(blocking_run(&blocking_ways[1], "wait_for_any", 3, 2));
    setitimer(ITIMER_REAL, &none, NULL);
    sigaction(SIGALRM, &before, NULL);
    expect(rings < RINGS,
           "%s: fetch_all_polled still waited after %d signals. After EINTR it should wait for "
           "what is left of its time, and not for all of it.",
           what, RINGS);
    grader_expect_refused(wording("%s: fetch_all_polled of 3 numbers", what), got, ETIMEDOUT);
    server_reset(server);
    blocking_plan(server, AN_HOUR, 0);
}

/* The server is silent, and the wait for the connection is over long after the limit: as if
 * somebody else had the CPU. So nothing is left to wait for. (Who does not wait by poll is not
 * tried.) */
void blocking_check_late_wait(struct server *server)
{
    enum { TRIES = 5 };
    const char *how = "with a limit of 40 ms from a server that never answers";
    struct faults *faults = faults_reset();

    server_reset(server);
    server->manner = MANNER_SILENT;
    for (int try = 0; try < TRIES && !atomic_load(&faults->late); try++) {
        struct grader_answer got;
        char answer[16];

        atomic_store(&faults->wait_late_ms, LIMIT_MS + 1);
        got = grader_answer(
            blocking_fetch("fetch", how, server->port, "1\n", answer, sizeof answer, LIMIT_MS));
        grader_expect_refused(wording("fetch %s", how), got, ETIMEDOUT);
    }
    expect(!atomic_load(&faults->waited_again),
           "fetch %s: the wait for the connection took longer than that, and then it waited once "
           "more. The limit is for all of it, and begins when fetch is called.",
           how);
    faults_reset();
    server_reset(server);
}

/* One request after the other, and a wait of the first one is over late. The second one has its
 * whole time before it. (On a busy machine it may wait late, too; but not each time.) */
void blocking_check_own_limits(struct server *server)
{
    enum { TRIES = 20, LATE_MS = 50 };
    bool whole = false;

    for (int try = 0; try < TRIES && !whole; try++) {
        struct faults *faults = faults_reset();

        server_reset(server);
        atomic_store(&faults->wait_late_ms, LATE_MS);
        blocking_expect(&blocking_ways[1], "wait_for_any", 2, 1);
        whole =
            !atomic_load(&faults->late) ||
            atomic_load(&faults->first_wait_ms) - atomic_load(&faults->longest_wait_ms) < LATE_MS;
    }
    expect_at("fetch_all_polled", whole,
              "fetch_all_polled of 2 numbers, one after the other: the first one took long, and "
              "so the second one had less time. Each request has the whole limit, from when it "
              "begins.");
    faults_reset();
    server_reset(server);
}

/* The server answers when everybody sleeps. */
void blocking_check_rest(struct server *server)
{
    char answer[16];

    server_reset(server);
    server->manner = MANNER_RESTS;
    blocking_fetch("wait_for", "from a server that answers when everybody sleeps", server->port,
                   "1\n", answer, sizeof answer, AN_HOUR);
    expect(
        !atomic_load(&server->spun),
        "While fetch waited for its answer, its thread did not sleep: it computed for a second.");
    server_reset(server);
}

void blocking_check_polled_rest(struct server *server)
{
    const struct blocking_way *way = &blocking_ways[1];

    server_reset(server);
    server->manner = MANNER_RESTS;
    blocking_expect(way, "wait_for_any", 3, 3);
    expect(!atomic_load(&server->spun),
           "While %s waited for its answers, its thread did not sleep: it computed for a second.",
           way->name);
    server_reset(server);
}

/* Two answers come at the same time, a byte of the one after a byte of the other. */
void blocking_check_turns(struct server *server, const struct blocking_way *way)
{
    server_reset(server);
    server->manner = MANNER_TURNS;
    server->hold = 2;
    blocking_expect(way, way->polled ? "receive_some" : "fetch_task", 2, 2);
    server_reset(server);
}

/* A call in a thread of its own. */
struct call {
    const struct blocking_way *way;
    long in[2], out[2];
    int returned, error;
};

static void *make_call(void *argument)
{
    struct call *call = argument;

    call->returned = call->way->run(call->in, call->out, 2, 2);
    call->error = errno;
    return NULL;
}

#ifdef __clang__
/* Once a thread that had a team has ended, a later team of libomp 14 crashes. */
enum { TEAMS_OUTLIVE_THREADS = 0 };
#else
enum { TEAMS_OUTLIVE_THREADS = 1 };
#endif

/* Nobody is answered before the requests of both calls wait. The second call's fail, and those of
 * the first are answered after that. */
void blocking_check_two_calls(struct server *server, const struct blocking_way *way)
{
    struct call calls[2] = {{way, {1, 2}, {-1, -1}, -1, 0}, {way, {3, 4}, {-1, -1}, -1, 0}};
    pthread_t other;

    if (!way->polled && !TEAMS_OUTLIVE_THREADS)
        return;
    server_reset(server);
    server->hold = server->total = 4;
    server->last = 1;
    server->has_odd = true;
    server->odd = 3;
    server->odd_manner = MANNER_RESETS;
    grader_doing(way->name, "%s in two threads at the same time", way->name);
    if (pthread_create(&other, NULL, make_call, &calls[1]))
        grader_fail("The test itself went wrong: no thread.");
    make_call(&calls[0]);
    pthread_join(other, NULL);
    grader_did();
    for (int i = 0; i < 2; i++)
        expect(calls[0].returned == 0 && calls[0].out[i] == server_number(i + 1),
               "%s in two threads at the same time, of 1 and 2, and of 3 and 4, where 3 fails: for "
               "%d the result should be %ld, but it is %ld, and that call returned %d.",
               way->name, i + 1, server_number(i + 1), calls[0].out[i], calls[0].returned);
    expect(calls[1].returned == -1 && calls[1].error == ECONNRESET,
           "%s in two threads at the same time, of 1 and 2, and of 3 and 4, where 3 fails: the "
           "second call should return -1 with errno ECONNRESET, but it returned %d with errno %s.",
           way->name, calls[1].returned, error_name(calls[1].error));
    server_reset(server);
}

static int threads;

static void count_thread(int thread, void *unused)
{
    (void)thread;
    (void)unused;
    threads++;
}

/* As many at once as one likes: there are only two numbers. */
void blocking_check_huge(struct server *server, const struct blocking_way *way)
{
    server_reset(server);
    blocking_expect(way, NULL, 2, 20);
    threads = 0;
    proc_each_thread(proc_self(), count_thread, NULL);
    expect(threads < 20 || GRADER_SANITIZED,
           "%s of 2 numbers, at most 20 at once, needs a team of 2 threads, but then there were %d "
           "threads.",
           way->name, threads);
    blocking_expect(way, NULL, 2, INT_MAX);
}

/* Number 1 keeps one thread busy until many others are answered. Meanwhile the other thread, which
 * makes the tasks, has so many waiting that it runs the new ones itself: number 131 fails before
 * number 128 has begun. (GCC's runtime; with others it may be another order.) */
void blocking_check_late_error(struct server *server)
{
    server_reset(server);
    server->held = 1;
    server->held_until = 75;
    server->has_odd = true;
    server->odd = 128;
    server->odd_manner = MANNER_HALF;
    server->second_manner = MANNER_RESETS;
    blocking_refused(&blocking_ways[0], NULL,
                     "Number 131 fails first (ECONNRESET), then number 128 (EPIPE), and the error "
                     "of the one that is first in order counts",
                     BLOCKING_MOST, 2, EPIPE);
    server_reset(server);
}
