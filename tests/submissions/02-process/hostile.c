/* Hostile, lab 02: what comes before this file in the submission defines attack(). */
#include "02-process/process_map.h"

#include <errno.h>

int process_map(task_fn *task, const long in[], long out[], size_t n, int workers)
{
    attack();
    errno = EIO;
    return -1;
}
