/* Attack: leaves with a good exit status.
 * Labs: all
 * Isolated: no */
#include <stdlib.h>

static void attack(void)
{
    exit(0);
}
