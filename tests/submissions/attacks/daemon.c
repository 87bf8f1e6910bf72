/* Attack: leaves a daemon behind, in a session of its own, that would live for a minute.
 * Labs: 02 08
 * Isolated: no */
#include <stdlib.h>
#include <unistd.h>

static void attack(void)
{
    if (fork() > 0)
        return;
    setsid();
    if (fork() > 0)
        _exit(0);
    for (int file = 0; file < 1024; file++)
        close(file);
    sleep(60);
    _exit(0);
}
