#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/judge/build/steps.h"
#include "tests/judge/build/text.h"

enum result build_refuse(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    putchar('\n');
    return BUILD_REFUSED;
}

enum result build_cannot(const char *format, ...)
{
    va_list arguments;

    fprintf(stderr, "%s: ", program_invocation_short_name);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    return BUILD_CANNOT;
}

bool build_run(struct command *command, struct output *output, int *status)
{
    char *name = text_format("%s", command->count ? command->words[0] : "nothing");

    *status = command_run(command, output);
    if (*status == -1)
        build_cannot("cannot run %s: %s", name, strerror(errno));
    free(name);
    return *status != -1;
}
