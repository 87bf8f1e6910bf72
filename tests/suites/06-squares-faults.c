/* Children that die, or fail. */
#include "tests/suites/06-squares.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "tests/suites/06-squares-support.h"
#include "tests/harness/capture.h"
#include "tests/harness/census.h"
#include "tests/harness/faults.h"
#include "tests/harness/grader.h"
#include "tests/harness/wording.h"
#include "tests/watch/proc.h"
#include "tests/watch/quiet.h"

enum { N = SQUARES_N, KILLED = 3, EXITS_0 = 4, EXITS_1 = 5, UNSET = -1 };

/* In a child: leaves before it has delivered. */
static void delay_die(long value)
{
    if (value == KILLED)
        raise(SIGKILL);
    if (value == EXITS_0)
        exit(0);
    if (value == EXITS_1)
        _exit(1);
}

/* A call that must fail with `error`, and lead to `look_at` if it does not. If it returns 0 and
 * squares[bad] was not touched, the child's failure was known, and its caller let it pass. */
static void expect_error(const struct squares_way *way, const char *what, const char *look_at,
                         const struct squares_job *job, size_t bad, int error)
{
    struct grader_answer answer;

    for (size_t i = 0; i < job->n; i++)
        job->squares[i] = UNSET;
    answer = grader_answer(squares_run(way, look_at, job));
    expect_at(way->name, answer.refused || job->squares[bad] != UNSET,
              "%s: %s should return -1 with errno %s, but it returned 0, and squares[%zu] is as it "
              "was before the call. Who looks at what finish returns?",
              what, way->name, error_name(error), bad);
    grader_expect_refused(wording("%s: %s", what, way->name), answer, error);
}

static const struct squares_way *exiting; /* what square_one_that_exits calls */

/* The child leaves with exit(0), which writes out what it has a copy of. */
static int square_one_that_exits(void)
{
    const long value = EXITS_0;
    long square;
    struct squares_job job = {&value, &square, 1, squares_open_output(), delay_die};

    squares_run(exiting, "start", &job);
    return close(job.output);
}

static void check_output_once(const struct squares_way *way)
{
    char text[1024];

    exiting = way;
    capture_output(square_one_that_exits, text, sizeof text);
    expect(strcmp(text, "[before][after]") == 0,
           "The caller of %s prints [before] and [after], and a child leaves with exit(0). Each "
           "should come out once, but what came out is: %s. What does a child have a copy of, "
           "unless it is flushed before the fork?",
           way->name, text);
}

/* What children note; made by the test before the call. */
static struct notes {
    atomic_int killed;    /* how often a child came where it is killed */
    atomic_int delays;    /* how often delay was called */
    atomic_int first;     /* the number in /proc of the child that fails; 0: not known yet */
    atomic_int others;    /* how many other children are at work meanwhile, or were */
    atomic_int all_there; /* all of them are */
} * notes;

/* Before anything is counted: both are mappings. */
static void make_notes(void)
{
    notes = grader_share(1, sizeof *notes);
    faults_reset();
}

/* In a child. It would not be killed again. */
static void delay_die_once(long value)
{
    if (value == KILLED && atomic_fetch_add(&notes->killed, 1) == 0)
        raise(SIGKILL);
}

/* The second of four children fails: squares_one_by_one makes no more, and nobody tries again. */
static void check_stops(const struct squares_way *way, const char *what, const long values[4],
                        delay_fn *delay, int error)
{
    struct faults *faults = faults_reset();
    long squares[4];
    struct squares_job job = {values, squares, 4, squares_open_output(), delay};

    expect_error(way, what, NULL, &job, 1, error);
    expect(way != &squares_ways[0] || atomic_load(&faults->forks) <= 2,
           "The second child of squares_one_by_one failed, and no more should be started, but %s "
           "were made.",
           plural(atomic_load(&faults->forks), "child process"));
    expect(atomic_load(&faults->forks) <= 4, "%s of %s should make one child for each, not %d.",
           way->name, plural(4, "value"), atomic_load(&faults->forks));
    close(job.output);
}

static void check_dies(const struct squares_way *way)
{
    static const long values[N] = {1, 2, KILLED, 7, 8}, leaves[2] = {EXITS_0, EXITS_1};
    static const long second[4] = {1, KILLED, 2, 6};
    struct census before;
    char text[1024];
    long squares[N];
    struct squares_job job = {values, squares, N, -1, delay_die};

    squares_begin(way);
    before = census_take();
    job.output = squares_open_output();
    expect_error(way, "A child is killed before it has delivered", "start", &job, 2, ECHILD);
    for (int status = 0; status < 2; status++) {
        struct squares_job one = {leaves + status, squares, 1, job.output, delay_die};

        expect_error(way,
                     wording("delay, which a child calls, leaves with status %d, before the child "
                             "has delivered",
                             status),
                     "finish", &one, 0, ECHILD);
    }
    squares_read_output(job.output, text, sizeof text);
    expect_at("run_child", !strstr(text, "The number 3"),
              "A child of %s should print after the delay, but one that died in it had printed.",
              way->name);
    check_output_once(way);
    atomic_store(&notes->killed, 0);
    check_stops(way, "A child is killed before it has delivered", second, delay_die_once, ECHILD);
    squares_lead_to(way == &squares_ways[0] ? "finish" : way->name);
    census_expect_same(before, census_take(), wording("%s, some with a dead child,", way->name), 6);
}

