#include <errno.h>
#include <pthread.h>

#include "common/interp.h"
#include "common/trace.h"
#include "tests/unit/support/fake_lock.h"
#include "tests/unit/support/unit.h"

static struct fake_lock fake;

START_TEST(brackets_release_and_acquire_and_keep_errno)
{
    fake_lock_install(&fake);
    errno = ERANGE;
    interp_blocking_begin();
    ck_assert_int_eq(errno, ERANGE);
    ck_assert_str_eq(fake.log, "R");
    errno = EAGAIN; /* the blocking call's own */
    interp_blocking_end();
    ck_assert_int_eq(errno, EAGAIN);
    ck_assert_str_eq(fake.log, "RA");
    fake_lock_uninstall(&fake);
}
END_TEST

START_TEST(only_the_outermost_bracket_counts)
{
    fake_lock_install(&fake);
    interp_blocking_begin();
    interp_blocking_begin();
    interp_blocking_begin();
    interp_blocking_end();
    interp_blocking_end();
    ck_assert_str_eq(fake.log, "R");
    interp_blocking_end();
    ck_assert_str_eq(fake.log, "RA");
    interp_blocking_begin();
    interp_blocking_end();
    ck_assert_str_eq(fake.log, "RARA");
    fake_lock_uninstall(&fake);
}
END_TEST

START_TEST(brackets_of_a_thread_without_the_lock_do_not_take_it)
{
    fake_lock_install(&fake);
    fake.refuse = EPERM;
    errno = ERANGE;
    interp_blocking_begin();
    interp_blocking_begin();
    fake.refuse = 0;
    interp_blocking_end();
    interp_blocking_end();
    ck_assert_int_eq(errno, ERANGE);
    ck_assert_str_eq(fake.log, "R");
    fake_lock_uninstall(&fake);
}
END_TEST

static void *bracket_once(void *unused)
{
    interp_blocking_begin();
    interp_blocking_end();
    return unused;
}

START_TEST(brackets_of_threads_do_not_mix)
{
    pthread_t thread;

    fake_lock_install(&fake);
    interp_blocking_begin();
    ck_assert_int_eq(pthread_create(&thread, NULL, bracket_once, NULL), 0);
    pthread_join(thread, NULL);
    ck_assert_str_eq(fake.log, "RRA");
    interp_blocking_end();
    ck_assert_str_eq(fake.log, "RRAA");
    fake_lock_uninstall(&fake);
}
END_TEST

/* The trace's states, one letter each, in the order of time. */
static const char *traced_states(void)
{
    static char states[32];
    size_t count;
    const struct trace_event *events = trace_events(&count, NULL);

    ck_assert_uint_lt(count, sizeof states);
    for (size_t i = 0; i < count; i++)
        states[i] = "-CLB"[events[i].state];
    states[count] = '\0';
    return states;
}

START_TEST(the_trace_shows_who_waits_for_the_lock)
{
    ck_assert_int_eq(trace_open(32), 0);
    fake_lock_install(&fake);
    interp_attach();
    trace_begin();
    interp_ask(&fake, true);
    interp_tick();
    interp_blocking_begin();
    interp_blocking_end();
    trace_end();
    interp_detach();
    fake_lock_uninstall(&fake);
    ck_assert_str_eq(traced_states(), "LCLCBLC");
    trace_close();
}
END_TEST

START_TEST(the_trace_shows_no_lock_where_there_is_none)
{
    ck_assert_int_eq(trace_open(32), 0);
    interp_attach();
    trace_begin();
    interp_tick();
    interp_blocking_begin();
    interp_blocking_end();
    trace_end();
    interp_detach();
    ck_assert_str_eq(traced_states(), "CBC");
    trace_close();
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        brackets_release_and_acquire_and_keep_errno,
        only_the_outermost_bracket_counts,
        brackets_of_a_thread_without_the_lock_do_not_take_it,
        brackets_of_threads_do_not_mix,
        the_trace_shows_who_waits_for_the_lock,
        the_trace_shows_no_lock_where_there_is_none,
    };

    return unit_main("interp_blocking", tests, sizeof tests / sizeof tests[0]);
}
