/* The lists of files that were read in a build: the compiler's, and the assembler's. */
#ifndef LOCKSTEP_BUILD_INCLUDES_H
#define LOCKSTEP_BUILD_INCLUDES_H

#include <stdbool.h>

#include "tests/judge/build/names.h"

/* Takes the next file off *rest, which stands behind the colon of a rule for make, as compilers
 * write it with -MD, and assemblers with --MD. The name is made readable in place. Returns NULL if
 * there is none left. */
char *includes_next(char **rest);

/* Is the file in one of the folders? All of them are real paths, as realpath(3) makes them. */
bool includes_allowed(const char *file, const struct names *folders);

#endif
