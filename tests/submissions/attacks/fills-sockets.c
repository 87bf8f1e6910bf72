/* Attack: makes as many connections with itself as it can, and fills them with what nobody reads.
 * Labs: 11
 * Isolated: yes */
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

static void attack(void)
{
    static char chunk[1 << 16];
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof here;
    int door = socket(AF_INET, SOCK_STREAM, 0), file;

    bind(door, (struct sockaddr *)&here, size);
    listen(door, 512);
    getsockname(door, (struct sockaddr *)&here, &size);
    for (int i = 0; i < 100000; i++) {
        file = socket(AF_INET, SOCK_STREAM, 0);
        if (file == -1 || connect(file, (struct sockaddr *)&here, size))
            break;
        while (send(file, chunk, sizeof chunk, MSG_DONTWAIT | MSG_NOSIGNAL) > 0)
            ;
    }
    for (;;)
        pause();
}
