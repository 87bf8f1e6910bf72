/* Attack: the typical accident: fork has failed, and its -1 is used as a PID.
 * Labs: 02
 * Isolated: yes */
#include <signal.h>

static void attack(void)
{
    kill(-1, SIGKILL);
}
