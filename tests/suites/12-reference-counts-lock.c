#include "tests/suites/12-reference-counts-lock.h"

#include <errno.h>
#include <pthread.h>

#include "tests/harness/interleave.h"

static pthread_mutex_t free_lock = PTHREAD_MUTEX_INITIALIZER; /* where threads run freely */
static _Thread_local bool has_lock;
static _Thread_local long drops;

static int acquire(void *unused)
{
    (void)unused;
    if (has_lock) {
        errno = EDEADLK;
        return -1;
    }
    if (interleave_chosen())
        interleave_take(&free_lock);
    else
        pthread_mutex_lock(&free_lock);
    has_lock = true;
    return 0;
}

static int release(void *unused)
{
    (void)unused;
    if (!has_lock) {
        errno = EPERM;
        return -1;
    }
    has_lock = false;
    drops++;
    if (interleave_chosen())
        interleave_drop(&free_lock);
    else
        pthread_mutex_unlock(&free_lock);
    return 0;
}

const struct interp_lock model_lock = {acquire, release, &free_lock};

bool model_lock_is_mine(void)
{
    return has_lock;
}

long model_lock_drops(void)
{
    return drops;
}

void model_lock_forget(void)
{
    has_lock = false;
}
