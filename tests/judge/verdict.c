#include "tests/judge/verdict.h"

#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "tests/judge/files.h"

static const char *signal_in_words(int signal)
{
    switch (signal) {
    case SIGSEGV:
        return "It crashed: memory was used that is not there (segmentation fault). A NULL or wild "
               "pointer, or an index outside an array?";
    case SIGBUS:
        return "It crashed: memory was used that is mapped but not there (bus error).";
    case SIGFPE:
        return "It crashed: an integer division by zero, or one that overflows.";
    case SIGABRT:
        return "It ended itself by abort(): a failed assert, or memory that malloc or free found "
               "damaged (make memcheck LAB=... names the line).";
    case SIGILL:
        return "It crashed: not an instruction (illegal instruction). A function that ends without "
               "return?";
    case SIGXFSZ:
        return "It wrote more to a file than it may (64 MB).";
    default:
        return NULL;
    }
}

/* The kernel sends SIGXCPU, and to who lives on, SIGKILL. Not all of the CPU time need have been
 * seen. */
static bool ended_by_cpu_limit(const struct job *job)
{
    return WIFSIGNALED(job->status) && (WTERMSIG(job->status) == SIGXCPU ||
                                        (WTERMSIG(job->status) == SIGKILL &&
                                         job->cpu_ms >= job->cpu_limit_ms / JOB_CPU_FACTOR / 2));
}

/* Says how a test ended that neither reached its end nor reported a failure. */
static void explain(struct test *test, const struct job *job)
{
    int status = job->status;

    switch (job->end) {
    case JOB_ASLEEP:
        test_decide(
            test, OUTCOME_FAILED,
            "It hung: everything was asleep and nothing could wake it any more. A wait for "
            "something that never comes (a lock not given back, a post or a signal missed, a "
            "child that never ends)?");
        return;
    case JOB_CPU:
        test_decide(
            test, OUTCOME_FAILED,
            "It computed for %.0f s of CPU time and did not end: an endless loop, or a wait "
            "that spins?",
            (double)job->cpu_ms / 1000);
        return;
    case JOB_MEMORY:
        test_decide(test, OUTCOME_FAILED, "It used more than 2 GB of memory.");
        return;
    case JOB_PROCESSES:
        test_decide(
            test, OUTCOME_FAILED,
            "It had hundreds of processes: does every child leave, or do children fork, too?");
        return;
    case JOB_LOST:
        test_decide(test, OUTCOME_FAILED,
                    "The process that watches over the test was killed: does your code signal a "
                    "process that is not its child?");
        return;
    case JOB_NO_EXEC:
        test_decide(test, OUTCOME_FAILED, "What was built cannot be run: %s.",
                    strerror(job->status));
        return;
    default:
        break;
    }
    if (ended_by_cpu_limit(job))
        test_decide(
            test, OUTCOME_FAILED,
            "It computed for seconds of CPU time and did not end: an endless loop, or a wait "
            "that spins?");
    else if (WIFSIGNALED(status) && signal_in_words(WTERMSIG(status)))
        test_decide(test, OUTCOME_FAILED, "%s", signal_in_words(WTERMSIG(status)));
    else if (WIFSIGNALED(status))
        test_decide(test, OUTCOME_FAILED, "It was killed by a signal: %s.",
                    strsignal(WTERMSIG(status)));
    else
        test_decide(
            test, OUTCOME_FAILED,
            "The program left in the middle of the test, with exit status %d: does your code "
            "call exit or _exit where only a child should?",
            WEXITSTATUS(status));
}

int verdict_on_test(struct test *test, const struct job *job, const struct evidence *evidence)
{
    bool good_end = job->end == JOB_EXITED && WIFEXITED(job->status) &&
                    WEXITSTATUS(job->status) == EXIT_SUCCESS;
    bool xcpu = job->end == JOB_EXITED && ended_by_cpu_limit(job);

    test->cpu_ms = job->cpu_ms;
    if (evidence->ended && good_end && evidence->text[0] == '\0')
        test_decide(test, OUTCOME_PASSED, "%s", "");
    else if (evidence->text[0] != '\0')
        test_decide(test, evidence->not_started ? OUTCOME_NOT_STARTED : OUTCOME_FAILED, "%s",
                    evidence->text);
    else
        explain(test, job);
    return (job->end != JOB_EXITED && job->end != JOB_NO_EXEC) || xcpu;
}

int verdict_on_build(struct lab *lab, const struct job *job, const char *out)
{
    char path[PATH_MAX], text[4096];
    size_t length;

    snprintf(path, sizeof path, "%s/%s.build", out, lab->name);
    length = files_read(path, text, sizeof text);
    if (job->end == JOB_EXITED && job->status == 0) {
        snprintf(path, sizeof path, "%s/%s/suite", out, lab->name);
        lab->suite = strdup(path);
        lab->warnings = strdup(make_printable(text));
        return 0;
    }
    if (job->end != JOB_EXITED || !WIFEXITED(job->status))
        snprintf(text, sizeof text, "The compiler did not come to an end within its limits.\n");
    else if (length == 0)
        snprintf(text, sizeof text, "Building failed and said nothing (exit status %d).\n",
                 WEXITSTATUS(job->status));
    lab->trouble = strdup(make_printable(text));
    return -1;
}
