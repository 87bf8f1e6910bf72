/* Right: the compiler's own check for overflow. */
#include "90-doubles/doubles.h"

#include <errno.h>

int double_it(long in, long *out)
{
    if (!__builtin_mul_overflow(in, 2, out))
        return 0;
    errno = ERANGE;
    return -1;
}
