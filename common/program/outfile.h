/* A file that a program fills at its end: what was in it is kept until then. */
#ifndef LOCKSTEP_PROGRAM_OUTFILE_H
#define LOCKSTEP_PROGRAM_OUTFILE_H

/* Opens a file to write to later. Returns a descriptor, or -1 with errno of open(2). */
int outfile_open(const char *path);

/* Puts the text into the file in place of what was there, and closes it. Returns 0, or -1 with
 * errno. */
int outfile_replace(int file, const char *text);

#endif
