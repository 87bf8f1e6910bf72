/* Attack: sleeps for ever, waking up now and then to look busy.
 * Labs: 08
 * Isolated: no */
#include <unistd.h>

static void attack(void)
{
    for (;;)
        usleep(70000);
}
