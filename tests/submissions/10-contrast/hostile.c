/* Hostile, lab 10: what comes before this file in the submission defines attack(). */
#include "10-contrast/contrast.h"

#include <errno.h>

int contrast_run(const struct contrast_plan *plan, const struct contrast_engine engines[],
                 size_t count, struct contrast_row rows[])
{
    attack();
    errno = EIO;
    return -1;
}
