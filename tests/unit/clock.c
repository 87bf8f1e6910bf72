#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/time.h>

#include "common/clock.h"
#include "tests/unit/support/unit.h"

static bool never_goes_back(clock_fn *clock)
{
    int64_t last = clock();

    for (int i = 0; i < 10000; i++) {
        int64_t now = clock();

        if (now < last)
            return false;
        last = now;
    }
    return true;
}

START_TEST(clocks_never_go_back)
{
    ck_assert(never_goes_back(clock_wall));
    ck_assert(never_goes_back(clock_cpu));
}
END_TEST

START_TEST(wall_counts_nanoseconds_of_the_monotonic_clock)
{
    struct timespec now;
    int64_t before = clock_wall(), between, after;

    clock_gettime(CLOCK_MONOTONIC, &now);
    after = clock_wall();
    between = now.tv_sec * NS_PER_S + now.tv_nsec;
    ck_assert_int_ge(between, before);
    ck_assert_int_ge(after, between);
}
END_TEST

START_TEST(timespec_splits_seconds_and_nanoseconds)
{
    static const struct {
        int64_t ns;
        long seconds, rest;
    } cases[] = {
        {0, 0, 0},
        {1, 0, 1},
        {NS_PER_S - 1, 0, 999999999},
        {NS_PER_S, 1, 0},
        {1500 * NS_PER_MS, 1, 500000000},
        {INT64_MAX, 9223372036, 854775807},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct timespec time = clock_timespec(cases[i].ns);

        ck_assert_int_eq(time.tv_sec, cases[i].seconds);
        ck_assert_int_eq(time.tv_nsec, cases[i].rest);
    }
}
END_TEST

START_TEST(sleep_lasts_at_least_as_long_as_asked)
{
    static const int64_t lengths[] = {0, 1, 1000, 5 * NS_PER_MS, 20 * NS_PER_MS};

    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        int64_t begin = clock_wall();

        clock_sleep(lengths[i]);
        ck_assert_int_ge(clock_wall(), begin + lengths[i]);
    }
}
END_TEST

static volatile sig_atomic_t signals;

static void count_signal(int number)
{
    (void)number;
    signals++;
}

START_TEST(sleep_is_not_cut_short_by_signals)
{
    struct itimerval every_ms = {{0, 1000}, {0, 1000}}, off = {{0, 0}, {0, 0}};
    struct sigaction action = {.sa_handler = count_signal}; /* no SA_RESTART */
    int64_t begin, end;

    ck_assert_int_eq(sigaction(SIGALRM, &action, NULL), 0);
    begin = clock_wall();
    ck_assert_int_eq(setitimer(ITIMER_REAL, &every_ms, NULL), 0);
    clock_sleep(50 * NS_PER_MS);
    end = clock_wall();
    setitimer(ITIMER_REAL, &off, NULL);
    ck_assert_int_ge(signals, 1);
    ck_assert_int_ge(end, begin + 50 * NS_PER_MS);
}
END_TEST

enum { BURN_MS = 30 };
/* getrusage counts in whole microseconds, four times rounded down. */
#define BURNT_AT_LEAST (BURN_MS * NS_PER_MS - 8000)

static void burn(void *unused)
{
    struct timespec now;

    (void)unused;
    do
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    while (now.tv_sec * NS_PER_S + now.tv_nsec < BURN_MS * NS_PER_MS);
}

static void *burn_in_thread(void *unused)
{
    burn(unused);
    return NULL;
}

START_TEST(cpu_counts_other_threads)
{
    int64_t before = clock_cpu();
    pthread_t thread;

    ck_assert_int_eq(pthread_create(&thread, NULL, burn_in_thread, NULL), 0);
    pthread_join(thread, NULL);
    ck_assert_int_ge(clock_cpu() - before, BURNT_AT_LEAST);
}
END_TEST

START_TEST(cpu_counts_reaped_children)
{
    int64_t before = clock_cpu();

    ck_assert_int_eq(unit_in_child(burn, NULL), 0);
    ck_assert_int_ge(clock_cpu() - before, BURNT_AT_LEAST);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        clocks_never_go_back,
        wall_counts_nanoseconds_of_the_monotonic_clock,
        timespec_splits_seconds_and_nanoseconds,
        sleep_lasts_at_least_as_long_as_asked,
        sleep_is_not_cut_short_by_signals,
        cpu_counts_other_threads,
        cpu_counts_reaped_children,
    };

    return unit_main("clock", tests, sizeof tests / sizeof tests[0]);
}
