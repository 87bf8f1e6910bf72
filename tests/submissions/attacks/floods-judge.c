/* Attack: sends the judge messages without end, from two processes.
 * Labs: 10
 * Isolated: yes */
#include <sys/socket.h>
#include <unistd.h>

static void attack(void)
{
    fork();
    for (;;)
        for (int file = 3; file < 256; file++)
            send(file, "x", 1, MSG_DONTWAIT | MSG_NOSIGNAL);
}
