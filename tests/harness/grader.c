#include "tests/harness/grader.h"

#include <check.h>
#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "common/shared.h"
#include "tests/watch/protocol.h"
#include "tests/harness/wording.h"

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

struct grader_answer grader_answer_int(int returned)
{
    struct grader_answer answer = {returned == -1, "-1", "", errno};

    snprintf(answer.returned, sizeof answer.returned, "%d", returned);
    return answer;
}

struct grader_answer grader_answer_double(double returned)
{
    struct grader_answer answer = {isnan(returned), "NAN", "NAN", errno};

    if (!answer.refused)
        snprintf(answer.returned, sizeof answer.returned, "%g", returned);
    return answer;
}

struct grader_answer grader_answer_pointer(const void *returned)
{
    if (returned)
        return (struct grader_answer){false, "NULL", "a pointer", errno};
    return (struct grader_answer){true, "NULL", "NULL", errno};
}

void grader_expect_refused(const char *what, struct grader_answer answer, int error)
{
    const char *seen = "";

    if (answer.refused && answer.error == error)
        return;
    if (answer.refused && answer.error == GRADER_NOT_SET)
        seen = " and did not set errno";
    else if (answer.refused)
        seen = wording(" with errno %s", error_name(answer.error));
    grader_fail("%s should return %s with errno %s, but it returned %s%s.", what, answer.refusal,
                error_name(error), answer.returned, seen);
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
    grader_fail("A plain call of %s should succeed, but it failed%s.", function,
                error ? wording(" with errno %s", error_name(error)) : ", and did not set errno");
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
