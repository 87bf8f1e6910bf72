#include "tests/judge/surroundings.h"

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

bool surroundings_limits_suffice(void)
{
    static const struct {
        int resource;
        rlim_t least;
        char letter;
    } needs[] = {{RLIMIT_NOFILE, 512, 'n'}, {RLIMIT_NPROC, 300, 'u'}, {RLIMIT_CPU, 10, 't'}};

    for (size_t i = 0; i < sizeof needs / sizeof needs[0]; i++) {
        struct rlimit limit;

        if (getrlimit(needs[i].resource, &limit) || limit.rlim_max >= needs[i].least)
            continue;
        fprintf(stderr, "judge: the limit of 'ulimit -H%c' is %llu; tests need %llu\n",
                needs[i].letter, (unsigned long long)limit.rlim_max,
                (unsigned long long)needs[i].least);
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
    fprintf(stderr, "judge: less than 64 MB are free in %s\n", out);
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
        fprintf(stderr, "Another grading is under way in %s; this one begins after it.\n", out);
        if (flock(file, LOCK_EX) == 0)
            return true;
    }
    fprintf(stderr, "judge: cannot lock %s: %s\n", path, strerror(errno));
    return false;
}
