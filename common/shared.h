/* Memory that a process and the children it forks afterwards share: a child's write is seen by
 * its parent and its siblings. Anything else is copied by fork. */
#ifndef LOCKSTEP_COMMON_SHARED_H
#define LOCKSTEP_COMMON_SHARED_H

#include <stddef.h>

/* Maps room for `count` objects of `size` bytes, all zero, at the same address in every child
 * forked later. Returns it, for shared_free; or NULL with errno: EINVAL (nothing asked for),
 * ENOMEM (too much asked for, or none to be had). */
void *shared_alloc(size_t count, size_t size);

/* Unmaps what shared_alloc returned, in the calling process only. NULL is allowed. Keeps errno. */
void shared_free(void *memory);

#endif
