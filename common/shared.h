/* Memory that a process shares with the children it forks afterwards: what one of them writes, all
 * others see. All other memory is copied by fork. */
#ifndef LOCKSTEP_COMMON_SHARED_H
#define LOCKSTEP_COMMON_SHARED_H

#include <stddef.h>

/* Maps room for `count` objects of `size` bytes, all zero. It has the same address in every child
 * that is forked later. Returns the memory, which must be freed with shared_free; or NULL with
 * errno: EINVAL (count or size is 0), ENOMEM (that is too much, or no memory is left). */
void *shared_alloc(size_t count, size_t size);

/* Unmaps what shared_alloc returned, in the calling process only. NULL is allowed. Keeps errno. */
void shared_free(void *memory);

#endif
