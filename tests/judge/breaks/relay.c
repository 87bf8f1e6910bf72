#include "tests/judge/breaks/relay.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/program/sentence.h"

void relay_flush(struct relay *relay)
{
    char *said;

    if (!relay->length)
        return;
    relay->line[relay->length] = '\0';
    said = sentence_translated(relay->line);
    printf("  | %s\n", said);
    free(said);
    relay->length = 0;
}

void relay_pass(struct relay *relay)
{
    char text[4096];
    ssize_t length = read(relay->from, text, sizeof text);

    if (length == 0 || (length == -1 && errno != EINTR && errno != EAGAIN)) {
        relay_flush(relay);
        close(relay->from);
        relay->from = -1;
    }
    for (ssize_t i = 0; i < length; i++) {
        if (text[i] == '\n' && !relay->length)
            fputs("  | \n", stdout);
        else if (text[i] == '\n' || relay->length == sizeof relay->line - 1)
            relay_flush(relay);
        if (text[i] != '\n' && text[i])
            relay->line[relay->length++] = text[i];
    }
    fflush(stdout);
}
