/* Interleavings: how many orders there are is known for these threads, and what is wrong with
 * them. */
#include <stdatomic.h>
#include <string.h>

#include "tests/harness/access.h"
#include "tests/harness/constructs.h"
#include "tests/harness/interleave.h"
#include "tests/unit/support/unit.h"

static long place[2], other_lock;
static int total; /* what the threads have worked out */

static void begin(void)
{
    total = 0;
    place[0] = 0;
    interleave_name(&place[0], sizeof place[0], "first");
    interleave_name(&place[1], sizeof place[1], "second");
}

static struct interleave_result try_all(int threads, void body(int thread), void check(void),
                                        bool ordered)
{
    atomic_store(&constructs.watched, true);
    return interleave_all(&(struct interleaving){
        .threads = threads, .prepare = begin, .body = body, .check = check, .ordered = ordered});
}

static void write_once(int thread)
{
    (void)thread;
    access_point(ACCESS_WRITE, &place[0], sizeof place[0]);
}

static void write_twice(int thread)
{
    write_once(thread);
    write_once(thread);
}

static void write_apart(int thread)
{
    access_point(ACCESS_WRITE, &place[thread], sizeof place[0]);
}

static void read_twice(int thread)
{
    (void)thread;
    access_point(ACCESS_READ, &place[0], sizeof place[0]);
    access_point(ACCESS_READ, &place[0], sizeof place[0]);
}

static void write_own_stack(int thread)
{
    long own = thread;

    access_point(ACCESS_WRITE, &own, sizeof own);
}

START_TEST(every_order_is_tried_once)
{
    ck_assert_int_eq(try_all(1, write_twice, NULL, false).orders, 1);
    ck_assert_int_eq(try_all(2, write_once, NULL, false).orders, 2);
    ck_assert_int_eq(try_all(3, write_once, NULL, false).orders, 6);
    ck_assert_int_eq(try_all(2, write_twice, NULL, false).orders, 6);
    ck_assert_int_eq(try_all(3, write_twice, NULL, false).orders, 90);
    ck_assert(try_all(3, write_twice, NULL, false).all);
}
END_TEST

START_TEST(orders_that_make_no_difference_are_one)
{
    ck_assert_int_eq(try_all(2, write_apart, NULL, false).orders, 1);
    ck_assert_int_eq(try_all(3, read_twice, NULL, false).orders, 1);
    ck_assert_int_eq(try_all(3, write_own_stack, NULL, false).orders, 1);
}
END_TEST

static void add_in_two_steps(int thread)
{
    long seen;

    (void)thread;
    access_point(ACCESS_LOAD, &place[0], sizeof place[0]);
    seen = place[0];
    access_point(ACCESS_STORE, &place[0], sizeof place[0]);
    place[0] = seen + 1;
}

static void expect_two(void)
{
    if (place[0] != 2)
        interleave_wrong("%ld", place[0]);
}

START_TEST(a_lost_addition_is_found)
{
    struct interleave_result result = try_all(2, add_in_two_steps, expect_two, false);

    ck_assert_str_eq(result.wrong, "1");
    ck_assert_ptr_nonnull(strstr(result.order, "thread 1 loads first; thread 2 loads first"));
}
END_TEST

static void add_under_lock(int thread)
{
    interleave_take(&other_lock);
    add_in_two_steps(thread);
    interleave_drop(&other_lock);
}

START_TEST(locks_keep_threads_apart)
{
    struct interleave_result result = try_all(2, add_under_lock, expect_two, true);

    ck_assert_ptr_null(result.wrong);
    ck_assert(result.all);
    ck_assert_int_ge(result.orders, 2);
}
END_TEST

static void take_crosswise(int thread)
{
    interleave_take(&place[thread]);
    interleave_take(&place[1 - thread]);
    interleave_drop(&place[1 - thread]);
    interleave_drop(&place[thread]);
}

START_TEST(a_deadlock_is_found)
{
    ck_assert_ptr_nonnull(
        strstr(try_all(2, take_crosswise, NULL, false).wrong, "Nobody can go on"));
}
END_TEST

