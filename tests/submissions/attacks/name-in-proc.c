/* Attack: takes a name that makes its line in /proc hard to read, and computes without end.
 * Labs: 08
 * Isolated: no */
#include <sys/prctl.h>

static void attack(void)
{
    prctl(PR_SET_NAME, "a) S\nState:\tS 1");
    for (volatile int i = 0;; i++)
        ;
}
