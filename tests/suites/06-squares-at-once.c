/* How many children there are at once, what they call, and what interruptions do to them. */
#include "tests/suites/06-squares.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <unistd.h>

#include "tests/suites/06-squares-support.h"
#include "tests/harness/census.h"
#include "tests/harness/faults.h"
#include "tests/harness/grader.h"
#include "tests/harness/meeting.h"
#include "tests/harness/wording.h"

/* MANY: the judge ends whoever has more than a hundred processes. */
enum { N = SQUARES_N, MANY = 80 };

/* Where children meet, and what they note; made by the test before the call. */
static struct meeting *meeting;
static struct record {
    atomic_int calls;
    _Atomic long values; /* the sum of those that delay was called with */
    atomic_int inside, most_inside;
    atomic_bool here; /* delay was called in the calling process */
    pid_t caller;
} * record;

static void raise_to(atomic_int *most, int now)
{
    int before = atomic_load(most);

    while (now > before && !atomic_compare_exchange_weak(most, &before, now))
        ;
}

/* In a child. It stays until the caller waits, and so starts nobody else. */
static void delay_note(long value)
{
    raise_to(&record->most_inside, atomic_fetch_add(&record->inside, 1) + 1);
    atomic_fetch_add(&record->calls, 1);
    atomic_fetch_add(&record->values, value);
    if (getpid() == record->caller)
        atomic_store(&record->here, true);
    else
        squares_wait_for_caller();
    atomic_fetch_sub(&record->inside, 1);
}

/* In a child. */
static void delay_meet(long value)
{
    (void)value;
    meeting_join(meeting);
}

static int most_at_fork; /* the most children that this process had when it forked one more */

static void note_children(void)
{
    int children = squares_count_children();

    if (children > most_at_fork)
        most_at_fork = children;
}

static void make_record(void)
{
    record = grader_share(1, sizeof *record);
    record->caller = getpid();
    squares_note_caller();
}

static void expect_record(const char *name)
{
    long sum = 0;

    for (int i = 0; i < N; i++)
        sum += squares_values[i];
    expect_at("run_child", !atomic_load(&record->here),
              "%s called delay in the calling process; a child should do that.", name);
    expect_at("run_child", atomic_load(&record->calls) == N && atomic_load(&record->values) == sum,
              "%s of %d values should call delay(value) once in each child, %d times with values "
              "whose sum is %ld, but there were %d calls, and their sum is %ld.",
              name, N, N, sum, atomic_load(&record->calls), atomic_load(&record->values));
}

static void check_one_at_a_time(void)
{
    const struct squares_way *way = &squares_ways[0];
    long squares[N];
    const struct squares_job job = {squares_values, squares, N, squares_open_output(), delay_note};

    make_record();
    pthread_atfork(note_children, NULL, NULL);
    squares_expect(way, NULL, &job);
    expect_record(way->name);
    expect(atomic_load(&record->most_inside) == 1,
           "squares_one_by_one should never have more than 1 child at a time, but there were %d.",
           atomic_load(&record->most_inside));
    expect(most_at_fork == 0,
           "squares_one_by_one should start a child only when the one before it has been waited "
           "for, but it had %s when it forked the next: running, or not yet reaped.",
           plural(most_at_fork, "child process"));
    close(job.output);
}

static void check_all_at_once(int n)
{
    long values[MANY], squares[MANY];
    const struct squares_job job = {values, squares, (size_t)n, squares_open_output(), delay_meet};

    for (int i = 0; i < n; i++)
        values[i] = 3 * i;
    meeting = meeting_create(n);
    squares_expect(&squares_ways[1], NULL, &job);
    expect(meeting_most(meeting) == n,
           "squares_together should have all %d children at the same time, but there were never "
           "more than %d.",
           n, meeting_most(meeting));
    meeting_free(meeting);
    close(job.output);
}

void test_squares_at_once(void)
{
    squares_begin(&squares_ways[0]);
    squares_begin(&squares_ways[1]);
    check_one_at_a_time();
    check_all_at_once(N);
    check_all_at_once(MANY);
}

/* Calls are interrupted. While a file takes only three bytes at a time, too, the blocks of children
 * that write at once may mix; the squares come back all the same. A short message to a pipe never
 * mixes with another, and an answer may build on that. */
void test_squares_short(void)
{
    struct faults *faults;
    int before, left;
    long squares[N];
    struct squares_job job = {squares_values, squares, N, -1, NULL};

    squares_begin(&squares_ways[1]);
    faults = faults_reset();
    before = census_take().children;
    job.output = squares_open_output();
    atomic_store(&faults->short_io, true);
    atomic_store(&faults->whole_to_pipes, true);
    atomic_store(&faults->interrupt, true);
    atomic_store(&faults->interrupts, 1); /* the caller's first wait, whatever it waits with */
    squares_expect(&squares_ways[0], "finish", &job);
    atomic_store(&faults->interrupts, 1);
    squares_expect(&squares_ways[1], "finish", &job);
    close(job.output);
    left = census_take().children - before;
    expect_at(
        "finish", left <= 0,
        "While signals interrupted calls (EINTR), %s were not reaped. Which call has to be made "
        "again?",
        plural(left, "child process"));
}
