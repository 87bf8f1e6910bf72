#include "tests/judge/verdict.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "tests/judge/build/steps.h"

static const char *signal_in_words(int signal)
{
    switch (signal) {
    case SIGSEGV:
        return "It crashed (segmentation fault): an address was used where there is no memory. A "
               "pointer that was never set, memory that was freed, or an index outside an array?";
    case SIGBUS:
        return "It crashed: memory was used that is mapped but not there (bus error).";
    case SIGFPE:
        return "It crashed: an integer division by zero, or one that overflows.";
    case SIGABRT:
        return "It ended itself by abort(): a failed assert, or memory that malloc or free found "
               "damaged.";
    case SIGILL:
        return "It crashed: not an instruction (illegal instruction). A function that ends without "
               "return?";
    case SIGXFSZ:
        return "It wrote more to a file than it may (64 MB).";
    default:
        return NULL;
    }
}

/* At the limit the kernel sends SIGXCPU, and later SIGKILL if the process lives on. The judge may
 * have seen only a part of the CPU time. */
static bool ended_by_cpu_limit(const struct job *job)
{
    return WIFSIGNALED(job->status) && (WTERMSIG(job->status) == SIGXCPU ||
                                        (WTERMSIG(job->status) == SIGKILL &&
                                         job->cpu_ms >= job->cpu_limit_ms / JOB_CPU_FACTOR / 2));
}

/* What is said of a test that the judge ended, or whose supervisor is gone. */
static const char *const endings[] = {
    [JOB_ASLEEP] =
        "It hung: everything was asleep and nothing could wake it any more. A wait for something "
        "that never comes (a lock not given back, a post or a signal missed, a child that never "
        "ends)?",
    [JOB_MEMORY] = "It used more than 2 GB of memory.",
    [JOB_PROCESSES] =
        "It had more than a hundred processes: does every child leave, or do children fork, too?",
    [JOB_HIDDEN] = "It hid from the judge for minutes: does your code call prctl?",
    [JOB_LOST] = "The process that watches over the test was killed: does your code signal a "
                 "process that is not its child?",
};

/* Says how a test ended by itself before its end. */
static void explain_exit(struct test *test, const struct job *job, const struct notes *notes)
{
    const int status = job->status;

    if (ended_by_cpu_limit(job))
        test_decide(test, OUTCOME_FAILED,
                    "It computed for seconds of CPU time and did not end: an endless loop, or a "
                    "wait that spins?");
    else if (WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV && notes->crash[0])
        test_decide(test, OUTCOME_FAILED, "It crashed (segmentation fault): %s", notes->crash);
    else if (WIFSIGNALED(status) && signal_in_words(WTERMSIG(status)))
        test_decide(test, OUTCOME_FAILED, "%s", signal_in_words(WTERMSIG(status)));
    else if (WIFSIGNALED(status))
        test_decide(test, OUTCOME_FAILED,
                    "The test's own process was killed by a signal (%s). Does your code send "
                    "signals with kill to 0, to -1, to its parent or to the wrong process?%s",
                    strsignal(WTERMSIG(status)),
                    WTERMSIG(status) == SIGKILL
                        ? " Or does it use so much memory that the system has to end it?"
                        : "");
    else
        test_decide(
            test, OUTCOME_FAILED,
            "The program left in the middle of the test, with exit status %d: does your "
            "code call exit or _exit where only a child should, or did a library end the program, "
            "as OpenMP does if it cannot make a team?",
            WEXITSTATUS(status));
}

/* Says how a test ended that neither reached its end nor reported a failure. */
static void explain(struct test *test, const struct job *job, const struct notes *notes)
{
    const size_t known = sizeof endings / sizeof endings[0];

    if (job->end == JOB_CPU)
        test_decide(test, OUTCOME_FAILED,
                    "It computed for %.0f s of CPU time and did not end: an endless loop, or a "
                    "wait that spins?",
                    (double)job->cpu_ms / 1000);
    else if (job->end == JOB_NO_EXEC)
        test_decide(test, OUTCOME_FAILED, "What was built cannot be run: %s.",
                    strerror(job->status));
    else if ((size_t)job->end < known && endings[job->end])
        test_decide(test, OUTCOME_FAILED, "%s", endings[job->end]);
    else
        explain_exit(test, job, notes);
}

/* Adds to what is said of a test's end who slept in what, which call was under way, and what the
 * test had done to it. */
static void add_notes(struct test *test, const struct job *job, const struct notes *notes)
{
    char *said = strdup(test->text), during[NOTES_DOING + NOTES_DONE_TO + 64] = "";

    if (!said)
        return;
    if (notes->doing[0] && notes->done_to[0])
        snprintf(during, sizeof during, "It happened in this call: %s. Before that, %s.",
                 notes->doing, notes->done_to);
    else if (notes->doing[0])
        snprintf(during, sizeof during, "It happened in this call: %s.", notes->doing);
    test_decide(test, OUTCOME_FAILED, "%s%s%s%s", said, job->end == JOB_ASLEEP ? job->sleepers : "",
                during[0] ? " " : "", during);
    free(said);
}

bool verdict_on_test(struct test *test, const struct job *job, const struct evidence *evidence)
{
    const struct notes notes = evidence_notes(evidence);
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
        explain(test, job, &notes);
    if (evidence->text[0] == '\0' && test->outcome == OUTCOME_FAILED)
        add_notes(test, job, &notes);
    test_look_at(test, evidence->text[0] ? evidence->look_at : notes.look_at);
    return (job->end != JOB_EXITED && job->end != JOB_NO_EXEC) || xcpu;
}

enum build_verdict verdict_on_build(const struct job *job, char *said, size_t size)
{
    if (job->end != JOB_EXITED || !WIFEXITED(job->status)) {
        snprintf(said, size, "The compiler did not come to an end within its limits.\n");
        return VERDICT_NOT_BUILT;
    }
    if (WEXITSTATUS(job->status) == EXIT_SUCCESS)
        return VERDICT_BUILT;
    if (said[0] == '\0')
        snprintf(said, size, "Building failed and said nothing (exit status %d).\n",
                 WEXITSTATUS(job->status));
    switch (WEXITSTATUS(job->status)) {
    case BUILD_CANNOT:
        return VERDICT_NONE;
    case BUILD_MISSING:
        return VERDICT_MISSING;
    default:
        return VERDICT_NOT_BUILT;
    }
}
