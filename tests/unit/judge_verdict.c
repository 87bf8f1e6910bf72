#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "tests/judge/build/steps.h"
#include "tests/judge/verdict.h"
#include "tests/unit/support/unit.h"

/* What the verdict is on, and what came of it. */
struct judged {
    struct evidence evidence;
    struct job job;
    struct test test;
    bool was_ended; /* what verdict_on_test returned */
};

/* A test that reaches its end, says so, and leaves with status 0. */
static const struct judged good = {.evidence = {.ended = true}, .job = {.end = JOB_EXITED}};

static void judge(struct judged *judged)
{
    judged->evidence.notes_file = -1;
    judged->was_ended = verdict_on_test(&judged->test, &judged->job, &judged->evidence);
}

enum { MOST_KEPT = 64 };
static char *kept[MOST_KEPT];
static size_t kept_count;

/* Looks for `words` in what is said of the test. The text is freed with the test's process. */
static void expect_outcome(struct judged *judged, enum outcome outcome, const char *words)
{
    const char *text = judged->test.text ? judged->test.text : "(nothing)";

    ck_assert_int_eq(judged->test.outcome, outcome);
    ck_assert_msg(strstr(text, words), "'%s' is not in '%s'", words, text);
    /* Kept reachable, and freed with the test's process: nothing has leaked. */
    kept[kept_count++ % MOST_KEPT] = judged->test.text;
    kept[kept_count++ % MOST_KEPT] = judged->test.look_at;
}

START_TEST(a_good_end_passes)
{
    struct judged judged = good;

    judged.job.cpu_ms = 1234;
    judge(&judged);
    ck_assert_str_eq(judged.test.text, "");
    expect_outcome(&judged, OUTCOME_PASSED, "");
    ck_assert_int_eq(judged.test.cpu_ms, 1234);
    ck_assert(!judged.was_ended);
}
END_TEST

START_TEST(every_part_of_a_good_end_is_needed)
{
    struct judged silent = good, status = good, failure = good, killed = good, hung = good;

    silent.evidence.ended = false;
    judge(&silent);
    expect_outcome(&silent, OUTCOME_FAILED, "left in the middle of the test, with exit status 0");
    status.job.status = W_EXITCODE(3, 0);
    judge(&status);
    expect_outcome(&status, OUTCOME_FAILED, "left in the middle of the test, with exit status 3");
    strcpy(failure.evidence.text, "1 should be 2.");
    judge(&failure);
    expect_outcome(&failure, OUTCOME_FAILED, "1 should be 2.");
    killed.job.status = W_EXITCODE(0, SIGTERM);
    judge(&killed);
    expect_outcome(&killed, OUTCOME_FAILED, "own process was killed by a signal (Terminated)");
    hung.job.end = JOB_ASLEEP;
    judge(&hung);
    expect_outcome(&hung, OUTCOME_FAILED, "It hung");
}
END_TEST

START_TEST(what_is_not_written_is_not_started)
{
    struct judged judged = {.evidence = {.not_started = true, .text = "pool_map"},
                            .job = {.end = JOB_EXITED, .status = W_EXITCODE(1, 0)}};

    judge(&judged);
    ck_assert_str_eq(judged.test.text, "pool_map");
    expect_outcome(&judged, OUTCOME_NOT_STARTED, "pool_map");
}
END_TEST

