#include "tests/suites/09-gil-support.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>

#include "common/clock.h"
#include "tests/harness/faults.h"
#include "tests/harness/grader.h"
#include "tests/harness/wording.h"
#include "tests/watch/quiet.h"

/* How often a function failed since gil_begin, and with which errno for the first time. Written by
 * all threads that use the lock. */
struct failures {
    atomic_int times;
    atomic_int error; /* 0: none so far */
    atomic_bool lost; /* it succeeded, and changed errno */
};

static struct failures acquire, release;
static atomic_uint signalled_too_early; /* when gil_begin was called */

/* How many threads hold the lock, and the most that did: counted between gil_acquire and
 * gil_release, so more than one means that the lock let two in. */
static atomic_int holders, most_holders;
static _Thread_local bool holding; /* the calling thread is counted */

/* What is under way, for the report of a hang; guarded by `noting`. */
static pthread_mutex_t noting = PTHREAD_MUTEX_INITIALIZER;
static struct {
    int acquiring, releasing; /* threads inside these functions */
    bool release_silent;      /* the last release that came back had signalled nobody */
    bool acquire_silent;      /* a thread took the lock while another waited in gil_release, and
                                 had signalled nobody */
    const char *suspect;      /* where a failure leads if nothing else is known */
} calls;

/* For the thread that watches: whether there is a lock to watch, whether something has happened
 * lately, and whether it may have a file of /proc open. */
static atomic_int watching, progress, looking;

static void *watch(void *unused)
{
    quiet_leave_out_this_thread();
    for (;;) {
        atomic_store(&progress, 0);
        atomic_store(&looking, 1);
        if (atomic_load(&watching) && quiet_wait_hung(&progress))
            grader_fail_as_hung();
        atomic_store(&looking, 0);
        if (!atomic_load(&watching))
            clock_sleep(20 * NS_PER_MS);
    }
    return unused;
}

static void begin_to_watch(void)
{
    static bool started;
    pthread_t thread;

    if (!started && pthread_create(&thread, NULL, watch, NULL) == 0)
        pthread_detach(thread);
    started = true;
    atomic_store(&progress, 1);
    atomic_store(&watching, 1);
}

/* With `noting` held. */
static const char *look_at(void)
{
    if (calls.releasing > 0)
        return calls.acquire_silent || faults_signals_too_early() > signalled_too_early
                   ? "gil_acquire"
                   : "gil_release";
    if (calls.acquiring > 0 && atomic_load(&holders) == 0 && calls.release_silent)
        return "gil_release";
    return calls.suspect;
}

static void note_calls(int acquiring, int releasing)
{
    const char *holder = atomic_load(&holders) == 0 ? "nobody holds" : "a thread holds";

    atomic_store(&progress, 1);
    calls.acquiring += acquiring;
    calls.releasing += releasing;
    if (calls.acquiring + calls.releasing == 0) {
        grader_doing(calls.suspect, "%s", calls.suspect);
        grader_did();
    } else if (calls.releasing == 0) {
        grader_doing(look_at(), "%s in gil_acquire, while %s the lock",
                     plural(calls.acquiring, "thread"), holder);
    } else {
        grader_doing(look_at(), "%s in gil_release and %d in gil_acquire, while %s the lock",
                     plural(calls.releasing, "thread"), calls.acquiring, holder);
    }
}

void gil_suspect(const char *function)
{
    pthread_mutex_lock(&noting);
    calls.suspect = function;
    note_calls(0, 0);
    pthread_mutex_unlock(&noting);
}

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

/* Makes one of the calls. Keeps errno as it leaves it. */
static int call(int function(struct gil *), const char *name, struct gil *gil,
                struct failures *failures)
{
    enum { MARK = 98765 }; /* no errno: what the call must keep */
    int failed, before = errno;

    faults_lead_to(name);
    errno = MARK;
    failed = function(gil);
    faults_lead_to(NULL);
    if (!failed && errno != MARK)
        atomic_store(&failures->lost, true);
    if (errno == MARK)
        errno = before;
    return failed;
}

