#include "common/shared.h"

#include <errno.h>
#include <stdalign.h>
#include <sys/mman.h>

/* Lies before the memory that shared_alloc returns, so that shared_free needs no size. Its
 * alignment keeps what follows aligned for any type. */
struct header {
    alignas(max_align_t) size_t bytes;
};

void *shared_alloc(size_t count, size_t size)
{
    size_t bytes;
    struct header *header;

    if (count == 0 || size == 0) {
        errno = EINVAL;
        return NULL;
    }
    if (__builtin_mul_overflow(count, size, &bytes) ||
        __builtin_add_overflow(bytes, sizeof(struct header), &bytes)) {
        errno = ENOMEM;
        return NULL;
    }
    header = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (header == MAP_FAILED) {
        errno = ENOMEM;
        return NULL;
    }
    header->bytes = bytes;
    return header + 1;
}

void shared_free(void *memory)
{
    int kept = errno;

    if (memory) {
        struct header *header = (struct header *)memory - 1;

        munmap(header, header->bytes);
    }
    errno = kept;
}
