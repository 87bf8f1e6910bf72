#include "10-contrast/asking.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "11-blocking-io/origin.h"
#include "11-blocking-io/sockets.h"
#include "common/interp.h"

enum { LINE = 40, LIMIT_S = 10 };

/* Set before any worker is made: threads read it, children copy it. */
static struct origin server;

/* Connects a socket whose calls block, but not for ever. Returns it, or -1 with errno. */
static int connect_to(int port)
{
    const struct timeval limit = {.tv_sec = LIMIT_S};
    struct sockaddr_in address = address_of(port);
    int file = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (file == -1)
        return -1;
    if (setsockopt(file, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit) == 0 &&
        setsockopt(file, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit) == 0 &&
        TEMP_FAILURE_RETRY(connect(file, (struct sockaddr *)&address, sizeof address)) == 0)
        return file;
    close_quietly(file);
    return -1;
}

/* Sends a line, and reads one. Returns 0, or -1 with errno. */
static int exchange_lines(int file, const char *request, char answer[LINE])
{
    size_t got = 0, length = strlen(request);

    /* So short a text goes out at once. */
    if (TEMP_FAILURE_RETRY(send(file, request, length, MSG_NOSIGNAL)) != (ssize_t)length)
        return -1;
    while (got == 0 || answer[got - 1] != '\n') {
        ssize_t count = TEMP_FAILURE_RETRY(recv(file, answer + got, LINE - 1 - got, 0));

        if (count == -1)
            return -1;
        if (count == 0) /* it has ended, or says too much */
            return fail(EBADMSG);
        got += (size_t)count;
    }
    answer[got] = '\0';
    return 0;
}

/* Returns 0 or an errno. What a time limit ends has the errno of a call that would block. */
static int ask(const char *request, char answer[LINE])
{
    int file = connect_to(server.port);
    int error = file == -1 || exchange_lines(file, request, answer) ? errno : 0;

    close_quietly(file);
    return error == EAGAIN || error == EINPROGRESS ? ETIMEDOUT : error;
}

int task_ask(long in, long *out)
{
    char request[LINE], answer[LINE], *end;
    int error;

    snprintf(request, sizeof request, "%ld\n", in);
    interp_blocking_begin();
    error = ask(request, answer);
    interp_blocking_end();
    if (error)
        return error;
    *out = strtol(answer, &end, 10);
    return end != answer && *end == '\n' ? 0 : EBADMSG;
}

int asking_begin(long delay_ms)
{
    long answer;
    int error;

    if (origin_start(&server, (struct origin_plan){.delay_ms = delay_ms}))
        return -1;
    error = task_ask(2, &answer);
    if (error == 0 && answer == 4)
        return 0;
    asking_end();
    return fail(error ? error : EBADMSG);
}

void asking_end(void)
{
    origin_stop(&server);
}
