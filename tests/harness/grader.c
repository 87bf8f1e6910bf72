#include "tests/harness/grader.h"

#include <check.h>
#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/shared.h"
#include "tests/harness/crash.h"
#include "tests/harness/wording.h"
#include "tests/watch/notes.h"
#include "tests/watch/protocol.h"

bool grader_thorough;

/* Where outcomes are reported; -1: nowhere, Check alone tells. Set before any graded code runs. */
static int report = -1;
/* Or who is told of them, in a process that is a part of a test. */
static void (*told)(const char *word, const char *text);
/* What is under way. Until grader_note_in says where, in a place that nobody reads. */
static struct notes nobody_reads;
static struct notes *notes = &nobody_reads;
static char nonce[64];

void grader_report_to(int socket)
{
    ssize_t length = recv(socket, nonce, sizeof nonce - 1, 0);

    nonce[length > 0 ? length : 0] = '\0';
    report = socket;
}

void grader_note_in(int file)
{
    struct notes *mapped = notes_map(file);

    if (mapped)
        notes = mapped;
    crash_note_in(notes);
    close(file);
}

void grader_be_part(void (*tell)(const char *word, const char *text), struct notes *shared)
{
    told = tell;
    notes = shared;
    crash_note_in(notes);
}

static void tell(const char *word, const char *text)
{
    char message[PROTOCOL_MESSAGE_SIZE];
    int length = snprintf(message, sizeof message, "%s %s", word, text);

    if (told)
        told(word, text);
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

/* Says what is wrong and where to look, and ends the test. */
static _Noreturn void end_as_failed(const char *look_at, const char *format, va_list arguments)
{
    char text[1024], both[sizeof text + NOTES_LOOK_AT];

    vsnprintf(text, sizeof text, format, arguments);
    snprintf(both, sizeof both, "%.*s\t%s", NOTES_LOOK_AT - 1, look_at, text);
    tell(PROTOCOL_FAILED, both);
    ck_abort_msg("%s", text);
}

void grader_fail(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    end_as_failed(notes->look_at, format, arguments);
}

void grader_fail_at(const char *look_at, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    end_as_failed(look_at, format, arguments);
}

void grader_fail_as_hung(void)
{
    char text[1024], both[sizeof text + NOTES_LOOK_AT];

    snprintf(text, sizeof text,
             "It hung: everything was asleep and nothing could wake it any more (a lock not given "
             "back, a signal missed or never given?).%s%s%s",
             notes->doing[0] ? " There was " : "", notes->doing, notes->doing[0] ? "." : "");
    snprintf(both, sizeof both, "%.*s\t%s", NOTES_LOOK_AT - 1, notes->look_at, text);
    tell(PROTOCOL_FAILED, both);
    if (report == -1)
        fprintf(stderr, "%s\n", text);
    _exit(EXIT_FAILURE);
}

void grader_doing(const char *look_at, const char *format, ...)
{
    int error = errno;
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(notes->doing, sizeof notes->doing, format, arguments);
    va_end(arguments);
    notes->done_to[0] = '\0';
    snprintf(notes->look_at, sizeof notes->look_at, "%s", look_at);
    errno = error;
}

void grader_did(void)
{
    notes->doing[0] = '\0';
}

void grader_done_to(const char *format, ...)
{
    int error = errno;
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(notes->done_to, sizeof notes->done_to, format, arguments);
    va_end(arguments);
    errno = error;
}

void grader_trying(const char *what)
{
    size_t length = strcspn(what, " ");
    bool function = length > 0 && strspn(what, "abcdefghijklmnopqrstuvwxyz0123456789_") == length;
    char name[NOTES_LOOK_AT];

    snprintf(name, sizeof name, "%.*s", (int)length, what);
    grader_doing(function ? name : wording("%s", notes->look_at), "%s", what);
}

struct grader_answer grader_answer_long(long returned)
{
    struct grader_answer answer = {returned == -1, "-1", "", errno};

    snprintf(answer.returned, sizeof answer.returned, "%ld", returned);
    return answer;
}

struct grader_answer grader_answer_int(int returned)
{
    return grader_answer_long(returned);
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

    grader_did();
    if (answer.refused && answer.error == error)
        return;
    if (answer.refused && answer.error == GRADER_NOT_SET)
        seen = " and did not set errno";
    else if (answer.refused)
        seen = wording(" with errno %s", error_name(answer.error));
    grader_fail("%s should return %s with errno %s, but it returned %s%s.", what, answer.refusal,
                error_name(error), answer.returned, seen);
}

void grader_begun_of(const char *function, const char *what, bool succeeded)
{
    int error = errno;

    grader_did();
    if (succeeded)
        return;
    if (error == ENOSYS) {
        tell(PROTOCOL_NOT_STARTED, function);
        ck_abort_msg("not started: %s", function);
    }
    grader_fail("A plain call of %s should succeed, but it failed%s.", what,
                error ? wording(" with errno %s", error_name(error)) : ", and did not set errno");
}

void grader_begun(const char *function, bool succeeded)
{
    grader_begun_of(function, function, succeeded);
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

pid_t grader_fork(void)
{
    pid_t child = fork();

    if (child == -1)
        grader_fail("The test itself went wrong: no process (%s).", error_name(errno));
    return child;
}
