/* Attack: closes every descriptor.
 * Labs: 03 08
 * Isolated: no */
#include <unistd.h>

static void attack(void)
{
    for (int file = 0; file < 4096; file++)
        close(file);
}
