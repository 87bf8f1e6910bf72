/* What a stream can show. */
#ifndef LOCKSTEP_PROGRAM_TERMINAL_H
#define LOCKSTEP_PROGRAM_TERMINAL_H

#include <stdbool.h>
#include <stdio.h>

struct terminal {
    bool watched; /* a person may be watching */
    bool utf8;    /* a terminal whose locale's characters are UTF-8 */
    bool colour;  /* a terminal that is not "dumb", and NO_COLOR is not set (no-color.org) */
};

/* Calls setlocale(LC_CTYPE, ""). */
struct terminal terminal_look(FILE *stream);

/* Where a person may be watching: waits for Enter, or the end of the input, and says so. */
void terminal_wait_for_enter(const struct terminal *terminal);

/* The escape that switches to an SGR colour ("31"), or "" where there is no colour; "0" ends it. */
const char *terminal_sgr(const struct terminal *terminal, const char *sgr);

#endif
