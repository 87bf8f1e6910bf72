/* Attack: sends the judge more messages than it can read in time.
 * Labs: 10
 * Slow: yes
 * Isolated: no */
#include <sys/socket.h>

static void attack(void)
{
    for (int i = 0; i < 300000; i++)
        send(200, "failed x", 8, MSG_NOSIGNAL | (i % 2 ? MSG_DONTWAIT : 0));
}