void test_squares_child_dies(void)
{
    make_notes();
    check_dies(&squares_ways[0]);
    check_dies(&squares_ways[1]);
}

/* In a child. The first one of four is the last to be done: it waits until the others have
 * ended. */
static void delay_first_is_last(long value)
{
    if (value > 100 || value == EXITS_1)
        squares_wait_for_others();
    delay_die(value);
}

static void check_order(const struct squares_way *way, int output)
{
    static const long overflow_first[] = {SQUARES_LARGEST + 1, 1, KILLED, 2};
    static const long death_first[] = {EXITS_1, 1, SQUARES_LARGEST + 1, 2};
    long squares[4];
    struct squares_job job = {overflow_first, squares, 4, output, delay_first_is_last};

    squares_note_caller();
    expect_error(way,
                 "The first of four squares does not fit (ERANGE), the child of the third is "
                 "killed, and the first error in order counts",
                 NULL, &job, 0, ERANGE);
    job.values = death_first;
    job.delay = delay_die;
    expect_error(way,
                 "The first of four children dies (ECHILD), the square of the third does not fit, "
                 "and the first error in order counts",
                 NULL, &job, 0, ECHILD);
}

/* In a child. */
static void delay_note(long value)
{
    (void)value;
    atomic_fetch_add(&notes->delays, 1);
}

static void check_large(const struct squares_way *way, int output)
{
    static const long large[] = {SQUARES_LARGEST + 1, -SQUARES_LARGEST - 1, LONG_MAX, LONG_MIN,
                                 1L << 32};
    static const long fits[] = {SQUARES_LARGEST, -SQUARES_LARGEST};
    long squares[2];

    for (size_t i = 0; i < sizeof large / sizeof large[0]; i++) {
        struct squares_job job = {&large[i], squares, 1, output, delay_note};

        struct faults *faults = faults_reset();

        atomic_store(&notes->delays, 0);
        expect_error(way, wording("The square of %ld does not fit in a long", large[i]),
                     "run_child", &job, 0, ERANGE);
        expect_at(way->name, atomic_load(&notes->delays) > 0 || atomic_load(&faults->forks) > 0,
                  "%s of %s should make one child for each, not %d.", way->name, plural(1, "value"),
                  atomic_load(&faults->forks));
        expect_at("run_child", atomic_load(&notes->delays) > 0,
                  "The square of %ld does not fit in a long. The child of %s should have called "
                  "delay all the same, before anything else, but it had not.",
                  large[i], way->name);
    }
    squares_expect(way, "run_child", &(struct squares_job){fits, squares, 2, output, NULL});
}

/* In a child. The first one fails when the others are there. They go on when it has ended, and the
 * caller waits for them. */
static void delay_first_fails(long value)
{
    struct proc_process first;

    if (value != 21 && value != 22) {
        atomic_store(&notes->first, proc_self());
        quiet_wait_briefly(&notes->all_there);
        return;
    }
    if (atomic_fetch_add(&notes->others, 1) == 1)
        atomic_store(&notes->all_there, 1);
    while (atomic_load(&notes->first) == 0 ||
           (proc_read_process(atomic_load(&notes->first), &first) == 0 && first.state != 'Z'))
        clock_sleep(NS_PER_MS);
    squares_wait_for_caller();
}

/* A child that was started prints, whatever becomes of another. */
static void check_others_go_on(void)
{
    static const long first_fails[] = {SQUARES_LARGEST + 1, 21, 22};
    char text[1024];
    long squares[3];
    struct squares_job job = {first_fails, squares, 3, squares_open_output(), delay_first_fails};
    int printed;

    squares_note_caller();
    expect_error(&squares_ways[1], "The first of three squares does not fit", NULL, &job, 0,
                 ERANGE);
    squares_read_output(job.output, text, sizeof text);
    printed = (strstr(text, "squares to 441.") != NULL) + (strstr(text, "squares to 484.") != NULL);
    expect(printed >= atomic_load(&notes->others),
           "The first of three children fails while %d others of squares_together are still at "
           "work. They should go on, print and be waited for, but %d printed.",
           atomic_load(&notes->others), printed);
}

static void check_overflow(const struct squares_way *way)
{
    static const long mixed[] = {2, SQUARES_LARGEST + 1, 3};
    struct census before;
    char text[2048];
    long squares[N];
    struct squares_job job = {mixed, squares, 3, -1, NULL};

    squares_begin(way);
    before = census_take();
    job.output = squares_open_output();
    expect_error(way, "The square of 3037000500 does not fit in a long", "run_child", &job, 1,
                 ERANGE);
    check_large(way, job.output);
    check_order(way, job.output);
    squares_read_output(job.output, text, sizeof text);
    expect_at("run_child", !strstr(text, "3037000500"),
              "A child whose square does not fit should print nothing.");
    job = (struct squares_job){squares_values, squares, N, -1, NULL};
    expect_error(way, "The children cannot write to descriptor -1", "run_child", &job, 0, EBADF);
    squares_lead_to(way->name);
    census_expect_same(before, census_take(), wording("%s, some that fail,", way->name), 11);
}

void test_squares_overflow(void)
{
    static const long second[] = {1, SQUARES_LARGEST + 1, 2, 6};

    make_notes();
    for (int i = 0; i < 2; i++) {
        check_overflow(&squares_ways[i]);
        squares_expect_output_errors(&squares_ways[i]);
        check_stops(&squares_ways[i], "The second of four squares does not fit", second, NULL,
                    ERANGE);
    }
    check_others_go_on();
}
