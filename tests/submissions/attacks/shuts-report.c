/* Attack: shuts every socket down in both directions, then computes.
 * Labs: 08
 * Isolated: no */
#include <sys/socket.h>
#include <unistd.h>

static void attack(void)
{
    for (int file = 3; file < 1024; file++)
        shutdown(file, SHUT_RDWR);
    pause();
}