START_TEST(who_had_to_be_ended_is_told_why)
{
    static const struct {
        enum job_end end;
        const char *words;
    } cases[] = {
        {JOB_ASLEEP, "everything was asleep"},
        {JOB_CPU, "It computed for 12 s of CPU time"},
        {JOB_MEMORY, "more than 2 GB of memory"},
        {JOB_PROCESSES, "more than a hundred processes"},
        {JOB_LOST, "watches over the test was killed"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct judged judged = {.job = {.end = cases[i].end, .cpu_ms = 12345}};

        judge(&judged);
        expect_outcome(&judged, OUTCOME_FAILED, cases[i].words);
        ck_assert(judged.was_ended);
    }
}
END_TEST

START_TEST(a_failure_reported_before_a_hang_is_told_and_the_hang_counts)
{
    struct judged judged = {.evidence = {.text = "1 should be 2."}, .job = {.end = JOB_ASLEEP}};

    judge(&judged);
    expect_outcome(&judged, OUTCOME_FAILED, "1 should be 2.");
    ck_assert(judged.was_ended);
}
END_TEST

START_TEST(what_cannot_be_run_was_not_ended)
{
    struct judged judged = {.job = {.end = JOB_NO_EXEC, .status = ENOEXEC}};

    judge(&judged);
    expect_outcome(&judged, OUTCOME_FAILED, "What was built cannot be run: Exec format error.");
    ck_assert(!judged.was_ended);
}
END_TEST

START_TEST(crashes_are_explained)
{
    static const struct {
        int signal;
        const char *words;
    } cases[] = {
        {SIGSEGV, "segmentation fault"}, {SIGBUS, "bus error"},
        {SIGFPE, "division by zero"},    {SIGABRT, "abort()"},
        {SIGILL, "illegal instruction"}, {SIGXFSZ, "64 MB"},
        {SIGUSR1, "killed by a signal"}, {SIGKILL, "killed by a signal"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct judged judged = good;

        judged.job.cpu_limit_ms = 12000;
        judged.job.status = W_EXITCODE(0, cases[i].signal);
        judge(&judged);
        expect_outcome(&judged, OUTCOME_FAILED, cases[i].words);
        ck_assert(!judged.was_ended);
    }
}
END_TEST

START_TEST(the_kernels_cpu_limit_counts_as_an_end)
{
    struct judged judged = {.job = {.end = JOB_EXITED, .status = W_EXITCODE(0, SIGXCPU)}};
    struct judged killed = {.job = {.end = JOB_EXITED,
                                    .status = W_EXITCODE(0, SIGKILL),
                                    .cpu_limit_ms = 4000 * JOB_CPU_FACTOR,
                                    .cpu_ms = 2000}};
    struct judged early = killed;

    judge(&judged);
    expect_outcome(&judged, OUTCOME_FAILED, "It computed for seconds of CPU time");
    ck_assert(judged.was_ended);
    judge(&killed);
    expect_outcome(&killed, OUTCOME_FAILED, "It computed for seconds of CPU time");
    ck_assert(killed.was_ended);
    early.job.cpu_ms = 1999;
    judge(&early);
    expect_outcome(&early, OUTCOME_FAILED, "killed by a signal (Killed)");
    ck_assert(!early.was_ended);
}
END_TEST

START_TEST(a_build_is_judged_by_how_it_ended)
{
    struct job job = {.end = JOB_EXITED};
    char said[200] = "pool.c:7: warning: ...";

    ck_assert_int_eq(verdict_on_build(&job, said, sizeof said), VERDICT_BUILT);
    ck_assert_str_eq(said, "pool.c:7: warning: ...");
    job.status = W_EXITCODE(BUILD_REFUSED, 0);
    ck_assert_int_eq(verdict_on_build(&job, said, sizeof said), VERDICT_NOT_BUILT);
    ck_assert_str_eq(said, "pool.c:7: warning: ...");
    said[0] = '\0';
    ck_assert_int_eq(verdict_on_build(&job, said, sizeof said), VERDICT_NOT_BUILT);
    ck_assert_str_eq(said, "Building failed and said nothing (exit status 1).\n");
    strcpy(said, "builder: cannot run gcc");
    job.status = W_EXITCODE(BUILD_CANNOT, 0);
    ck_assert_int_eq(verdict_on_build(&job, said, sizeof said), VERDICT_NONE);
    ck_assert_str_eq(said, "builder: cannot run gcc");
    job.status = W_EXITCODE(BUILD_MISSING, 0);
    ck_assert_int_eq(verdict_on_build(&job, said, sizeof said), VERDICT_MISSING);
    job.status = W_EXITCODE(0, SIGXCPU);
    ck_assert_int_eq(verdict_on_build(&job, said, sizeof said), VERDICT_NOT_BUILT);
    ck_assert_str_eq(said, "The compiler did not come to an end within its limits.\n");
    strcpy(said, "half a sent");
    job = (struct job){.end = JOB_MEMORY};
    ck_assert_int_eq(verdict_on_build(&job, said, sizeof said), VERDICT_NOT_BUILT);
    ck_assert_str_eq(said, "The compiler did not come to an end within its limits.\n");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        a_good_end_passes,
        every_part_of_a_good_end_is_needed,
        what_is_not_written_is_not_started,
        who_had_to_be_ended_is_told_why,
        a_failure_reported_before_a_hang_is_told_and_the_hang_counts,
        what_cannot_be_run_was_not_ended,
        crashes_are_explained,
        the_kernels_cpu_limit_counts_as_an_end,
        a_build_is_judged_by_how_it_ended,
    };

    return unit_main("judge_verdict", tests, sizeof tests / sizeof tests[0]);
}
