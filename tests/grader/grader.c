#include "tests/grader/grader.h"

#include <check.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/shared.h"

void grader_fail(const char *format, ...)
{
    char text[1024];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    ck_abort_msg("%s", text);
}

void grader_begin(const char *function, bool succeeded)
{
    if (succeeded)
        return;
    if (errno == ENOSYS)
        grader_fail(GRADER_NOT_STARTED "%s", function);
    grader_fail("A plain call of %s should succeed, but it failed: %s.", function, strerror(errno));
}

void *grader_share(size_t count, size_t size)
{
    void *memory = shared_alloc(count, size);

    if (!memory) {
        perror("shared_alloc");
        abort();
    }
    return memory;
}
