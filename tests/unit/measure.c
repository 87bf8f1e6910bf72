#include <errno.h>
#include <sys/wait.h>

#include "common/clock.h"
#include "common/program/measure.h"
#include "tests/unit/support/unit.h"

static void fail_must(void *unused)
{
    (void)unused;
    must(0, "nothing");
    errno = ENOSPC;
    must(1, "the disk");
}

START_TEST(an_error_ends_the_program_and_says_why)
{
    struct unit_output output;

    unit_capture(fail_must, NULL, &output);
    ck_assert(WIFEXITED(output.status));
    ck_assert_int_eq(WEXITSTATUS(output.status), 1);
    ck_assert_str_eq(output.out, "");
    ck_assert_str_eq(output.err, "measure: the disk: No space left on device\n");
}
END_TEST

START_TEST(tasks_return_their_inputs)
{
    long out = 0;

    ck_assert_int_eq(task_nothing(7, &out), 0);
    ck_assert_int_eq(out, 7);
    task_set_until(0);
    ck_assert_int_eq(task_until(8, &out), 0);
    ck_assert_int_eq(out, 8);
}
END_TEST

START_TEST(task_until_ends_when_it_should)
{
    int64_t moment = clock_wall() + 20 * NS_PER_MS;
    long out;

    task_set_until(moment);
    ck_assert_int_eq(task_until(1, &out), 0);
    ck_assert_int_ge(clock_wall(), moment);
}
END_TEST

/* An engine that keeps what came of it. */
static long total;
static size_t tasks;

static int adding_map(task_fn *task, const long in[], long out[], size_t n, int workers)
{
    ck_assert_uint_eq(n, (size_t)workers);
    for (tasks = 0; tasks < n; tasks++) {
        ck_assert_int_eq(task(in[tasks], &out[tasks]), 0);
        total += out[tasks];
    }
    clock_sleep(10 * NS_PER_MS);
    return 0;
}

START_TEST(a_sum_is_cut_into_a_slice_for_each_worker)
{
    ck_assert_double_ge(time_sum(adding_map, 3, 100), 0.01);
    ck_assert_uint_eq(tasks, 3);
    ck_assert_int_eq(total, 4950);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        an_error_ends_the_program_and_says_why,
        tasks_return_their_inputs,
        task_until_ends_when_it_should,
        a_sum_is_cut_into_a_slice_for_each_worker,
    };

    return unit_main("measure", tests, sizeof tests / sizeof tests[0]);
}
