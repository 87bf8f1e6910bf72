/* Running text in lines of a given width. */
#ifndef LOCKSTEP_PROGRAM_PARAGRAPH_H
#define LOCKSTEP_PROGRAM_PARAGRAPH_H

#include <stdio.h>

/* Prints `text`, whose words are separated by single blanks, in lines of at most `width` columns,
 * each ended with a newline. The first line begins at column `indent`, where the caller has left
 * the cursor; the others are indented to that column. A word that is too long has a line to itself.
 * ASCII only. */
void paragraph_print(FILE *stream, const char *text, int indent, int width);

#endif
