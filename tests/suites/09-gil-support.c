#include "tests/suites/09-gil-support.h"

#include <errno.h>
#include <stdatomic.h>

#include "tests/harness/grader.h"
#include "tests/harness/wording.h"

/* How often a function failed since gil_begin, and with which errno for the first time. Written by
 * all threads that use the lock. */
struct failures {
    atomic_int times;
    atomic_int error; /* 0: none so far */
};

static struct failures acquire, release;

/* How many threads hold the lock, and the most that did: counted between gil_acquire and
 * gil_release, so more than one means that the lock let two in. */
static atomic_int holders, most_holders;
static _Thread_local bool holding; /* the calling thread is counted */

static void note_failure(struct failures *failures, int error)
{
    int none = 0;

    atomic_fetch_add(&failures->times, 1);
    atomic_compare_exchange_strong(&failures->error, &none, error);
}

static void count_holder(void)
{
    int now = atomic_fetch_add(&holders, 1) + 1, most = atomic_load(&most_holders);

    holding = true;
    while (now > most && !atomic_compare_exchange_weak(&most_holders, &most, now))
        ;
}

void gil_must_acquire(struct gil *gil)
{
    if (gil_acquire(gil) == 0)
        count_holder();
    else
        note_failure(&acquire, errno);
}

void gil_must_release(struct gil *gil)
{
    if (holding)
        atomic_fetch_sub(&holders, 1);
    holding = false;
    if (gil_release(gil))
        note_failure(&release, errno);
}

static void expect_none(const struct failures *failures, const char *function, const char *doing)
{
    int times = atomic_load(&failures->times), most = atomic_load(&most_holders);
    const char *error = error_name(atomic_load(&failures->error));
    const char *seen = "", *how;

    if (times == 0)
        return;
    if (most > 1)
        seen = wording("%d threads held the lock at the same time, and ", most);
    if (times == 1)
        how = wording("failed with errno %s", error);
    else
        how = wording("failed %d times, first with errno %s", times, error);
    grader_fail("While %s, %s%s %s.", doing, seen, function, how);
}

void gil_expect_no_failures(const char *doing)
{
    expect_none(&acquire, "gil_acquire by a thread that did not hold the lock", doing);
    expect_none(&release, "gil_release by a thread that had acquired the lock", doing);
}

struct gil *gil_begin(long interval_us)
{
    struct gil *gil = gil_create(interval_us);

    grader_begin("gil_create", gil != NULL);
    grader_begin("gil_acquire", gil_acquire(gil) == 0);
    grader_begin("gil_release", gil_release(gil) == 0);
    acquire = (struct failures){0};
    release = (struct failures){0};
    atomic_store(&holders, 0);
    atomic_store(&most_holders, 0);
    return gil;
}

void gil_end(struct gil *gil)
{
    expect(gil_destroy(gil) == 0, "gil_destroy failed with errno %s.", error_name(errno));
}
