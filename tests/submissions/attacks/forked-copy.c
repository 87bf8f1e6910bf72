/* Attack: a forked copy goes on with the test, while the process of the test leaves with a good exit
 * status.
 * Labs: 02 10
 * Isolated: no */
#include <unistd.h>

static void attack(void)
{
    if (fork() > 0)
        _exit(0);
}
