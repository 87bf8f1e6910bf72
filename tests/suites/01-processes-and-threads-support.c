#include "tests/suites/01-processes-and-threads-support.h"

#include <errno.h>
#include <stddef.h>
#include <sys/wait.h>
#include <unistd.h>

#include <omp.h>

#include "tests/harness/grader.h"
#include "tests/harness/wording.h"
#include "tests/watch/quiet.h"

struct who *who;
pid_t who_tester;
int who_copied;

void who_note(void *argument)
{
    who->pid = getpid();
    who->thread = pthread_self();
    who->in_team = omp_in_parallel();
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

void who_begin(const char *name, run_fn *run, const char *hint)
{
    int failed;

    who = grader_share(1, sizeof *who);
    who_tester = getpid();
    who_reset();
    errno = 0;
    failed = grader_call(run(who_note_late, NULL), name, "a plain call of %s", name);
    expect_one_process(name);
    expect(!failed || errno == ENOSYS || atomic_load(&who->times) == 0,
           "The work was done (%s), but %s returned %d with errno %s. %s",
           plural(atomic_load(&who->times), "time"), name, failed, error_name(errno), hint);
    grader_begin(name, failed == 0);
    expect(atomic_load(&who->times) > 0, "%s returned 0 before the work was done.", name);
}

void who_expect_done(const char *name, const char *when, run_fn *run, work_fn *work)
{
    int something, failed, times;

    who_reset();
    failed = grader_call(run(work, &something), name, "%s%s", name, when);
    times = atomic_load(&who->times);
    expect_one_process(name);
    expect(!failed, "%s%s returned %d with errno %s, but the work can be done.%s", name, when,
           failed, error_name(errno), times == 1 ? " It was done." : "");
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
