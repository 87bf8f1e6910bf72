#include "tests/judge/surroundings.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "common/program/language.h"
#include "tests/watch/processes.h"

#ifndef SYS_close_range
#define SYS_close_range 436
#endif

void surroundings_start_afresh(void (*stop)(int signal))
{
    static const int ends[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM};
    struct sigaction old;
    sigset_t none;
    int file;

    while ((file = open("/dev/null", O_RDONLY)) >= 0 && file <= STDERR_FILENO)
        ; /* standard output that is closed stays one that cannot be written */
    if (syscall(SYS_close_range, STDERR_FILENO + 1, ~0u, 0))
        for (file = STDERR_FILENO + 1; file < 4096; file++)
            close(file);
    umask(022);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGCHLD, SIG_DFL);
    signal(SIGPIPE, SIG_IGN); /* a report that cannot be printed is no reason to leave a mess */
    signal(SIGXFSZ, SIG_IGN);
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        sigaction(ends[i], NULL, &old);
        if (old.sa_handler != SIG_IGN) /* as nohup has it */
            sigaction(ends[i], &(struct sigaction){.sa_handler = stop}, NULL);
    }
}

/* What tests need of each limit, in the unit in which ulimit shows it. */
static const struct need {
    int resource;
    char letter;
    rlim_t least, unit;
} needs[] = {
    {RLIMIT_NOFILE, 'n', 512, 1},    {RLIMIT_NPROC, 'u', 300, 1},
    {RLIMIT_CPU, 't', 10, 1},        {RLIMIT_FSIZE, 'f', 65536, 1024},
    {RLIMIT_AS, 'v', 1 << 20, 1024}, {RLIMIT_DATA, 'd', 1 << 20, 1024},
    {RLIMIT_STACK, 's', 8192, 1024},
};

/* Others of the same user count, too: how many of its processes and threads there are. */
static rlim_t taken_by_others(const struct need *need, rlim_t most)
{
    enum { AMPLE = 10000 };
    int tasks;

    if (need->resource != RLIMIT_NPROC || most >= AMPLE || getuid() == 0)
        return 0;
    tasks = processes_count_tasks(getuid());
    return tasks > 0 ? (rlim_t)tasks : 0;
}

static void complain(const struct need *need, rlim_t most, rlim_t taken)
{
    if (taken)
        fprintf(stderr,
                tr("judge: the limit of 'ulimit -H%c' is %llu, of which %llu are in use; tests "
                   "need %llu (raise it in /etc/security/limits.conf, or in the container)\n"),
                need->letter, (unsigned long long)most, (unsigned long long)taken,
                (unsigned long long)need->least);
    else
        fprintf(stderr,
                tr("judge: the limit of 'ulimit -H%c' is %llu; tests need %llu (raise it in "
                   "/etc/security/limits.conf, or in the container)\n"),
                need->letter, (unsigned long long)most, (unsigned long long)need->least);
}

bool surroundings_limits_suffice(void)
{
    for (size_t i = 0; i < sizeof needs / sizeof needs[0]; i++) {
        const struct need *need = &needs[i];
        struct rlimit limit;
        rlim_t taken;

        if (getrlimit(need->resource, &limit))
            continue;
        if (limit.rlim_cur != limit.rlim_max) { /* what is below the hard limit is only a habit */
            limit.rlim_cur = limit.rlim_max;
            setrlimit(need->resource, &limit);
        }
        taken = taken_by_others(need, limit.rlim_max);
        if (limit.rlim_max / need->unit >= need->least + taken)
            continue;
        complain(need, limit.rlim_max / need->unit, taken);
        return false;
    }
    return true;
}

bool surroundings_room_suffices(const char *out)
{
    const int64_t least = (int64_t)64 << 20;
    struct statvfs disk;

    if (statvfs(out, &disk) || (int64_t)disk.f_bavail * (int64_t)disk.f_frsize >= least)
        return true;
    fprintf(stderr, tr("judge: less than 64 MB are free in %s\n"), out);
    return false;
}

bool surroundings_lock(const char *out)
{
    char path[PATH_MAX];
    int file;

    snprintf(path, sizeof path, "%s/lock", out);
    file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (file != -1 && flock(file, LOCK_EX | LOCK_NB) == 0)
        return true;
    if (file != -1 && errno == EWOULDBLOCK) {
        fprintf(stderr, tr("Another grading is under way in %s; this one begins after it.\n"), out);
        if (flock(file, LOCK_EX) == 0)
            return true;
    }
    fprintf(stderr, "judge: cannot lock %s: %s\n", path, strerror(errno));
    return false;
}

void surroundings_clear_shared_folder(void)
{
    enum { NOBODY = 65534 }; /* whose tests are if root judges */
    const uid_t user = getuid() ? getuid() : NOBODY;
    DIR *folder = opendir("/dev/shm");
    struct dirent *entry;

    while (folder && (entry = readdir(folder))) {
        struct stat file;
        int process, owner;

        if (sscanf(entry->d_name, "__KMP_REGISTERED_LIB_%d_%d", &process, &owner) != 2 ||
            process <= 0 || kill(process, 0) == 0 || errno != ESRCH)
            continue;
        if (fstatat(dirfd(folder), entry->d_name, &file, AT_SYMLINK_NOFOLLOW) == 0 &&
            file.st_uid == user)
            unlinkat(dirfd(folder), entry->d_name, 0);
    }
    if (folder)
        closedir(folder);
}
