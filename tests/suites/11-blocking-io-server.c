#include "tests/suites/11-blocking-io-server.h"

#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "11-blocking-io/plan.h"
#include "tests/harness/grader.h"
#include "tests/harness/wording.h"
#include "tests/watch/proc.h"

long server_number(long asked)
{
    return 7 * asked + 3;
}

/* Opens a socket that listens. Ends the test if it cannot. */
static int open_door(int backlog, int *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int file = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (file == -1 || bind(file, (struct sockaddr *)&address, size) ||
        (backlog >= 0 && listen(file, backlog)) ||
        getsockname(file, (struct sockaddr *)&address, &size))
        grader_fail("The test itself went wrong: no server on 127.0.0.1 (%s).", error_name(errno));
    *port = ntohs(address.sin_port);
    return file;
}

void server_renew(struct server *server)
{
    pid_t parent = getpid(), child;
    int door;

    server_stop(server);
    server->client = proc_self();
    door = open_door(SOMAXCONN, &server->port);
    fflush(NULL);
    child = grader_fork();
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() == parent)
            server_serve(server, door);
        _exit(EXIT_FAILURE);
    }
    server->process = child;
    close(door);
}

struct server *server_start(void)
{
    struct server *server = grader_share(1, sizeof *server);

    atomic_store(&server->lock_free, 1);
    server_renew(server);
    return server;
}

void server_stop(struct server *server)
{
    if (server->process <= 0)
        return;
    kill(server->process, SIGKILL);
    while (waitpid(server->process, NULL, 0) == -1 && errno == EINTR)
        ;
    server->process = 0;
}

/* A new process at a new port: nothing that an earlier call has left behind comes to it. */
void server_reset(struct server *server)
{
    struct fetch_plan plan = fetch_get_plan();

    server_stop(server);
    *server = (struct server){.lock_free = server->lock_free};
    server_renew(server);
    plan.port = server->port;
    fetch_set_plan(plan);
}

void server_deaf(bool full, int *port, int files[8])
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};

    for (int i = 0; i < 8; i++)
        files[i] = -1;
    files[0] = open_door(full ? 0 : 8, port);
    address.sin_port = htons((uint16_t)*port);
    for (int i = 1; full && i < 8; i++) {
        files[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        (void)connect(files[i], (struct sockaddr *)&address, sizeof address);
    }
}

int server_nobody(void)
{
    int port;

    close(open_door(-1, &port));
    return port;
}
