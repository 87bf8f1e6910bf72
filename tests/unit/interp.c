#include <errno.h>

#include "common/interp.h"
#include "tests/unit/support/fake_lock.h"
#include "tests/unit/support/unit.h"

static struct fake_lock fake;

static void assert_refused(int result, int error)
{
    int seen = errno;

    ck_assert_int_eq(result, -1);
    ck_assert_int_eq(seen, error);
}

START_TEST(with_no_lock_nothing_happens)
{
    errno = ERANGE;
    ck_assert_int_eq(interp_attach(), 0);
    interp_tick();
    interp_drop_and_take();
    interp_blocking_begin();
    interp_blocking_end();
    ck_assert_int_eq(interp_detach(), 0);
    ck_assert_int_eq(errno, ERANGE);
}
END_TEST

START_TEST(install_wants_a_whole_lock)
{
    struct interp_lock part;

    fake_lock_init(&fake);
    assert_refused(interp_install(NULL), EINVAL);
    part = fake.hooks;
    part.acquire = NULL;
    assert_refused(interp_install(&part), EINVAL);
    part = fake.hooks;
    part.release = NULL;
    assert_refused(interp_install(&part), EINVAL);
    ck_assert_int_eq(interp_attach(), 0);
    ck_assert_str_eq(fake.log, "");
}
END_TEST

START_TEST(only_one_lock_at_a_time)
{
    struct fake_lock second;

    fake_lock_init(&second);
    ck_assert(!interp_installed(&fake));
    ck_assert(!interp_installed(NULL));
    fake_lock_install(&fake);
    ck_assert(interp_installed(&fake));
    ck_assert(!interp_installed(&second));
    assert_refused(interp_install(&second.hooks), EBUSY);
    assert_refused(interp_install(&fake.hooks), EBUSY);
    interp_attach();
    ck_assert_str_eq(second.log, "");
    ck_assert_str_eq(fake.log, "A");
    assert_refused(interp_uninstall(&second), EINVAL);
    ck_assert(interp_installed(&fake));
    fake_lock_uninstall(&fake);
    ck_assert(!interp_installed(&fake));
    assert_refused(interp_uninstall(&fake), EINVAL);
    assert_refused(interp_uninstall(NULL), EINVAL);
    ck_assert_int_eq(interp_install(&second.hooks), 0);
    ck_assert_int_eq(interp_uninstall(&second), 0);
}
END_TEST

START_TEST(attach_acquires_and_detach_releases)
{
    fake_lock_install(&fake);
    ck_assert_int_eq(interp_attach(), 0);
    ck_assert_str_eq(fake.log, "A");
    ck_assert_int_eq(interp_detach(), 0);
    ck_assert_str_eq(fake.log, "AR");
    fake_lock_uninstall(&fake);
}
END_TEST

START_TEST(attach_and_detach_pass_on_the_locks_error)
{
    fake_lock_install(&fake);
    fake.refuse = EDEADLK;
    assert_refused(interp_attach(), EDEADLK);
    fake.refuse = EPERM;
    assert_refused(interp_detach(), EPERM);
    fake_lock_uninstall(&fake);
}
END_TEST

START_TEST(tick_leaves_the_lock_alone_unless_asked)
{
    fake_lock_install(&fake);
    for (int i = 0; i < 1000; i++)
        interp_tick();
    ck_assert_str_eq(fake.log, "");
    interp_ask(&fake, true);
    interp_ask(&fake, false);
    interp_tick();
    ck_assert_str_eq(fake.log, "");
    fake_lock_uninstall(&fake);
}
END_TEST

START_TEST(tick_drops_and_takes_when_asked)
{
    fake_lock_install(&fake);
    interp_ask(&fake, true);
    errno = ERANGE;
    interp_tick();
    ck_assert_int_eq(errno, ERANGE);
    ck_assert_str_eq(fake.log, "RA");
    interp_tick();
    ck_assert_str_eq(fake.log, "RA");
    interp_ask(&fake, true);
    interp_tick();
    ck_assert_str_eq(fake.log, "RARA");
    fake_lock_uninstall(&fake);
}
END_TEST

START_TEST(tick_of_a_thread_without_the_lock_does_not_take_it)
{
    fake_lock_install(&fake);
    fake.refuse = EPERM;
    interp_ask(&fake, true);
    errno = ERANGE;
    interp_tick();
    ck_assert_int_eq(errno, ERANGE);
    ck_assert_str_eq(fake.log, "R");
    fake_lock_uninstall(&fake);
}
END_TEST

START_TEST(a_lock_that_is_not_installed_asks_in_vain)
{
    struct fake_lock other;

    fake_lock_init(&other);
    interp_ask(&other, true);
    fake_lock_install(&fake);
    interp_tick();
    interp_ask(&other, true);
    interp_tick();
    ck_assert_str_eq(fake.log, "");
    interp_ask(&fake, true);
    interp_ask(&other, false);
    interp_tick();
    ck_assert_str_eq(fake.log, "RA");
    fake_lock_uninstall(&fake);
}
END_TEST

START_TEST(a_request_does_not_outlive_its_lock)
{
    fake_lock_install(&fake);
    interp_ask(&fake, true);
    fake_lock_uninstall(&fake);
    fake_lock_install(&fake);
    interp_tick();
    ck_assert_str_eq(fake.log, "");
    fake_lock_uninstall(&fake);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        with_no_lock_nothing_happens,
        install_wants_a_whole_lock,
        only_one_lock_at_a_time,
        attach_acquires_and_detach_releases,
        attach_and_detach_pass_on_the_locks_error,
        tick_leaves_the_lock_alone_unless_asked,
        tick_drops_and_takes_when_asked,
        tick_of_a_thread_without_the_lock_does_not_take_it,
        a_lock_that_is_not_installed_asks_in_vain,
        a_request_does_not_outlive_its_lock,
    };

    return unit_main("interp", tests, sizeof tests / sizeof tests[0]);
}
