/* What is left behind, also if something cannot be had. */
#include "tests/suites/06-squares.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "common/clock.h"
#include "tests/suites/06-squares-support.h"
#include "tests/harness/census.h"
#include "tests/harness/faults.h"
#include "tests/harness/grader.h"
#include "tests/harness/no_memory.h"
#include "tests/harness/wording.h"
#include "tests/watch/proc.h"

enum { N = SQUARES_N, CALLS = 80, FIRST = 12 };

/* So few descriptors are left that pipe may fail; or not, for a solution that needs fewer. */
static void check_descriptors(const struct squares_way *way)
{
    struct census before = census_take();
    long squares[N];
    struct squares_job job = {squares_values, squares, N, squares_open_output(), NULL};
    int lowest = dup(job.output);
    struct rlimit kept, few;
    struct grader_answer answer;

    close(lowest);
    getrlimit(RLIMIT_NOFILE, &kept);
    few = (struct rlimit){.rlim_cur = (rlim_t)lowest + 3, .rlim_max = kept.rlim_max};
    setrlimit(RLIMIT_NOFILE, &few);
    answer = grader_answer(squares_run(way, "start", &job));
    setrlimit(RLIMIT_NOFILE, &kept);
    if (answer.refused)
        grader_expect_refused(wording("There are too few descriptors for all pipes: %s", way->name),
                              answer, EMFILE);
    close(job.output);
    census_expect_same(before, census_take(),
                       wording("%s, with too few descriptors for all pipes,", way->name), 1);
}

/* Calls it again and again. If it is to `fail`, fork fails, now at the first child, now at a later
 * one. */
static void check_calls(const struct squares_way *way, const char *look_at, size_t n, bool fail)
{
    static const long values[300];
    long squares[300];
    struct squares_job job = {values, squares, n, squares_open_output(), NULL};
    struct faults *faults = faults_reset();
    struct census before = {0}, heap = {0};
    char calls[80];
    int left;

    snprintf(calls, sizeof calls, "%s of %zu values%s,", way->name, n,
             fail ? ", in which fork fails" : "");
    for (int call = 1; call <= CALLS; call++) {
        int k = 1 + (n < 100 ? call % (int)n : 0);

        atomic_store(&faults->fork_fails_at, fail ? k : 0);
        if (fail)
            grader_refused(wording("Call number %d of fork fails with EAGAIN: %s", k, way->name),
                           squares_run(way, look_at, &job), EAGAIN);
        else
            squares_expect(way, look_at, &job);
        if (call == 2)
            before = census_take();
        if (call == FIRST)
            heap = census_take();
    }
    atomic_store(&faults->fork_fails_at, 0);
    left = census_take().children - before.children;
    expect_at(fail ? way->name : look_at, left <= 0,
              "After %s of %s there should be no child any more, running or not yet reaped, but "
              "there are "
              "%d.",
              plural(CALLS, "call"), calls, left);
    squares_lead_to(look_at);
    census_expect_same(before, census_take(), calls, CALLS);
    squares_lead_to(way->name);
    census_expect_heap(heap, census_take(), calls, CALLS - FIRST);
    close(job.output);
}

/* The memory that a call had is freed, also if a child fails. */
static void check_failing_children(const struct squares_way *way)
{
    static const long values[] = {2, SQUARES_LARGEST + 1};
    long squares[2];
    struct squares_job job = {values, squares, 2, squares_open_output(), NULL};
    struct census heap = {0};

    for (int call = 1; call <= CALLS; call++) {
        grader_refused(wording("The second of two squares does not fit: %s", way->name),
                       squares_run(way, NULL, &job), ERANGE);
        if (call == FIRST)
            heap = census_take();
    }
    census_expect_heap(heap, census_take(), wording("%s, in which a child fails,", way->name),
                       CALLS - FIRST);
    close(job.output);
}

/* The number in the name of a child that is alone. */
static int only_name(const struct squares_way *way)
{
    long square;
    int number = -1;
    char text[1024];
    const char *name;
    struct squares_job job = {squares_values, &square, 1, squares_open_output(), NULL};

    squares_expect(way, NULL, &job);
    squares_read_output(job.output, text, sizeof text);
    name = strstr(text, "Process-");
    if (name)
        sscanf(name, "Process-%d", &number);
    return number;
}

static void expect_name(const struct squares_way *way, int before)
{
    int number = only_name(way);

    expect(number == before,
           "After calls that failed, the child of %s of 1 value should be named Process-%d, as "
           "before, and not Process-%d. Is anything of one call kept in a variable that all calls "
           "share?",
           way->name, before, number);
}

/* What a call counts is not left behind either. */
static void check_after_errors(const struct squares_way *way)
{
    static const long values[] = {2, SQUARES_LARGEST + 1, 3};
    long squares[3];
    struct squares_job job = {values, squares, 3, squares_open_output(), NULL};
    int before = only_name(way);

    check_calls(way, "start", 3, true);
    expect_name(way, before);
    squares_run(way, NULL, &job); /* what it returns is for other tests to say */
    expect_name(way, before);
    close(job.output);
}

/* A child that has stopped itself, made by the test before the call. */
static struct {
    atomic_int pid;    /* 0 so far */
    atomic_int number; /* in /proc; stored before `pid` */
} * stopped;
static atomic_bool call_is_over;

/* In a child: the first one stops. */
static void delay_stop(long value)
{
    if (value != squares_values[0])
        return;
    atomic_store(&stopped->number, proc_self());
    atomic_store(&stopped->pid, getpid());
    raise(SIGSTOP);
}

/* In a thread of the test's own: lets the stopped child go on, once the caller has had its chance
 * to see that. */
static void *let_go_on(void *unused)
{
    struct proc_process child = {0};

    while (!atomic_load(&call_is_over) && child.state != 'T') {
        clock_sleep(NS_PER_MS);
        if (atomic_load(&stopped->pid))
            proc_read_process(atomic_load(&stopped->number), &child);
    }
    if (atomic_load(&call_is_over))
        return unused;
    squares_wait_for_caller();
    kill(atomic_load(&stopped->pid), SIGCONT);
    return unused;
}

/* waitpid can tell of a stop, too; whoever is stopped has not ended. */
static void check_stopped(const struct squares_way *way)
{
    long squares[2];
    struct squares_job job = {squares_values, squares, 2, squares_open_output(), delay_stop};
    int before = census_take().children, left;
    pthread_t helper;

    atomic_store(&stopped->pid, 0);
    atomic_store(&call_is_over, false);
    squares_note_caller();
    if (pthread_create(&helper, NULL, let_go_on, NULL))
        grader_fail("The test itself went wrong: no thread.");
    squares_expect(way, "finish", &job);
    atomic_store(&call_is_over, true);
    pthread_join(helper, NULL);
    close(job.output);
    left = census_take().children - before;
    expect_at("finish", left <= 0,
              "A child of %s was stopped (SIGSTOP) for a while and then went on. After the call it "
              "is not reaped. Does waitpid wait for the end, and not for a stop?",
              way->name);
}

static void check_tidy(const struct squares_way *way)
{
    squares_begin(way);
    check_calls(way, "finish", 3, false);
    check_after_errors(way);
    check_failing_children(way);
    check_stopped(way);
    check_calls(way, way->name, 300, true);
    check_descriptors(way);
    squares_choose(way);
    no_memory_try(way->name, squares_of_two);
}

void test_squares_tidy(void)
{
    stopped = grader_share(1, sizeof *stopped);
    check_tidy(&squares_ways[0]);
    check_tidy(&squares_ways[1]);
}
