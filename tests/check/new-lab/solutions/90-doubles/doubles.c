#include "90-doubles/doubles.h"

#include <errno.h>

/* TODO(1): double the number, but only if can_double says that it fits. */
int double_it(long in, long *out)
{
    /* answer:
    errno = ENOSYS;
    return -1; */
    if (!can_double(in)) {
        errno = ERANGE;
        return -1;
    }
    *out = 2 * in;
    return 0;
    /* end of answer */
}
