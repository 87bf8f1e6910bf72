/* What a stream can show. */
#ifndef LOCKSTEP_PROGRAM_TERM_H
#define LOCKSTEP_PROGRAM_TERM_H

#include <stdbool.h>
#include <stdio.h>

struct term {
    bool terminal; /* a person may be watching */
    bool utf8;     /* a terminal whose locale's characters are UTF-8 */
    bool colour;   /* a terminal that is not "dumb", and NO_COLOR is not set (no-color.org) */
};

/* Calls setlocale(LC_CTYPE, ""). */
struct term term_look(FILE *stream);

/* The escape that switches to an SGR colour ("31"), or "" where there is no colour; "0" ends it. */
const char *term_sgr(const struct term *term, const char *sgr);

#endif
