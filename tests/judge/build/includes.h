/* The compiler's list of files that a source includes. */
#ifndef LOCKSTEP_BUILD_INCLUDES_H
#define LOCKSTEP_BUILD_INCLUDES_H

#include <stdbool.h>

/* Takes the next file off *rest, which stands behind the colon of a rule for make, as compilers
 * write it with -MD. The name is made readable in place. Returns NULL if there is none left. */
char *includes_next(char **rest);

/* May a source in the folder `own` include the file? Both are real paths, as realpath(3) makes
 * them, and so are the `count` folders that are forbidden; what is in `own` is always allowed. */
bool includes_allowed(const char *file, const char *own, char *const forbidden[], int count);

#endif
