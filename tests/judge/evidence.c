#include "tests/judge/evidence.h"

#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/watch/protocol.h"

/* Far more messages than an honest test sends. */
enum { MOST_AT_A_TIME = 100 };

int evidence_open(struct evidence *evidence, int *test)
{
    uint64_t random[2];
    int pair[2], on = 1;

    *evidence = (struct evidence){.socket = -1, .notes_file = notes_create()};
    if (getrandom(random, sizeof random, 0) != sizeof random) {
        evidence_close(evidence);
        return -1;
    }
    snprintf(evidence->nonce, sizeof evidence->nonce, "%016llx%016llx",
             (unsigned long long)random[0], (unsigned long long)random[1]);
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair)) {
        evidence_close(evidence);
        return -1;
    }
    if (setsockopt(pair[0], SOL_SOCKET, SO_PASSCRED, &on, sizeof on) ||
        send(pair[0], evidence->nonce, strlen(evidence->nonce), MSG_NOSIGNAL) == -1) {
        close(pair[0]);
        close(pair[1]);
        evidence_close(evidence);
        return -1;
    }
    evidence->socket = pair[0];
    *test = pair[1];
    return 0;
}

void evidence_close(struct evidence *evidence)
{
    if (evidence->socket != -1)
        close(evidence->socket);
    evidence->socket = -1;
    if (evidence->notes_file != -1)
        close(evidence->notes_file);
    evidence->notes_file = -1;
}

/* Read as a file, not as memory: whoever shortens the file cannot make the judge crash. */
struct notes evidence_notes(const struct evidence *evidence)
{
    struct notes raw = {0}, notes;

    if (evidence->notes_file == -1 || pread(evidence->notes_file, &raw, sizeof raw, 0) == -1)
        memset(&raw, 0, sizeof raw);
    notes_read(&raw, &notes);
    return notes;
}

static const char *after(const char *message, const char *word)
{
    size_t length = strlen(word);

    return strncmp(message, word, length) == 0 && message[length] == ' ' ? message + length + 1
                                                                         : NULL;
}

/* Stores a text in one line: a new line could pass for one of the report. */
static void store_line(char line[], size_t size, const char *text, size_t length)
{
    snprintf(line, size, "%.*s", (int)length, text);
    for (char *at = line; *at; at++)
        if (isspace((unsigned char)*at))
            *at = ' ';
}

/* "FUNCTION<tab>TEXT", or a text alone. */
static void store_failure(struct evidence *evidence, const char *text)
{
    const char *tab = strchr(text, '\t');

    if (tab)
        store_line(evidence->look_at, sizeof evidence->look_at, text, (size_t)(tab - text));
    text = tab ? tab + 1 : text;
    store_line(evidence->text, sizeof evidence->text, text, strlen(text));
}

/* Takes one message into account. `sender` is as the kernel tells it. */
static void add(struct evidence *evidence, pid_t sender, const char *message)
{
    const char *text;

    if (evidence->original == 0 && strcmp(message, PROTOCOL_HELLO) == 0) {
        evidence->original = sender;
    } else if ((text = after(message, PROTOCOL_END))) {
        if (sender == evidence->original && strcmp(text, evidence->nonce) == 0)
            evidence->ended = true;
    } else if (evidence->text[0] == '\0' && ((text = after(message, PROTOCOL_FAILED)) ||
                                             (text = after(message, PROTOCOL_NOT_STARTED)))) {
        evidence->not_started = after(message, PROTOCOL_NOT_STARTED) != NULL;
        store_failure(evidence, text);
    }
}

void evidence_read(struct evidence *evidence)
{
    for (int i = 0; i < MOST_AT_A_TIME && evidence->socket != -1; i++) {
        char text[PROTOCOL_MESSAGE_SIZE], control[CMSG_SPACE(sizeof(struct ucred))];
        struct iovec part = {text, sizeof text - 1};
        struct msghdr message = {.msg_iov = &part,
                                 .msg_iovlen = 1,
                                 .msg_control = control,
                                 .msg_controllen = sizeof control};
        ssize_t length = recvmsg(evidence->socket, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
        struct cmsghdr *header = length > 0 ? CMSG_FIRSTHDR(&message) : NULL;
        struct ucred sender = {0};

        if (length == 0) { /* shut down: from now on it is readable and empty */
            close(evidence->socket);
            evidence->socket = -1;
        }
        if (length <= 0)
            return;
        text[length] = '\0';
        if (header && header->cmsg_type == SCM_CREDENTIALS)
            memcpy(&sender, CMSG_DATA(header), sizeof sender);
        add(evidence, sender.pid, text);
    }
}
