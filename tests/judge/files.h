/* Small things about files that the judge needs in several places. */
#ifndef LOCKSTEP_JUDGE_FILES_H
#define LOCKSTEP_JUDGE_FILES_H

#include <stddef.h>

/* Writes `text` to a file that exists. Returns 0, or -1. */
int files_write(const char *path, const char *text);

/* Makes a folder and those above it, as mkdir -p does. Returns 0, or -1 with errno. */
int files_make_folder(const char *path);

/* Reads up to size - 1 bytes of a file and ends them with '\0'. Returns how many; 0 if there is no
 * such file. */
size_t files_read(const char *path, char *text, size_t size);

#endif
