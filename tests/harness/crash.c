#include "tests/harness/crash.h"

#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "tests/harness/grader.h"

/* A structure that a NULL pointer was taken for is hardly larger. */
enum { NEAR_NULL = 4096 };

static struct notes *noted;

/* On a stack of its own, as the test's may be full. */
static char stack[64 * 1024];

static const char *words_for(const siginfo_t *info)
{
    const uintptr_t address = (uintptr_t)info->si_addr;

    if (info->si_code == SEGV_ACCERR)
        return "memory was used in a way that is not allowed, such as writing to what is "
               "read-only: a text in quotation marks, or an argument that is const?";
    if (info->si_code == SI_USER || info->si_code == SI_TKILL)
        return NULL;
    if (info->si_code == SEGV_MAPERR && address < NEAR_NULL)
        return "a NULL pointer was used.";
    return "an address was used where there is no memory. A pointer that was never set, memory "
           "that was freed, or an index outside an array?";
}

/* The signal's own action is back by now: the instruction is tried again, and ends the process. */
static void note(int signal, siginfo_t *info, void *context)
{
    const char *words = words_for(info);

    (void)signal;
    (void)context;
    if (words)
        memcpy(noted->crash, words, strlen(words) + 1);
}

void crash_note_in(struct notes *notes)
{
    const stack_t other = {.ss_sp = stack, .ss_size = sizeof stack};
    struct sigaction action = {.sa_flags = SA_SIGINFO | SA_ONSTACK | (int)SA_RESETHAND,
                               .sa_sigaction = note};

    noted = notes;
    if (GRADER_SANITIZED || sigaltstack(&other, NULL))
        return;
    sigemptyset(&action.sa_mask);
    sigaction(SIGSEGV, &action, NULL);
}
