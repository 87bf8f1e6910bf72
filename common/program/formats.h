/* The formats of printf that stand in the catalogue of the language chosen (language.h). */
#ifndef LOCKSTEP_FORMATS_H
#define LOCKSTEP_FORMATS_H

#include <stddef.h>

/* The one of that number, from 0 on, those that say more first; NULL: there are no more. What says
 * next to nothing besides its conversions is left out. */
const char *format_known(size_t number);

/* How many letters a format has besides its conversions. */
size_t format_letters(const char *format);

/* The length of the conversion that begins here ("%-8.2f", "%%"); 0 if none does. Stores its
 * letter. */
size_t format_conversion(const char *at, char *letter);

#endif
