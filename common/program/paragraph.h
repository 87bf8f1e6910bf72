/* Running text in lines of a given width. */
#ifndef LOCKSTEP_PROGRAM_PARAGRAPH_H
#define LOCKSTEP_PROGRAM_PARAGRAPH_H

#include <stdio.h>

/* Prints `text`, whose words are separated by single blanks, broken into lines of at most `width`
 * columns, and ends the last one. The first line begins at column `indent`, where the caller has
 * left the cursor; the others are indented to there. A word that is too long stands alone. ASCII
 * only. */
void paragraph_print(FILE *stream, const char *text, int indent, int width);

#endif
