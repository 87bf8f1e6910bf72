/* Preloaded into every program of a machine that has no /proc/PID/task/TID/children, as a kernel
 * without CONFIG_PROC_CHILDREN: what the C library's callers open under that name is not there. */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static int is_missing(const char *path)
{
    static const char name[] = "/children";
    size_t length = strlen(path), end = sizeof name - 1;

    return length >= end && !memcmp(path + length - end, name, end);
}

static int open_unless_missing(int folder, const char *path, int flags, mode_t mode)
{
    if (is_missing(path)) {
        errno = ENOENT;
        return -1;
    }
    return (int)syscall(SYS_openat, folder, path, flags, mode);
}

static mode_t mode_of(int flags, va_list rest)
{
    return flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0;
}

int open(const char *path, int flags, ...)
{
    va_list rest;
    mode_t mode;

    va_start(rest, flags);
    mode = mode_of(flags, rest);
    va_end(rest);
    return open_unless_missing(AT_FDCWD, path, flags, mode);
}

int openat(int folder, const char *path, int flags, ...)
{
    va_list rest;
    mode_t mode;

    va_start(rest, flags);
    mode = mode_of(flags, rest);
    va_end(rest);
    return open_unless_missing(folder, path, flags, mode);
}

int open64(const char *path, int flags, ...) __attribute__((alias("open")));
int openat64(int folder, const char *path, int flags, ...) __attribute__((alias("openat")));
