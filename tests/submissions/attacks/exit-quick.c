/* Attack: leaves with a good exit status, by quick_exit.
 * Labs: 03
 * Isolated: no */
#include <stdlib.h>

static void attack(void)
{
    quick_exit(0);
}
