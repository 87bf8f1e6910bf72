/* Tasks, one after the other. */
#include "tests/suites/08-serial.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "08-serial/serial.h"
#include "tests/harness/conformance.h"
#include "tests/harness/grader.h"
#include "tests/harness/wording.h"

/* How many tasks ran in a thread that is not the caller's. */
static pthread_t caller;
static atomic_int elsewhere;

static int task_looks_where(long in, long *out)
{
    *out = in;
    if (!pthread_equal(pthread_self(), caller))
        elsewhere++;
    return 0;
}

/* "Itself": also not in threads that take turns. */
static void check_thread(void)
{
    enum { TASKS = 64 };
    static long in[TASKS], out[TASKS];

    caller = pthread_self();
    elsewhere = 0;
    expect(grader_call(serial_map(task_looks_where, in, out, TASKS, 4), "serial_map",
                       "serial_map of 64 tasks with 4 workers") == 0,
           "serial_map failed with errno %s.", error_name(errno));
    expect(elsewhere == 0,
           "serial_map should run all 64 tasks itself, in the thread that called it, but %d of "
           "them ran in another thread.",
           atomic_load(&elsewhere));
}

void test_serial_map(void)
{
    const struct engine *engine = conform_begin("serial_map");

    check_thread();
    conform_results(engine);
    serial_try_map_in_map();
    conform_errno_of_success(engine);
    conform_very_many(engine);
    conform_at_most(engine);
    conform_alternating(engine);
    conform_signals(engine);
}

/* Which inputs were run, in order. */
static long order[8];
static size_t ran;
static int note_error = EDOM;

static int task_note(long in, long *out)
{
    order[ran++] = in;
    *out = in;
    errno = EAGAIN; /* what a task leaves there is not what it returns */
    return in == 30 ? note_error : 0;
}

/* More tasks than an int can count, of which the fifth fails: none after it is run. (An engine that
 * needs room for each of them has none.) */
static void check_very_many(void)
{
    const size_t n = (1UL << 32) + 3; /* as an int, or an unsigned: 3 */
    static const long in[8] = {1, 2, 3, 4, 30};
    long out[8];
    struct grader_answer answer;

    ran = 0;
    grader_trying("serial_map of 4294967299 tasks, of which the fifth fails");
    answer = grader_answer(serial_map(task_note, in, out, n, 1));
    if (ran == 0 && answer.refused && answer.error == ENOMEM)
        return;
    expect(ran == 5,
           "Of 4294967299 tasks the fifth fails, but serial_map ran %zu of them. Is n, or the "
           "index, kept in an int or an unsigned anywhere?",
           ran);
    grader_expect_refused("serial_map of 4294967299 tasks, of which the fifth fails with EDOM,",
                          answer, EDOM);
}

void test_serial_map_errors(void)
{
    const struct engine *engine = conform_begin("serial_map");
    const long in[] = {10, 20, 30, 40};
    long out[4];

    conform_arguments(engine);
    conform_errors(engine);
    conform_tidy(engine);
    ran = 0;
    grader_refused("The third of four tasks fails with EDOM: serial_map",
                   serial_map(task_note, in, out, 4, 1), EDOM);
    expect(ran == 3 && memcmp(order, in, sizeof order[0] * 3) == 0,
           "The third of four tasks failed: serial_map should run the first three in order and "
           "stop there, but it ran %zu.",
           ran);
    check_very_many();
    note_error = EINTR; /* an error of a task as any other: nothing is tried again */
    ran = 0;
    grader_refused("The third of four tasks fails with EINTR: serial_map",
                   serial_map(task_note, in, out, 4, 1), EINTR);
    expect(ran == 3,
           "The third of four tasks failed: serial_map should run the first three in order and "
           "stop there, but it ran %zu.",
           ran);
}
