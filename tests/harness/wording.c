#include "tests/harness/wording.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { TEXTS = 16, LENGTH = 256 };

/* Writes to the text whose turn it is to be used again. */
static const char *write_text(const char *format, va_list arguments)
{
    static _Thread_local char texts[TEXTS][LENGTH];
    static _Thread_local unsigned used;
    char *text = texts[used++ % TEXTS];
    int kept = errno;

    vsnprintf(text, LENGTH, format, arguments);
    errno = kept;
    return text;
}

const char *wording(const char *format, ...)
{
    va_list arguments;
    const char *text;

    va_start(arguments, format);
    text = write_text(format, arguments);
    va_end(arguments);
    return text;
}

const char *plural(long n, const char *thing)
{
    const char *ending = n == 1 ? "" : thing[strlen(thing) - 1] == 's' ? "es" : "s";

    return wording("%ld %s%s", n, thing, ending);
}

/* The kernel has errnos for itself, which sometimes come out. No C library has names for them. */
static const char *without_name(int error)
{
    enum { FIRST_INSIDE = 512, LAST_INSIDE = 531 };

    return error >= FIRST_INSIDE && error <= LAST_INSIDE
               ? wording("%d (an errno of the kernel's own)", error)
               : wording("%d (no errno of Linux)", error);
}

#if __GLIBC_PREREQ(2, 32)
const char *error_name(int error)
{
    const char *name = strerrorname_np(error);

    return name ? wording("%s (%s)", name, strerrordesc_np(error)) : without_name(error);
}
#else
/* An older glibc does not tell the names: those that answers usually leave. */
const char *error_name(int error)
{
#define ERROR(name)                                                                                \
    {                                                                                              \
        name, #name                                                                                \
    }
    static const struct {
        int error;
        const char *name;
    } names[] = {
        ERROR(EINVAL),       ERROR(ENOMEM),     ERROR(EAGAIN),    ERROR(ECHILD), ERROR(EINTR),
        ERROR(EDOM),         ERROR(ERANGE),     ERROR(E2BIG),     ERROR(EPERM),  ERROR(EBUSY),
        ERROR(EDEADLK),      ERROR(EPIPE),      ERROR(EIO),       ERROR(EBADF),  ERROR(ENOSYS),
        ERROR(EMSGSIZE),     ERROR(EBADMSG),    ERROR(ETIMEDOUT), ERROR(ESRCH),  ERROR(ENOENT),
        ERROR(ECONNREFUSED), ERROR(ECONNRESET), ERROR(EMFILE),    ERROR(EFAULT), ERROR(ENODATA),
    };
#undef ERROR

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (names[i].error == error)
            return wording("%s (%s)", names[i].name, strerror(error));
    if (error > EHWPOISON) /* the last one */
        return without_name(error);
    return wording("%d (%s)", error, strerror(error));
}
#endif
