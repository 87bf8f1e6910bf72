/* What is printed comes out once, and in time: on standard output and on any other stream. */
#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/shared.h"
#include "tests/harness/capture.h"
#include "tests/harness/wording.h"
#include "tests/suites/03-pool-support.h"
#include "tests/watch/quiet.h"

/* What has come out of the stream `letter`, which the caller has opened and the workers have a copy
 * of. In shared memory. */
static struct paper {
    pid_t caller;
    atomic_size_t length;
    char text[512];
} * paper;
static FILE *letter;

/* Writes what stood in the stream's buffer. In a worker this takes until everybody else is asleep:
 * if the map has not waited for it, the caller is awake and sees that it is not there. */
static ssize_t paper_write(void *cookie, const char *bytes, size_t size)
{
    size_t at;

    (void)cookie;
    if (getpid() != paper->caller)
        quiet_wait_briefly(NULL);
    at = atomic_fetch_add(&paper->length, size);
    if (at + size < sizeof paper->text)
        memcpy(paper->text + at, bytes, size);
    return (ssize_t)size;
}

/* In a worker. */
static int task_print(long in, long *out)
{
    printf("[%ld]", in);
    fprintf(letter, "(%ld)", in);
    *out = in;
    return 0;
}

/* In a worker. What a task has printed that then fails is wanted, too. */
static int task_print_then_fail(long in, long *out)
{
    task_print(in, out);
    return in == 3 ? EDOM : 0;
}

static int times_in(const char *text, const char *word)
{
    int times = 0;

    for (const char *at = text; (at = strstr(at, word)); at++)
        times++;
    return times;
}

/* What the caller has printed is doubled where workers have a copy of it; what a task has printed
 * is lost, or late, where a worker ends its map. */
static void expect_out(const char *text, const char *word, int wanted, const char *when)
{
    bool callers = word[1] < '0' || word[1] > '9';
    int times = times_in(text, word);

    expect_at(callers ? "pool_open" : "worker_main", times == wanted,
              "%s %s should have come out %s, but it came out %s. %s What came out is: %s", when,
              word, plural(wanted, "time"), plural(times, "time"),
              callers          ? "A worker has a copy of what stands in a buffer when it is forked."
              : times < wanted ? "A worker should flush all streams before it takes itself off "
                                 "those that run."
                               : "",
              text);
}

/* After a map all that tasks have printed must be there. (The letter is in shared memory: so the
 * test can look at once.) */
static void expect_in_time(int maps)
{
    const char *when = "When pool_map returns,";

    for (int value = 1; value <= 3; value++)
        expect_out(paper->text, wording("(%d)", value), maps, when);
}

/* One worker, so that there is an order. In the second map the last task fails. */
static int print_in_pool(void)
{
    struct pool *pool = pool_begin(1);
    int failed = 0;

    for (int map = 1; map <= 2; map++) {
        if (map == 1)
            failed = pool_try(pool, "worker_main", task_print, 3, 1);
        else
            pool_try(pool, "worker_main", task_print_then_fail, 3, 1);
        if (!failed)
            expect_in_time(map);
        printf("[mapped]");
        fflush(stdout);
    }
    pool_end(pool);
    return failed;
}

/* In a worker: each of three has one of these tasks, so each has something in a buffer. */
static int task_meet_and_print(long in, long *out)
{
    *out = in;
    if (meeting_join(pool_meeting) == 0)
        fprintf(letter, "(%ld)", in);
    return 0;
}

/* Whoever is the last one flushes for nobody but itself. */
static void print_in_all_workers(void)
{
    struct pool *pool;

    pool_meeting = meeting_create(3);
    pool = pool_begin(3);
    memset(paper, 0, sizeof *paper);
    paper->caller = getpid();
    pool_must_map(pool, "worker_main", "", task_meet_and_print, 3, 1);
    if (meeting_most(pool_meeting) == 3) /* whether all are at work is for other tests to ask */
        expect_in_time(1);
    pool_end(pool);
    meeting_free(pool_meeting);
}

void pool_try_output(void)
{
    static const cookie_io_functions_t calls = {.write = paper_write};
    static const char *const words[] = {"[before]", "[1]", "[2]", "[3]"};
    const char *when = "Tasks print [1], [2] and [3] in each of two maps, and the caller prints "
                       "[before], [mapped] after each map, and [after]. In the end";
    char text[256];
    int failed;

    paper = grader_share(1, sizeof *paper);
    paper->caller = getpid();
    letter = fopencookie(NULL, "w", calls);
    fputs("(dear)", letter);
    failed = capture_output(print_in_pool, text, sizeof text);
    expect(!failed, "Tasks print a word, and pool_map failed with errno %s.", error_name(errno));
    fclose(letter);
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        expect_out(text, words[i], i == 0 ? 1 : 2, when);
    expect_at("worker_main", strcmp(text, "[before][1][2][3][mapped][1][2][3][mapped][after]") == 0,
              "%s all of it should have come out in this order, but what came out is: %s", when,
              text);
    expect_out(
        paper->text, "(dear)", 1,
        "The caller has written (dear) to a stream of its own, before pool_open. In the end");
    letter = fopencookie(NULL, "w", calls);
    print_in_all_workers();
    fclose(letter);
    shared_free(paper);
}
