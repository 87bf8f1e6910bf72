#include "tests/judge/confine.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <linux/capability.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "tests/judge/files.h"
#include "tests/watch/processes.h"

/* The user that root becomes: RLIMIT_NPROC and file permissions do not bind root. */
enum { NOBODY = 65534 };

/* What segments of System V may hold together, in bytes. */
enum { SHARED_MEMORY = 64 << 20 };

#ifndef MOUNT_ATTR_RDONLY
#define MOUNT_ATTR_RDONLY 1
#endif
#ifndef SYS_mount_setattr
#define SYS_mount_setattr 442
#endif

void confine_reset_signals(void)
{
    sigset_t none;

    for (int number = 1; number < NSIG; number++)
        signal(number, SIG_DFL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

/* In a container, or a user namespace, there may be no other user that root could become. */
void confine_become_nobody(void)
{
    if (getuid() == 0 && (setgroups(0, NULL) || setresgid(NOBODY, NOBODY, NOBODY) ||
                          setresuid(NOBODY, NOBODY, NOBODY)))
        errno = 0;
}

void confine_drop_capabilities(void)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {{0}};

    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    syscall(SYS_capset, &header, none);
}

int confine_enter_namespaces(void)
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
    return 0;
}

static int mount_temporary(const char *path)
{
    return mount("tmpfs", path, "tmpfs", MS_NOSUID | MS_NODEV, "size=64m");
}

void confine_raise_loopback(void)
{
    struct ifreq loopback = {.ifr_name = "lo", .ifr_flags = IFF_UP};
    int file = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    ioctl(file, SIOCSIFFLAGS, &loopback);
    close(file);
}

/* Mounting resolves links: what a link in the tree leads to is hidden, too. Where the caller stands
 * may be a mount that no path leads to any more: then others are found there by name. */
static void hide(const char *const *folders)
{
    char here[PATH_MAX], path[2 * PATH_MAX];
    const char *tops[] = {".", getcwd(here, sizeof here), getenv("PWD")};

    for (size_t i = 0; folders && folders[i]; i++)
        for (size_t j = 0; j < sizeof tops / sizeof *tops; j++) {
            snprintf(path, sizeof path, "%s/%s", tops[j] ? tops[j] : ".", folders[i]);
            mount("tmpfs", path, "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, "size=4k");
        }
}

void confine_arrange_mounts(const struct sandbox *sandbox, int program)
{
    struct {
        uint64_t set, clear, propagation, userns;
    } read_only = {.set = MOUNT_ATTR_RDONLY};
    char pages[32];
    int again;

    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL);
    mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL);
    files_write("/proc/sys/user/max_user_namespaces", "0");
    snprintf(pages, sizeof pages, "%ld", SHARED_MEMORY / sysconf(_SC_PAGESIZE));
    files_write("/proc/sys/kernel/shmall", pages);
    files_write("/proc/sys/net/ipv4/tcp_wmem", "4096 16384 212992"); /* what fills a socket */
    files_write("/proc/sys/net/ipv4/tcp_rmem", "4096 131072 212992");
    if (mount_temporary("/tmp"))
        return; /* where nothing can be mounted, nothing is made read-only */
    umount2("/tmp", MNT_DETACH);
    hide(sandbox->hidden);
    syscall(SYS_mount_setattr, AT_FDCWD, "/", AT_RECURSIVE, &read_only, sizeof read_only);
    again = open(sandbox->program, O_RDONLY | O_CLOEXEC);
    if (again != -1)
        dup3(again, program, O_CLOEXEC);
    mount_temporary("/tmp");
    mount_temporary("/dev/shm");
}

static void limit(int resource, int64_t value)
{
    struct rlimit limit;

    getrlimit(resource, &limit);
    if (limit.rlim_max == RLIM_INFINITY || limit.rlim_max > (rlim_t)value)
        limit.rlim_max = (rlim_t)value;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(resource, &limit);
}

/* RLIMIT_NPROC counts all tasks of a user: those there are now, and those that other tests and
 * other judges start meanwhile. In `make check` these were 340 at a time on two CPUs, and the
 * number of judges grows with that of CPUs. There is no more room than that, as a fork bomb takes
 * all it gets. Only a user namespace of Linux 5.14 or later has a count of its own. */
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

void confine_set_limits(const struct sandbox *sandbox)
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
