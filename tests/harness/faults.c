/* How a fault gets between the graded code and the system.
 *
 * The builder renames the calls in the graded object (objcopy --redefine-syms, with the list in
 * tests/harness/redirected): `fork` there is `graded_fork` here, and so on. Each function here
 * fails if a test has asked for that, and otherwise hands the call on to the system. Nothing else
 * is renamed: the tests, this harness and the references of other labs call the system themselves.
 *
 * These functions run in whichever process and thread the graded code calls them: a test's own, a
 * worker's, or a child's that is about to leave. So the settings are in shared memory and atomic.
 * They belong to the test, which sets them in its own process before the call that is to meet the
 * fault. */
#include "tests/harness/faults.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/shared.h"
#include "tests/harness/grader.h"
#include "tests/harness/wording.h"
#include "tests/watch/quiet.h"

/* Until a test resets them, and where none does, nothing is injected. */
static struct faults none;
static struct faults *current = &none;
enum { PID_ZERO = INT_MIN }; /* in refused_kill: the graded code tried to signal 0 */
static pid_t tester;         /* the process that may say that a test failed; 0: not known */

struct faults *faults_reset(void)
{
    if (current == &none)
        current = grader_share(1, sizeof *current);
    *current = (struct faults){0};
    tester = getpid();
    sem_init(&current->timed_waits_end, 1, 0);
    return current;
}

bool faults_is_test(void)
{
    return getpid() == tester;
}

struct faults *faults_now(void)
{
    return current;
}

void faults_expect_no_stray_kill(const struct faults *faults)
{
    int pid = atomic_load(&faults->refused_kill);

    expect(pid == 0, "kill was called for PID %d, which is not a child of the caller. %s",
           pid == PID_ZERO ? 0 : pid,
           pid > 0
               ? "Was it reaped already? Its number may belong to another process by now."
               : "That means many processes at once. A PID from fork is above 0; if fork fails, "
                 "it returns -1.");
}

/* True about every other time that the calling thread asks; never three times in a row. The order
 * is Thue and Morse's, which has no period. (If it were strictly every other call, a loop that
 * polls and then reads would have all its reads interrupted and none of its polls.) */
bool faults_every_other(void)
{
    static _Thread_local unsigned asked;

    return __builtin_popcount(asked++) % 2 == 0;
}

/* Whether this call is one of so many that are interrupted one after the other. */
static bool one_of_a_row(void)
{
    if (!faults_is_test() || atomic_load(&current->interrupts) <= 0)
        return false;
    atomic_fetch_sub(&current->interrupts, 1);
    return true;
}

bool faults_interrupt(void)
{
    if (!atomic_load(&current->interrupt) || !(one_of_a_row() || faults_every_other()))
        return false;
    grader_done_to("a blocking call was interrupted by a signal (EINTR)");
    errno = EINTR;
    return true;
}

bool faults_interrupt_call(const char *call)
{
    if (!faults_interrupt())
        return false;
    atomic_store(&current->interrupted, call);
    return true;
}

static bool memory_fails(void)
{
    int left = atomic_load(&current->memory_fails_at);

    if (left > 1 || (left == 1 && atomic_load(&current->memory_comes_back)))
        atomic_fetch_sub(&current->memory_fails_at, 1);
    if (left != 1)
        return false;
    atomic_fetch_add(&current->no_memory, 1);
    grader_done_to("an allocation was refused (ENOMEM)");
    errno = ENOMEM;
    return true;
}

void *graded_malloc(size_t size)
{
    return memory_fails() ? NULL : malloc(size);
}

void *graded_calloc(size_t count, size_t size)
{
    return memory_fails() ? NULL : calloc(count, size);
}

void *graded_realloc(void *at, size_t size)
{
    return memory_fails() ? NULL : realloc(at, size);
}

void *graded_shared_alloc(size_t count, size_t size)
{
    return memory_fails() ? NULL : shared_alloc(count, size);
}

cpu_set_t *graded_sched_cpualloc(size_t count)
{
    return memory_fails() ? NULL : CPU_ALLOC(count);
}

