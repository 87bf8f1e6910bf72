#include "tests/judge/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/judge/files.h"
#include "tests/watch/processes.h"
#include "tests/watch/protocol.h"

/* Children that the program left to us and that ended. More come from a bomb: processes that each make
 * one and leave, so that at any time there are few. */
enum { MOST_ORPHANS = 2000 };

/* The user that root becomes: RLIMIT_NPROC and file permissions do not bind root. */
enum { NOBODY = 65534 };

#ifndef MOUNT_ATTR_RDONLY
#define MOUNT_ATTR_RDONLY 1
#endif
#ifndef SYS_mount_setattr
#define SYS_mount_setattr 442
#endif

/* The caller may have set a hard limit that is lower still. */
static void limit(int resource, int64_t value)
{
    struct rlimit limit;

    getrlimit(resource, &limit);
    if (limit.rlim_max == RLIM_INFINITY || limit.rlim_max > (rlim_t)value)
        limit.rlim_max = (rlim_t)value;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(resource, &limit);
}

/* RLIMIT_NPROC counts all tasks of a user: those there are now, and those that other tests and other
 * judges start meanwhile: `make check` had 340 at a time on two CPUs, and judges in step with the CPUs.
 * Not more, as a bomb takes all the room it is given. Only a user namespace of Linux 5.14 or later has a
 * count of its own. */
static int room_for_others(const struct sandbox *sandbox)
{
    enum { ROOM_PER_CPU = 500 };
    int cpus = (int)sysconf(_SC_NPROCESSORS_ONLN);
    int tasks, major = 0, minor = 0;
    struct utsname kernel;

    if (sandbox->isolate && uname(&kernel) == 0 &&
        sscanf(kernel.release, "%d.%d", &major, &minor) == 2 && major * 100 + minor >= 514)
        return 0;
    tasks = processes_count_tasks(getuid());
    return (cpus > 1 ? cpus : 1) * ROOM_PER_CPU + (tasks > 0 ? tasks : 0);
}

static void set_limits(const struct sandbox *sandbox)
{
    struct rlimit cpu = {(rlim_t)sandbox->cpu_s, (rlim_t)sandbox->cpu_s + 1};

    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_NOFILE, 512);
    limit(RLIMIT_STACK, 8 << 20);
    limit(RLIMIT_RTPRIO, 0);
    limit(RLIMIT_NICE, 0);
    limit(RLIMIT_FSIZE, sandbox->file_size);
    if (sandbox->address_space)
        limit(RLIMIT_AS, sandbox->address_space);
    if (sandbox->cpu_s)
        setrlimit(RLIMIT_CPU, &cpu);
    if (sandbox->processes)
        limit(RLIMIT_NPROC, sandbox->processes + room_for_others(sandbox));
}

static void become_nobody(void)
{
    if (getuid() != 0)
        return;
    if (setgroups(0, NULL) || setresgid(NOBODY, NOBODY, NOBODY) ||
        setresuid(NOBODY, NOBODY, NOBODY))
        _exit(EPERM);
}

/* Gives the calling process a user namespace in which it is who it was, and makes the next child the
 * first of a PID namespace. Returns 0, or -1. */
static int enter_namespaces(void)
{
    char map[64];
    uid_t uid = getuid();
    gid_t gid = getgid();

    prctl(PR_SET_DUMPABLE, 1); /* or /proc/self belongs to root, and uid_map cannot be written */
    if (unshare(CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWIPC | CLONE_NEWNET))
        return -1;
    files_write("/proc/self/setgroups", "deny");
    snprintf(map, sizeof map, "%u %u 1", (unsigned)uid, (unsigned)uid);
    if (files_write("/proc/self/uid_map", map))
        return -1;
    snprintf(map, sizeof map, "%u %u 1", (unsigned)gid, (unsigned)gid);
    if (files_write("/proc/self/gid_map", map))
        return -1;
    prctl(PR_SET_DUMPABLE, 0);
    return 0;
}

/* In init: a /proc of the namespace's own, nothing writable but fresh temporary folders, no more
 * namespaces, 64 MB in segments of System V. Each step is a gain of its own; a container may refuse
 * some. The program is opened again, if it can be: what /proc/self/exe leads to is then read-only,
 * too. */
static void arrange_mounts(const struct sandbox *sandbox, int program)
{
    struct {
        uint64_t set, clear, propagation, userns;
    } read_only = {.set = MOUNT_ATTR_RDONLY};
    int again;

    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL);
    mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL);
    files_write("/proc/sys/user/max_user_namespaces", "0");
    files_write("/proc/sys/kernel/shmall", "16384");
    syscall(SYS_mount_setattr, AT_FDCWD, "/", AT_RECURSIVE, &read_only, sizeof read_only);
    again = open(sandbox->program, O_RDONLY | O_CLOEXEC);
    if (again != -1)
        dup3(again, program, O_CLOEXEC);
    mount("tmpfs", "/tmp", "tmpfs", MS_NOSUID | MS_NODEV, "size=64m");
    mount("tmpfs", "/dev/shm", "tmpfs", MS_NOSUID | MS_NODEV, "size=64m");
}

