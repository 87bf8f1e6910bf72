#include "common/program/progress.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/program/columns.h"
#include "common/program/language.h"

enum { WIDTH = 79 };

/* What is on the screen now. Used by the main thread only. */
static int shown;                  /* characters on the terminal's line */
static char last_phase[WIDTH + 1]; /* the phase whose line was printed last */

void progress_show(const char *phase, const char *detail, ...)
{
    char line[WIDTH + 1];
    size_t length;
    va_list arguments;

    phase = tr(phase);
    if (!isatty(STDERR_FILENO)) {
        if (strncmp(phase, last_phase, WIDTH) != 0)
            fprintf(stderr, "%s ...\n", phase);
        snprintf(last_phase, sizeof last_phase, "%s", phase);
        return;
    }
    snprintf(line, sizeof line, "%s: ", phase);
    length = strlen(line);
    va_start(arguments, detail);
    vsnprintf(line + length, sizeof line - length, tr(detail), arguments);
    va_end(arguments);
    /* Blanks, not an escape sequence, wipe out a longer line: they work on any terminal. */
    fprintf(stderr, "\r%-*s\r%s", shown, "", line);
    fflush(stderr);
    shown = columns_of(line, strlen(line));
}

void progress_clear(void)
{
    if (shown > 0)
        fprintf(stderr, "\r%*s\r", shown, "");
    shown = 0;
}