pid_t graded_fork(void)
{
    pid_t child;
    bool late;
    int left = atomic_load(&current->fork_fails_at);

    if (left == 1) {
        int error = atomic_load(&current->fork_error) ? atomic_load(&current->fork_error) : EAGAIN;

        if (atomic_load(&current->fork_comes_back))
            atomic_store(&current->fork_fails_at, 0);
        grader_done_to("fork was made to fail (%s)", error_name(error));
        errno = error;
        return -1;
    }
    if (left > 1)
        atomic_fetch_sub(&current->fork_fails_at, 1);
    late = atomic_load(&current->late_children) > 0;
    if (late)
        atomic_fetch_sub(&current->late_children, 1);
    child = fork();
    if (child == 0 && late)
        quiet_wait_briefly(NULL);
    if (child > 0)
        atomic_fetch_add(&current->forks, 1);
    return child;
}

/* Its child would run in its caller's memory, and the test's verdict be on another program. */
pid_t graded_vfork(void)
{
    if (faults_is_test())
        grader_fail("vfork was called. Its child uses the caller's own memory, and may do nothing "
                    "but exec and _exit. Call fork.");
    return graded_fork();
}

/* Whether every signal that can be blocked is blocked in the calling thread: nothing interrupts its
 * waits for a child then. (Real-time signals are left out: the C library keeps some to itself.) */
static bool signals_are_blocked(void)
{
    sigset_t blocked;

    pthread_sigmask(SIG_BLOCK, NULL, &blocked);
    for (int signal = 1; signal < 32; signal++)
        if (signal != SIGKILL && signal != SIGSTOP && !sigismember(&blocked, signal))
            return false;
    return true;
}

/* The same as faults_interrupt, of a wait for a child. */
static bool interrupt_wait(int options)
{
    return !(options & WNOHANG) && !signals_are_blocked() && faults_interrupt();
}

/* A child whose end waitid has told and left in place (WNOWAIT): a wait for it cannot block, and no
 * signal interrupts what does not block. */
static _Thread_local pid_t known_to_have_ended;

pid_t graded_waitpid(pid_t pid, int *status, int options)
{
    if ((pid <= 0 || pid != known_to_have_ended) && interrupt_wait(options))
        return -1;
    return waitpid(pid, status, options);
}

pid_t graded_wait(int *status)
{
    return graded_waitpid(-1, status, 0);
}

int graded_waitid(idtype_t type, id_t id, siginfo_t *info, int options)
{
    int failed;

    if (interrupt_wait(options))
        return -1;
    failed = waitid(type, id, info, options);
    if (!failed && info && (options & WEXITED) && (options & WNOWAIT))
        known_to_have_ended = info->si_pid;
    return failed;
}

pid_t graded_getpid(void)
{
    return getpid() + (faults_is_test() ? 0 : atomic_load(&current->high_pids));
}

/* Only a child of the caller, its parent, or the caller itself may be signalled. (Not a parent that
 * is nobody's own, because the real one has died.) */
static bool may_signal(pid_t pid)
{
    siginfo_t info;

    if (pid == getpid() || (pid == getppid() && pid != 1) ||
        (pid > 0 && waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0))
        return true;
    atomic_store(&current->refused_kill, pid ? pid : PID_ZERO);
    errno = EPERM;
    return false;
}

int graded_kill(pid_t pid, int signal)
{
    if (!may_signal(pid))
        return -1;
    if (faults_is_test() && signal > 0)
        atomic_store(&current->signal_sent, signal);
    return kill(pid, signal);
}

/* A group that a child of the caller leads, or the caller. */
int graded_killpg(pid_t group, int signal)
{
    return may_signal(group) ? killpg(group, signal) : -1;
}

int graded_sigqueue(pid_t pid, int signal, const union sigval value)
{
    return may_signal(pid) ? sigqueue(pid, signal, value) : -1;
}

/* More than one byte: so a call that asks for too much the second time gets too much. */
size_t faults_size(size_t asked)
{
    enum { SHORT = 3 };

    return atomic_load(&current->short_io) && asked > SHORT ? SHORT : asked;
}

int graded_pause(void)
{
    if (atomic_load(&current->late_pauser) == getpid()) {
        grader_done_to("pause began late, after the signal that it was to wait for");
        quiet_wait_briefly(NULL);
    }
    return pause();
}
