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

const char *error_name(int error)
{
    const char *name = strerrorname_np(error);

    return name ? wording("%s (%s)", name, strerrordesc_np(error))
                : wording("%d (no errno of Linux)", error);
}
