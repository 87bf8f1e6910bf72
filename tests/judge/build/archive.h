/* Archives of objects, as ar makes them: which names they define. */
#ifndef LOCKSTEP_BUILD_ARCHIVE_H
#define LOCKSTEP_BUILD_ARCHIVE_H

#include <stddef.h>

#include "tests/judge/build/names.h"

/* Adds to `names` what the objects of an archive define, by the index that `ar s` puts in front of
 * them. Returns NULL; or why it could not. */
const char *archive_add_defined(const char *path, struct names *names);

/* The same for an archive in memory. */
const char *archive_read(const void *bytes, size_t size, struct names *names);

#endif
