#include "common/program/passive.h"

#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

void passive_restart(char **argv)
{
    /* Set by the first start, so that there is at most one more in any case. */
    static const char again[] = "LOCKSTEP_PASSIVE_AGAIN";
    char path[PATH_MAX];
    ssize_t length;

    if (getenv("OMP_WAIT_POLICY") || getenv(again))
        return;
    /* Not exec of the link itself: under valgrind that would be valgrind. */
    length = readlink("/proc/self/exe", path, sizeof path - 1);
    if (length == -1 || setenv("OMP_WAIT_POLICY", "passive", 1) || setenv(again, "1", 1))
        return;
    path[length] = '\0';
    execv(path, argv);
}