/* Ignored and blocked signals are inherited over exec. */
static void reset_signals(void)
{
    sigset_t none;

    for (int number = 1; number < NSIG; number++)
        signal(number, SIG_DFL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

/* The last thing before the program: descriptors, limits, exec. Does not return. */
static void become_program(const struct sandbox *sandbox, int program, int output, int failed)
{
    int input = open("/dev/null", O_RDONLY | O_CLOEXEC);
    int error;

    reset_signals();
    dup2(input, STDIN_FILENO);
    dup2(output, STDOUT_FILENO);
    dup2(output, STDERR_FILENO);
    if (sandbox->report != -1) {
        send(sandbox->report, PROTOCOL_HELLO, strlen(PROTOCOL_HELLO), MSG_NOSIGNAL);
        dup2(sandbox->report, SANDBOX_REPORT);
    }
    if (!sandbox->trusted && chdir("/tmp"))
        _exit(127);
    setsid();
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    set_limits(sandbox);
    fexecve(program, sandbox->argv, sandbox->envp);
    error = errno;
    (void)!write(failed, &error, sizeof error);
    _exit(127);
}

/* Starts the program as a child, waits until it has ended, and tells the judge. */
static void run_program(const struct sandbox *sandbox, int program, int output, int end)
{
    struct sandbox_end message = {0};
    int failed[2], orphans = 0;
    pid_t child, ended;

    if (pipe2(failed, O_CLOEXEC) || (child = fork()) == -1)
        _exit(errno);
    if (child == 0)
        become_program(sandbox, program, output, failed[1]);
    close(failed[1]);
    if (read(failed[0], &message.error, sizeof message.error) <= 0)
        message.error = 0;
    while ((ended = waitpid(-1, &message.status, 0)) != child) {
        if (ended == -1 && errno != EINTR)
            _exit(errno);
        if (++orphans == MOST_ORPHANS)
            kill(child, SIGKILL);
    }
    (void)!write(end, &message, sizeof message);
}

/* The calling process has just been forked; ends without returning. */
static void supervise(const struct sandbox *sandbox, pid_t judge, int end)
{
    int program = open(sandbox->program, O_RDONLY | O_CLOEXEC);
    int output, status = 0;
    pid_t init;

    unlink(sandbox->output); /* the program may have taken away our right to write the last one */
    output = open(sandbox->output, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0644);
    if (program == -1 || output == -1)
        _exit(errno);
    reset_signals();
    setsid();
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    /* If memory runs out, these go first, and not somebody else's processes. */
    files_write("/proc/self/oom_score_adj", "1000");
    if (!sandbox->trusted)
        become_nobody();
    prctl(PR_SET_DUMPABLE, 0); /* the program may have the same user: it must not trace this */
    if (sandbox->isolate && !sandbox->trusted && enter_namespaces())
        _exit(errno);
    prctl(PR_SET_PDEATHSIG, SIGKILL); /* last: a change of user clears it */
    if (getppid() != judge)
        _exit(ESRCH);
    if (sandbox->isolate && !sandbox->trusted) {
        init = fork();
        if (init == -1)
            _exit(errno);
        if (init == 0) {
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            arrange_mounts(sandbox, program);
            run_program(sandbox, program, output, end);
            _exit(0); /* and the kernel kills whoever is left in the namespace */
        }
        while (waitpid(init, &status, 0) == -1 && errno == EINTR)
            ;
    } else {
        run_program(sandbox, program, output, end);
        sandbox_sweep();
    }
    _exit(WIFEXITED(status) ? WEXITSTATUS(status) : ECHILD);
}

pid_t sandbox_start(const struct sandbox *sandbox, int *end)
{
    int ends[2];
    pid_t judge = getpid(), supervisor;

    if (pipe2(ends, O_CLOEXEC))
        return -1;
    supervisor = fork();
    if (supervisor == 0)
        supervise(sandbox, judge, ends[1]);
    close(ends[1]);
    if (supervisor == -1) {
        close(ends[0]);
        return -1;
    }
    *end = ends[0];
    return supervisor;
}

bool sandbox_can_isolate(void)
{
    pid_t child = fork();
    int status = 0;

    if (child == 0) {
        pid_t init;

        become_nobody();
        if (enter_namespaces())
            _exit(1);
        init = fork();
        if (init == 0)
            _exit(getpid() == 1 ? 0 : 1);
        _exit(waitpid(init, &status, 0) == init && status == 0 ? 0 : 1);
    }
    while (waitpid(child, &status, 0) == -1 && errno == EINTR)
        ;
    return child > 0 && status == 0;
}

/* Stops all descendants before it kills them, so that none forks while others are looked for. */
void sandbox_sweep(void)
{
    for (int round = 0; round < 10000; round++) {
        int found = processes_signal_descendants(getpid(), SIGSTOP);

        processes_signal_descendants(getpid(), SIGKILL);
        while (waitpid(-1, NULL, WNOHANG) > 0)
            ;
        if (found <= 0 && waitpid(-1, NULL, WNOHANG) == -1 && errno == ECHILD)
            return;
        usleep(1000);
    }
}
