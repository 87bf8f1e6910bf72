#include "11-blocking-io/origin.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "11-blocking-io/sockets.h"
#include "common/clock.h"
#include "common/shared.h"

enum { MOST_VISITORS = 4096, LINE = 40 };

/* Who has connected; by the number of its socket. */
struct visitor {
    size_t got;
    char line[LINE]; /* what has come of the request */
};

/* Who has asked and waits; the first one has waited longest. */
struct queue {
    int first, count;
    struct waiting {
        int file;
        int64_t due;
    } waiting[MOST_VISITORS];
};

/* Of the server's process. */
struct server {
    int door, epoll;
    struct origin_plan plan;
    struct origin_counts *counts;
    bool open; /* answers are no longer held */
    struct visitor visitors[MOST_VISITORS];
    struct queue queue;
};

static void watch(struct server *server, int file)
{
    struct epoll_event event = {.events = EPOLLIN, .data.fd = file};

    epoll_ctl(server->epoll, EPOLL_CTL_ADD, file, &event);
}

static void let_in(struct server *server)
{
    int file = accept4(server->door, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

    if (file == -1)
        return;
    if (file >= MOST_VISITORS) {
        close(file);
        return;
    }
    server->visitors[file].got = 0;
    watch(server, file);
}

static void note_waiting(struct server *server, int file)
{
    struct queue *queue = &server->queue;
    int last = (queue->first + queue->count++) % MOST_VISITORS;

    queue->waiting[last] = (struct waiting){file, clock_wall() + server->plan.delay_ms * NS_PER_MS};
    epoll_ctl(server->epoll, EPOLL_CTL_DEL, file, NULL);
    atomic_store(&server->counts->waiting, queue->count);
    if (queue->count > atomic_load(&server->counts->most_waiting))
        atomic_store(&server->counts->most_waiting, queue->count);
    if (queue->count >= server->plan.hold)
        server->open = true;
}

/* Reads what a visitor has sent. When the line is complete, the visitor waits for its answer. */
static void listen_to(struct server *server, int file)
{
    struct visitor *visitor = &server->visitors[file];
    ssize_t count = recv(file, visitor->line + visitor->got, LINE - 1 - visitor->got, 0);

    if (count <= 0) {
        close(file);
        return;
    }
    visitor->got += (size_t)count;
    visitor->line[visitor->got] = '\0';
    if (strchr(visitor->line, '\n'))
        note_waiting(server, file);
    else if (visitor->got == LINE - 1)
        close(file);
}

/* Answers whoever has waited longest. */
static void answer_first(struct server *server)
{
    struct queue *queue = &server->queue;
    int file = queue->waiting[queue->first].file;
    unsigned long number = (unsigned long)strtol(server->visitors[file].line, NULL, 10);
    char answer[LINE];
    int length = snprintf(answer, sizeof answer, "%ld\n", (long)(number * number));

    queue->first = (queue->first + 1) % MOST_VISITORS;
    atomic_store(&server->counts->waiting, --queue->count);
    (void)!send(file, answer, (size_t)length, MSG_NOSIGNAL);
    close(file);
}

/* How long to wait for visitors: until the first answer is due; -1: for ever. */
static int patience(const struct server *server)
{
    if (server->queue.count == 0)
        return -1;
    if (!server->open)
        return ORIGIN_PATIENCE_MS;
    return ms_until(server->queue.waiting[server->queue.first].due);
}

static _Noreturn void serve(struct server *server)
{
    struct epoll_event events[64];

    for (;;) {
        int count = epoll_wait(server->epoll, events, 64, patience(server));

        if (count == 0)
            server->open = true;
        for (int i = 0; i < count; i++) {
            if (events[i].data.fd == server->door)
                let_in(server);
            else
                listen_to(server, events[i].data.fd);
        }
        while (server->open && server->queue.count > 0 &&
               server->queue.waiting[server->queue.first].due <= clock_wall())
            answer_first(server);
    }
}

/* A door is a socket that listens, at a port that the system chooses. */
static int open_door(int *port)
{
    struct sockaddr_in address = address_of(0);
    socklen_t size = sizeof address;
    int door = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    if (door == -1)
        return -1;
    if (bind(door, (struct sockaddr *)&address, sizeof address) || listen(door, SOMAXCONN) ||
        getsockname(door, (struct sockaddr *)&address, &size)) {
        close_quietly(door);
        return -1;
    }
    *port = ntohs(address.sin_port);
    return door;
}

/* Does not return. */
static void become_server(struct origin *origin, struct origin_plan plan, int door, pid_t parent)
{
    static struct server server;

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(EXIT_FAILURE);
    server = (struct server){.door = door,
                             .epoll = epoll_create1(EPOLL_CLOEXEC),
                             .plan = plan,
                             .counts = origin->counts,
                             .open = plan.hold <= 1};
    watch(&server, door);
    serve(&server);
}

int origin_start(struct origin *origin, struct origin_plan plan)
{
    pid_t parent = getpid();
    int door = open_door(&origin->port);

    if (door == -1)
        return -1;
    origin->counts = shared_alloc(1, sizeof *origin->counts);
    if (!origin->counts) {
        close_quietly(door);
        return -1;
    }
    fflush(NULL);
    origin->process = fork();
    if (origin->process == 0)
        become_server(origin, plan, door, parent);
    close_quietly(door);
    if (origin->process == -1)
        shared_free(origin->counts);
    return origin->process == -1 ? -1 : 0;
}

void origin_stop(struct origin *origin)
{
    kill(origin->process, SIGKILL);
    while (waitpid(origin->process, NULL, 0) == -1 && errno == EINTR)
        ;
    shared_free(origin->counts);
}
