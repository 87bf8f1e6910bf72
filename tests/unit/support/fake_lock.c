#include "tests/unit/support/fake_lock.h"

#include <check.h>
#include <errno.h>
#include <stddef.h>
#include <string.h>

static int note(struct fake_lock *fake, char letter)
{
    size_t length = strlen(fake->log);

    if (length + 1 < sizeof fake->log)
        fake->log[length] = letter;
    errno = fake->refuse ? fake->refuse : EDOM;
    return fake->refuse ? -1 : 0;
}

static int acquire(void *self)
{
    interp_ask(self, false);
    return note(self, 'A');
}

static int release(void *self)
{
    return note(self, 'R');
}

void fake_lock_init(struct fake_lock *fake)
{
    *fake = (struct fake_lock){.hooks = {acquire, release, fake}};
}

void fake_lock_install(struct fake_lock *fake)
{
    fake_lock_init(fake);
    ck_assert_int_eq(interp_install(&fake->hooks), 0);
}

void fake_lock_uninstall(struct fake_lock *fake)
{
    ck_assert_int_eq(interp_uninstall(fake), 0);
}
