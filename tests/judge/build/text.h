/* Texts: made as by printf, written to files, and taken apart by lines. Without memory for them the
 * program ends with exit status 2. */
#ifndef LOCKSTEP_BUILD_TEXT_H
#define LOCKSTEP_BUILD_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/* Returns a new text, which the caller frees. */
__attribute__((format(printf, 1, 2))) char *text_format(const char *format, ...);

/* A line of a text: not owned, and without its newline. */
struct text_line {
    const char *start;
    size_t length;
};

/* Takes the next line off *text. Returns false if there is none. */
bool text_next_line(const char **text, struct text_line *line);

/* Does the line hold the word? With `any_case`, in whatever letters. */
bool text_line_has(const struct text_line *line, const char *word, bool any_case);

/* Makes a file of the text. Returns 0, or -1 with errno. */
int text_write(const char *path, const char *text);

#endif
