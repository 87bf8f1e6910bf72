#include "11-blocking-io/sockets.h"

#include <errno.h>
#include <limits.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/clock.h"

int fail(int error)
{
    errno = error;
    return -1;
}

struct sockaddr_in address_of(int port)
{
    return (struct sockaddr_in){.sin_family = AF_INET,
                                .sin_port = htons((uint16_t)port),
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

int ms_until(int64_t deadline)
{
    int64_t left = deadline - clock_wall(), ms = (left + NS_PER_MS - 1) / NS_PER_MS;

    return left <= 0 ? 0 : ms < INT_MAX ? (int)ms : INT_MAX;
}

int end_connect(int file)
{
    int error = 0;
    socklen_t size = sizeof error;

    if (getsockopt(file, SOL_SOCKET, SO_ERROR, &error, &size))
        return -1;
    return error ? fail(error) : 0;
}

void close_quietly(int file)
{
    int error = errno;

    if (file != -1)
        close(file);
    errno = error;
}
