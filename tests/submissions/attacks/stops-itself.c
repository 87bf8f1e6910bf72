/* Attack: stops its own process.
 * Labs: 02
 * Isolated: no */
#include <signal.h>

static void attack(void)
{
    raise(SIGSTOP);
}
