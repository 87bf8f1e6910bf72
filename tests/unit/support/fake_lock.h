/* A lock for common/interp.h that only writes down what it is asked to do. For one thread. */
#ifndef LOCKSTEP_UNIT_FAKE_LOCK_H
#define LOCKSTEP_UNIT_FAKE_LOCK_H

#include "common/interp.h"

struct fake_lock {
    char log[64]; /* a letter for each call, A for acquire and R for release, and '\0' */
    int refuse;   /* if not 0, all calls fail with this errno */
    struct interp_lock hooks;
};

/* A fake lock with an empty log that refuses nothing. Its calls change errno even if they succeed,
 * and acquire takes back a request to drop, as lab 09's lock does. */
void fake_lock_init(struct fake_lock *fake);

/* Does that and installs it; takes it out. A failure fails the test. */
void fake_lock_install(struct fake_lock *fake);
void fake_lock_uninstall(struct fake_lock *fake);

#endif
