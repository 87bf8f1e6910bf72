/* Attack: leaves with a good exit status, by _exit.
 * Labs: 03 09
 * Isolated: no */
#include <unistd.h>

static void attack(void)
{
    _exit(0);
}
