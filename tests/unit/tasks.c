#include <errno.h>
#include <limits.h>

#include "common/clock.h"
#include "common/map.h"
#include "common/tasks.h"
#include "tests/unit/support/fake_lock.h"
#include "tests/unit/support/unit.h"

START_TEST(wait_lasts_as_long_as_asked)
{
    long out;

    for (long ms = 0; ms <= 20; ms += 10) {
        int64_t begin = clock_wall();

        out = -1;
        ck_assert_int_eq(task_wait(ms, &out), 0);
        ck_assert_int_eq(out, ms);
        ck_assert_int_ge(clock_wall(), begin + ms * NS_PER_MS);
    }
    ck_assert_int_eq(task_wait(-1, &out), EINVAL);
    ck_assert_int_eq(task_wait(LONG_MIN, &out), EINVAL);
}
END_TEST

START_TEST(wait_gives_the_lock_up_meanwhile)
{
    struct fake_lock fake;
    long out;

    fake_lock_install(&fake);
    ck_assert_int_eq(task_wait(1, &out), 0);
    ck_assert_str_eq(fake.log, "RA");
    fake_lock_uninstall(&fake);
}
END_TEST

/* A lock that counts the ticks of the thread that has it, and always asks for the next. */
static long ticks;

static int count_tick(void *self)
{
    (void)self;
    ticks++;
    return 0;
}

static int take(void *self)
{
    (void)self;
    return 0;
}

static long ticks_of(task_fn *task, long in)
{
    static const struct interp_lock lock = {take, count_tick, &ticks};
    long out;

    ticks = 0;
    ck_assert_int_eq(interp_install(&lock), 0);
    interp_ask(&ticks, true);
    ck_assert_int_eq(task(in, &out), 0);
    ck_assert_int_eq(interp_uninstall(&ticks), 0);
    return ticks;
}

static int run_term(long in, long *out)
{
    *out = term_identity(in);
    return 0;
}

START_TEST(what_computes_ticks_once_a_turn)
{
    ck_assert_int_eq(ticks_of(run_term, 7), 1);
    ck_assert_int_eq(tasks_plan_sum((struct sum_plan){.n = 10, .slices = 2, .repeat = 1}), 0);
    ck_assert_int_eq(ticks_of(task_sum_slice, 1), 5);
    ck_assert_int_eq(tasks_plan_sum((struct sum_plan){.n = 10, .slices = 2, .repeat = 3}), 0);
    ck_assert_int_eq(ticks_of(task_sum_slice, 1), 15);
}
END_TEST

START_TEST(term_is_the_number_itself)
{
    static const long numbers[] = {0, 1, 99999999, -5, LONG_MAX};

    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        ck_assert_int_eq(term_identity(numbers[i]), numbers[i]);
}
END_TEST

/* The results of all slices of the plan, added up. */
static long add_slices(long slices)
{
    long total = 0;

    for (long i = 0; i < slices; i++) {
        long sum = -1;

        ck_assert_int_eq(task_sum_slice(i, &sum), 0);
        total += sum;
    }
    return total;
}

START_TEST(slices_add_up_to_the_sum_once)
{
    for (long n = 1; n <= 40; n++) {
        for (long slices = 1; slices <= n; slices++) {
            struct sum_plan plan = {.n = n, .slices = slices, .repeat = 1 + slices % 3};

            ck_assert_int_eq(tasks_plan_sum(plan), 0);
            ck_assert_int_eq(add_slices(slices), n * (n - 1) / 2);
        }
    }
    ck_assert_int_eq(tasks_plan_sum((struct sum_plan){.n = 1000000, .slices = 7, .repeat = 1}), 0);
    ck_assert_int_eq(add_slices(7), 499999500000);
}
END_TEST

START_TEST(slices_are_equally_long_but_for_one_number)
{
    long first, second, third;

    ck_assert_int_eq(tasks_plan_sum((struct sum_plan){.n = 8, .slices = 3, .repeat = 1}), 0);
    ck_assert_int_eq(task_sum_slice(0, &first), 0);
    ck_assert_int_eq(task_sum_slice(1, &second), 0);
    ck_assert_int_eq(task_sum_slice(2, &third), 0);
    ck_assert_int_eq(first, 0 + 1 + 2);
    ck_assert_int_eq(second, 3 + 4 + 5);
    ck_assert_int_eq(third, 6 + 7);
}
END_TEST

START_TEST(a_slice_that_is_not_in_the_plan_is_refused)
{
    long out;

    ck_assert_int_eq(tasks_plan_sum((struct sum_plan){.n = 10, .slices = 4, .repeat = 1}), 0);
    ck_assert_int_eq(task_sum_slice(4, &out), EINVAL);
    ck_assert_int_eq(task_sum_slice(-1, &out), EINVAL);
    ck_assert_int_eq(task_sum_slice(LONG_MAX, &out), EINVAL);
}
END_TEST

START_TEST(a_bad_plan_is_refused_and_changes_nothing)
{
    static const struct sum_plan bad[] = {
        {.n = 0, .slices = 1, .repeat = 1},   {.n = -1, .slices = 1, .repeat = 1},
        {.n = 10, .slices = 0, .repeat = 1},  {.n = 10, .slices = 11, .repeat = 1},
        {.n = 10, .slices = -1, .repeat = 1}, {.n = 10, .slices = 1, .repeat = 0},
        {.n = 10, .slices = 1, .repeat = -1},
    };

    ck_assert_int_eq(tasks_plan_sum((struct sum_plan){.n = 100, .slices = 5, .repeat = 1}), 0);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        errno = 0;
        ck_assert_int_eq(tasks_plan_sum(bad[i]), -1);
        ck_assert_int_eq(errno, EINVAL);
        ck_assert_int_eq(add_slices(5), 4950);
    }
}
END_TEST

START_TEST(a_slice_whose_sum_does_not_fit_says_so)
{
    static const long slices = LONG_MAX / 2; /* of two numbers each, the first of three */
    long out;

    ck_assert_int_eq(tasks_plan_sum((struct sum_plan){LONG_MAX, slices, 1}), 0);
    ck_assert_int_eq(task_sum_slice(0, &out), 0);
    ck_assert_int_eq(out, 0 + 1 + 2);
    ck_assert_int_eq(task_sum_slice(slices - 1, &out), ERANGE);
    ck_assert_int_eq(tasks_plan_sum((struct sum_plan){LONG_MAX, LONG_MAX, 1}), 0);
    ck_assert_int_eq(task_sum_slice(LONG_MAX - 1, &out), 0);
    ck_assert_int_eq(out, LONG_MAX - 1);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        wait_lasts_as_long_as_asked,
        wait_gives_the_lock_up_meanwhile,
        what_computes_ticks_once_a_turn,
        term_is_the_number_itself,
        slices_add_up_to_the_sum_once,
        slices_are_equally_long_but_for_one_number,
        a_slice_that_is_not_in_the_plan_is_refused,
        a_bad_plan_is_refused_and_changes_nothing,
        a_slice_whose_sum_does_not_fit_says_so,
    };

    return unit_main("tasks", tests, sizeof tests / sizeof tests[0]);
}
