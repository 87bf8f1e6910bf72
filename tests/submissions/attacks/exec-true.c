/* Attack: becomes a program that succeeds.
 * Labs: 03
 * Isolated: no */
#include <unistd.h>

static void attack(void)
{
    execl("/bin/true", "true", (char *)NULL);
}
