#include <pthread.h>
#include <sched.h>

#include "common/counted_lock.h"
#include "tests/unit/support/unit.h"

START_TEST(counts_how_often_it_was_taken)
{
    struct counted_lock lock;

    counted_lock_init(&lock);
    ck_assert_uint_eq(lock.taken, 0);
    for (unsigned long i = 1; i <= 100; i++) {
        counted_lock_take(&lock);
        ck_assert_uint_eq(lock.taken, i);
        counted_lock_drop(&lock);
    }
    ck_assert_uint_eq(lock.taken, 100);
    counted_lock_destroy(&lock);
    counted_lock_init(&lock);
    ck_assert_uint_eq(lock.taken, 0);
    counted_lock_destroy(&lock);
}
END_TEST

enum { THREADS = 4, TURNS = 100 };

static struct {
    struct counted_lock lock;
    int inside, most, turns; /* guarded by `lock`, if it does what it should */
} shared;

/* Lets others run while it is inside: without the lock they would come in. */
static void *go_in_and_out(void *unused)
{
    for (int i = 0; i < TURNS; i++) {
        int turns;

        counted_lock_take(&shared.lock);
        shared.inside++;
        turns = shared.turns;
        sched_yield();
        shared.turns = turns + 1;
        if (shared.inside > shared.most)
            shared.most = shared.inside;
        shared.inside--;
        counted_lock_drop(&shared.lock);
    }
    return unused;
}

START_TEST(lets_one_thread_in_at_a_time)
{
    pthread_t threads[THREADS];

    counted_lock_init(&shared.lock);
    for (int i = 0; i < THREADS; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, go_in_and_out, NULL), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    ck_assert_int_eq(shared.most, 1);
    ck_assert_int_eq(shared.turns, THREADS * TURNS);
    ck_assert_uint_eq(shared.lock.taken, THREADS * TURNS);
    counted_lock_destroy(&shared.lock);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        counts_how_often_it_was_taken,
        lets_one_thread_in_at_a_time,
    };

    return unit_main("counted_lock", tests, sizeof tests / sizeof tests[0]);
}
