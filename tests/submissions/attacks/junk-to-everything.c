/* Attack: writes junk to every descriptor.
 * Labs: 03 08
 * Isolated: no */
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void attack(void)
{
    char junk[3000];

    memset(junk, 0xff, sizeof junk);
    for (int file = 0; file < 1024; file++) {
        (void)!write(file, junk, sizeof junk);
        send(file, "", 0, MSG_NOSIGNAL);
        send(file, junk, 7, MSG_NOSIGNAL);
    }
}
