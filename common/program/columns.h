/* How wide a text is on a terminal: a Korean letter takes two columns. */
#ifndef LOCKSTEP_COLUMNS_H
#define LOCKSTEP_COLUMNS_H

#include <stddef.h>

/* How many columns the first `length` bytes of a text of UTF-8 take. Does not ask the locale, which
 * may know ASCII only. */
int columns_of(const char *text, size_t length);

/* For printf("%*s"): the field that makes this text `width` columns wide. */
int columns_field(int width, const char *text);

#endif
