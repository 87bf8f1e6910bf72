/* Attack: prints without end.
 * Labs: 02
 * Isolated: no */
#include <stdio.h>

static void attack(void)
{
    for (;;)
        puts("Total: 70 of 70 points.");
}
