/* What a program prints, passed on while it runs: each line behind a bar, in the reader's language.
 * The program itself is code to be read, and speaks English. */
#ifndef LOCKSTEP_BREAKS_RELAY_H
#define LOCKSTEP_BREAKS_RELAY_H

#include <stddef.h>

struct relay {
    int from; /* the pipe; -1: nothing more will come */
    size_t length;
    char line[1024]; /* that has not ended yet */
};

/* Passes on what is there now. At the pipe's end it closes it. */
void relay_pass(struct relay *relay);

/* Passes on a line that has not ended, as nothing more is read. */
void relay_flush(struct relay *relay);

#endif
