/* Attack: takes a name that makes its line in /proc say it computes, and waits for ever.
 * Labs: 08
 * Isolated: no */
#include <sys/prctl.h>
#include <unistd.h>

static void attack(void)
{
    prctl(PR_SET_NAME, "a) R 1\nState:\tR");
    for (;;)
        pause();
}
