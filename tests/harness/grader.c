#include "tests/harness/grader.h"

#include <check.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "common/shared.h"
#include "tests/watch/protocol.h"

bool grader_thorough;

/* Where outcomes are reported; -1: nowhere, Check alone tells. Set before any graded code runs. */
static int report = -1;
static char nonce[64];

void grader_report_to(int socket)
{
    ssize_t length = recv(socket, nonce, sizeof nonce - 1, 0);

    nonce[length > 0 ? length : 0] = '\0';
    report = socket;
}

static void tell(const char *word, const char *text)
{
    char message[PROTOCOL_MESSAGE_SIZE];
    int length = snprintf(message, sizeof message, "%s %s", word, text);

    if (report == -1)
        return;
    if (length >= (int)sizeof message)
        length = sizeof message - 1;
    send(report, message, (size_t)length, MSG_NOSIGNAL);
}

void grader_end(void)
{
    tell(PROTOCOL_END, nonce);
}

void grader_fail(const char *format, ...)
{
    char text[1024];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    tell(PROTOCOL_FAILED, text);
    ck_abort_msg("%s", text);
}

void grader_begin(const char *function, bool succeeded)
{
    int error = errno;

    if (succeeded)
        return;
    if (error == ENOSYS) {
        tell(PROTOCOL_NOT_STARTED, function);
        ck_abort_msg("not started: %s", function);
    }
    grader_fail("A plain call of %s should succeed, but it failed: %s.", function,
                error ? strerror(error) : "errno is not set");
}

void *grader_share(size_t count, size_t size)
{
    void *memory = shared_alloc(count, size);

    if (!memory) {
        perror("shared_alloc");
        abort();
    }
    return memory;
}