START_TEST(a_race_is_found_only_if_it_is_asked_for)
{
    ck_assert_ptr_null(try_all(2, write_once, NULL, false).wrong);
    ck_assert_ptr_nonnull(strstr(try_all(2, write_once, NULL, true).wrong, "first"));
}
END_TEST

/* Thread 0 writes and then raises a flag; thread 1 reads if it finds the flag raised. */
static int flag_order;

static void pass_message(int thread)
{
    if (thread == 0) {
        access_point(ACCESS_WRITE, &place[0], sizeof place[0]);
        access_point(ACCESS_STORE, &place[1], sizeof place[1]);
        total = 1;
        access_ordered(ACCESS_STORE, &place[1],
                       flag_order == __ATOMIC_ACQUIRE ? __ATOMIC_RELAXED : __ATOMIC_RELEASE);
    } else {
        access_point(ACCESS_LOAD, &place[1], sizeof place[1]);
        access_ordered(ACCESS_LOAD, &place[1],
                       flag_order == __ATOMIC_RELEASE ? __ATOMIC_RELAXED : __ATOMIC_ACQUIRE);
        if (total)
            access_point(ACCESS_READ, &place[0], sizeof place[0]);
    }
}

START_TEST(release_and_acquire_make_an_order)
{
    flag_order = __ATOMIC_ACQ_REL;
    ck_assert_ptr_null(try_all(2, pass_message, NULL, true).wrong);
}
END_TEST

START_TEST(release_alone_is_not_enough)
{
    flag_order = __ATOMIC_RELEASE;
    ck_assert_ptr_nonnull(try_all(2, pass_message, NULL, true).wrong);
}
END_TEST

START_TEST(acquire_alone_is_not_enough)
{
    flag_order = __ATOMIC_ACQUIRE;
    ck_assert_ptr_nonnull(try_all(2, pass_message, NULL, true).wrong);
}
END_TEST

static void use_after_end(int thread)
{
    if (thread == 0)
        interleave_forbid(&place[0], sizeof place[0], true, "the %s was gone");
    else
        access_point(ACCESS_LOAD, &place[0], sizeof place[0]);
}

START_TEST(a_use_of_what_is_gone_is_found)
{
    ck_assert_str_eq(try_all(2, use_after_end, NULL, false).wrong, "the first was gone");
}
END_TEST

static void join_and_look(int thread)
{
    if (thread == 0) {
        interleave_join_others();
        access_point(ACCESS_READ, &place[0], sizeof place[0]);
    } else {
        write_once(thread);
    }
}

START_TEST(who_joins_comes_after_the_others)
{
    ck_assert_ptr_null(try_all(2, join_and_look, NULL, true).wrong);
}
END_TEST

static void count_free_threads(int thread)
{
    (void)thread;
    ck_assert(!interleave_chosen());
    __atomic_fetch_add(&total, 1, __ATOMIC_RELAXED);
}

static void expect_three(void)
{
    if (total != 3)
        interleave_wrong("%d", total);
}

START_TEST(threads_run_freely_where_nothing_is_watched)
{
    struct interleave_result result;

    atomic_store(&constructs.watched, false);
    result = interleave_all(&(struct interleaving){
        .threads = 3, .prepare = begin, .body = count_free_threads, .check = expect_three});
    ck_assert_ptr_null(result.wrong);
    ck_assert(!result.all);
    ck_assert_int_gt(result.orders, 1);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        every_order_is_tried_once,
        orders_that_make_no_difference_are_one,
        a_lost_addition_is_found,
        locks_keep_threads_apart,
        a_deadlock_is_found,
        a_race_is_found_only_if_it_is_asked_for,
        release_and_acquire_make_an_order,
        release_alone_is_not_enough,
        acquire_alone_is_not_enough,
        a_use_of_what_is_gone_is_found,
        who_joins_comes_after_the_others,
        threads_run_freely_where_nothing_is_watched,
    };

    return unit_main("interleave", tests, sizeof tests / sizeof tests[0]);
}
