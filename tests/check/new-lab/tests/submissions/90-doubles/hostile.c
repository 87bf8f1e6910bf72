/* Hostile, lab 90: what comes before this file in the submission defines attack(). */
#include "90-doubles/doubles.h"

int double_it(long in, long *out)
{
    attack();
    return -1;
}

int can_double(long in)
{
    attack();
    return 0;
}