static void must_acquire(struct gil *gil, bool heard)
{
    unsigned signals = faults_signals();
    int failed, error = errno;

    pthread_mutex_lock(&noting);
    note_calls(1, 0);
    pthread_mutex_unlock(&noting);
    errno = error;
    failed = call(gil_acquire, "gil_acquire", gil, &acquire);
    error = errno;
    if (heard)
        faults_deliver_signals();
    pthread_mutex_lock(&noting);
    if (failed)
        note_failure(&acquire, error);
    else
        count_holder();
    calls.acquire_silent = calls.releasing > 0 && signals == faults_signals();
    note_calls(-1, 0);
    pthread_mutex_unlock(&noting);
    errno = error;
}

void gil_must_acquire(struct gil *gil)
{
    must_acquire(gil, true);
}

void gil_must_acquire_unheard(struct gil *gil)
{
    must_acquire(gil, false);
}

static void must_release(struct gil *gil, bool heard)
{
    unsigned signals = faults_signals();
    int failed, error = errno;

    pthread_mutex_lock(&noting);
    if (holding)
        atomic_fetch_sub(&holders, 1);
    holding = false;
    note_calls(0, 1);
    pthread_mutex_unlock(&noting);
    errno = error;
    failed = call(gil_release, "gil_release", gil, &release);
    error = errno;
    if (heard)
        faults_deliver_signals();
    pthread_mutex_lock(&noting);
    if (failed)
        note_failure(&release, error);
    calls.release_silent = signals == faults_signals();
    note_calls(0, -1);
    pthread_mutex_unlock(&noting);
    errno = error;
}

void gil_must_release(struct gil *gil)
{
    must_release(gil, true);
}

void gil_must_release_unheard(struct gil *gil)
{
    must_release(gil, false);
}

void gil_wait_for_request(struct gil *gil)
{
    const int short_naps = 50; /* then longer ones, which look more like sleep to who watches */

    for (int nap = 0; !gil_drop_requested(gil) && !atomic_load(&acquire.times) &&
                      !atomic_load(&release.times) && atomic_load(&most_holders) <= 1;
         nap++)
        clock_sleep(nap < short_naps ? NS_PER_MS : 50 * NS_PER_MS);
}

int gil_most_holders(void)
{
    return atomic_load(&most_holders);
}

static void expect_none(const struct failures *failures, const char *look, const char *function,
                        const char *doing)
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
    grader_fail_at(most > 1 ? "gil_acquire" : look, "While %s, %s%s %s.", doing, seen, function,
                   how);
}

void gil_expect_no_failures(const char *doing)
{
    expect_none(&acquire, "gil_acquire", "gil_acquire by a thread that did not hold the lock",
                doing);
    expect_none(&release, "gil_release", "gil_release by a thread that had acquired the lock",
                doing);
}

void gil_expect_errno_kept(void)
{
    expect_at("gil_acquire", !atomic_load(&acquire.lost),
              "gil_acquire should keep errno, also if it had to wait.");
    expect_at("gil_release", !atomic_load(&release.lost),
              "gil_release should keep errno, also if it had to wait until another thread had the "
              "lock.");
}

struct gil *gil_begin(long interval_us)
{
    struct gil *gil = gil_create(interval_us);
    int failed, error;

    grader_begin("gil_create", gil != NULL);
    grader_begin("gil_acquire", gil_acquire(gil) == 0);
    grader_doing("gil_release", "a plain call of gil_release");
    failed = gil_release(gil);
    error = errno;
    expect_at("gil_acquire", !failed || errno != EPERM || gil_destroy(gil) == -1,
              "A plain call of gil_acquire succeeded, but nobody holds the lock after it.");
    errno = error;
    grader_begin("gil_release", !failed);
    acquire = (struct failures){0};
    release = (struct failures){0};
    atomic_store(&holders, 0);
    atomic_store(&most_holders, 0);
    atomic_store(&signalled_too_early, faults_signals_too_early());
    gil_suspect("gil_acquire");
    begin_to_watch();
    return gil;
}

void gil_end(struct gil *gil)
{
    atomic_store(&watching, 0);
    atomic_store(&progress, 1);
    expect_at("gil_destroy", gil_destroy(gil) == 0, "gil_destroy failed with errno %s.",
              error_name(errno));
}

void gil_wait_for_watcher(void)
{
    while (atomic_load(&looking))
        clock_sleep(NS_PER_MS);
}
