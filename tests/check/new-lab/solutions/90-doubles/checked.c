#include "90-doubles/doubles.h"

#include <limits.h>

/* TODO(2): compare with the limits of a long. */
int can_double(long in)
{
    /* answer:
    return 0; */
    return in <= LONG_MAX / 2 && in >= LONG_MIN / 2;
    /* end of answer */
}
