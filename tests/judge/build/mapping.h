/* Files in memory, to be read only. */
#ifndef LOCKSTEP_BUILD_MAPPING_H
#define LOCKSTEP_BUILD_MAPPING_H

#include <stddef.h>

/* Maps a file that is not empty. Returns NULL; or why it could not. The caller unmaps it
 * (munmap(2)). */
const char *mapping_open(void **bytes, size_t *size, const char *path);

#endif
