#include "tests/suites/01-processes-and-threads-support.h"

#include <errno.h>
#include <stddef.h>
#include <sys/wait.h>
#include <unistd.h>

#include <omp.h>

#include "tests/harness/census.h"
#include "tests/harness/faults.h"
#include "tests/harness/grader.h"
#include "tests/harness/wording.h"
#include "tests/watch/quiet.h"

struct who *who;
pid_t who_tester;
int who_copied;
static const char *who_hint;

void who_note(void *argument)
{
    who->pid = getpid();
    who->thread = pthread_self();
    who->in_team = omp_in_parallel();
    who->team = omp_get_num_threads();
    who->argument = argument;
    who_copied = 1;
    atomic_fetch_add(&who->times, 1);
}

void who_note_late(void *argument)
{
    quiet_wait_briefly(NULL);
    who_note(argument);
}

static void who_reset(void)
{
    who->argument = NULL;
    who_copied = 0;
    atomic_store(&who->times, 0);
}

static void expect_one_process(const char *name)
{
    expect(getpid() == who_tester,
           "Two processes came back from %s: its caller, and the child, too. A child should leave "
           "with _exit(2) as soon as the work is done.",
           name);
}

int who_threads_granted(void)
{
    int granted = 0;

#pragma omp parallel num_threads(2)
#pragma omp single
    granted = omp_get_num_threads();
    return granted;
}

/* What can be seen after a call that failed, though the work can be done: of the child, if there
 * were so many children before; or of a second thread. Ends each sentence. */
static const char *seen_after(run_fn *run, int children_before, bool done)
{
    const int sent = run == run_in_process ? atomic_load(&faults_now()->signal_sent) : 0;

    if (run != run_in_process && done)
        return "";
    if (run != run_in_process)
        return wording(" A parallel region with num_threads(2) has %s here, each with a number of "
                       "its own inside of the region.",
                       plural(who_threads_granted(), "thread"));
    if (census_take().children > children_before)
        return " Its child was not reaped when it returned.";
    if (sent)
        return wording(" It had sent its child signal %d (kill).", sent);
    return done ? "" : " The work was not done when it returned.";
}

static const char *with_errno(int error)
{
    return error ? wording(" with errno %s", error_name(error)) : " and did not set errno";
}

void who_begin(const char *name, run_fn *run, const char *hint)
{
    int failed, times, error, children = census_take().children;

    who = grader_share(1, sizeof *who);
    who_tester = getpid();
    who_hint = hint;
    who_reset();
    errno = 0;
    failed = grader_call(run(who_note_late, NULL), name, "a plain call of %s", name);
    error = errno;
    times = atomic_load(&who->times);
    expect_one_process(name);
    expect(failed == 0 || failed == -1, "%s returned %d. It should return 0, or -1 with errno.",
           name, failed);
    expect(!failed || error == ENOSYS || times > 0, "%s returned -1%s, but the work can be done.%s",
           name, with_errno(error), seen_after(run, children, false));
    expect(!failed || error == ENOSYS, "The work was done (%s), but %s returned -1%s.%s %s",
           plural(times, "time"), name, with_errno(error), seen_after(run, children, true), hint);
    errno = error;
    grader_begin(name, failed == 0);
    expect(atomic_load(&who->times) > 0, "%s returned 0 before the work was done.", name);
}

void who_expect_done(const char *name, const char *when, run_fn *run, work_fn *work)
{
    int something, failed, times, error, children = census_take().children;

    who_reset();
    errno = 0;
    failed = grader_call(run(work, &something), name, "%s%s", name, when);
    error = errno;
    times = atomic_load(&who->times);
    expect_one_process(name);
    expect(!failed || times == 0, "%s%s returned %d%s, but the work can be done. It was done.%s %s",
           name, when, failed, with_errno(error), seen_after(run, children, true), who_hint);
    expect(!failed, "%s%s returned %d%s, but the work can be done.%s", name, when, failed,
           with_errno(error), seen_after(run, children, false));
    expect(times > 0, "%s%s returned 0 before the work was done.", name, when);
    expect(times == 1, "%s%s should do the work once, not %s.", name, when, plural(times, "time"));
    expect(who->argument == &something, "%s%s should hand the argument on to the work.", name,
           when);
}

pid_t who_make_other_child(void)
{
    siginfo_t info;
    pid_t other = grader_fork();

    if (other == 0)
        _exit(0);
    waitid(P_PID, (id_t)other, &info, WEXITED | WNOWAIT);
    return other;
}

void who_expect_other_child(pid_t other, const char *when)
{
    expect(waitpid(other, NULL, WNOHANG) == other,
           "The caller had another child, which had ended, and run_in_process%s reaped that one, "
           "too. Wait for the child that you have forked only, by its PID.",
           when);
}
