#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "02-process/process_map.h"
#include "common/shared.h"
#include "tests/harness/capture.h"
#include "tests/harness/census.h"
#include "tests/harness/conformance.h"
#include "tests/harness/faults.h"
#include "tests/harness/grader.h"
#include "tests/harness/meeting.h"

static const struct engine engine = {"process_map", process_map, ENGINE_PROCESSES, 260, 1000};

static void test_results(void)
{
    conform_begin(&engine);
    conform_results(&engine);
}

static int task_pid(long in, long *out)
{
    *out = getpid() + 0 * in;
    return 0;
}

static void test_new_process(void)
{
    enum { N = 30 };
    long in[N] = {0}, pids[N], one = getpid();

    conform_begin(&engine);
    expect(process_map(task_pid, in, pids, N, 7) == 0, "process_map failed: %s.", strerror(errno));
    expect(process_map(task_pid, in, &one, 1, 1) == 0, "process_map failed: %s.", strerror(errno));
    expect(one != getpid(), "A single task ran in the calling process, not in a child.");
    for (int i = 0; i < N; i++) {
        expect(pids[i] != getpid(), "Task %d ran in the calling process, not in a child.", i);
        for (int j = 0; j < i; j++)
            expect(pids[i] != pids[j], "Tasks %d and %d ran in the same process (PID %ld).", j, i,
                   pids[i]);
    }
}

static void test_together(void)
{
    conform_begin(&engine);
    conform_together(&engine);
    conform_at_most(&engine);
}

static void test_errors(void)
{
    conform_begin(&engine);
    conform_arguments(&engine);
    conform_errors(&engine);
}

/* How the child of task 2 leaves before it has delivered; and an error of task 1, which ECHILD must
 * win over. They meet: one could be skipped if the other were known to have failed. */
static struct meeting *meeting;
static enum { BY_CRASH, BY_KILL, BY_EXIT, BY_EXIT_FAILURE } way;

static int task_die(long in, long *out)
{
    *out = in;
    if (in != 1 && in != 2)
        return 0;
    meeting_join(meeting);
    if (in == 1)
        return EDOM;
    switch (way) {
    case BY_CRASH:
        signal(SIGSEGV, SIG_DFL);
        raise(SIGSEGV);
        break;
    case BY_KILL:
        raise(SIGKILL);
        break;
    case BY_EXIT:
        exit(0);
    case BY_EXIT_FAILURE:
        _exit(1);
    }
    return 0;
}

static atomic_int *late; /* shared: how many tasks of value 7 were run */

/* Task 2 dies; the others wait until it joins them, so for ever, but for a task 7, which is
 * noted. */
static int task_wait_for_dead(long in, long *out)
{
    if (in == 2)
        raise(SIGKILL);
    *out = in;
    if (in == 7)
        return atomic_fetch_add(late, 1) < 0;
    while (pause())
        ;
    return 0;
}

static void test_child_dies(void)
{
    static const char *const how[] = {"crashed", "was killed", "called exit(0)", "called _exit(1)"};
    long in[6] = {0, 1, 2, 3, 4, 5}, out[6];
    struct faults *faults = faults_reset();

    conform_begin(&engine);
    for (way = BY_CRASH; way <= BY_EXIT_FAILURE; way++) {
        struct census before;
        int failed;

        meeting = meeting_create(2);
        before = census_take();
        errno = 0;
        failed = process_map(task_die, in, out, 6, 6);
        expect(
            failed == -1 && errno == ECHILD,
            "The child of task 2 %s before it delivered: process_map should return -1 with errno "
            "ECHILD, but it returned %d, errno: %s.",
            how[way], failed, strerror(errno));
        census_expect_same(before, census_take(), "process_map", 1);
        meeting_free(meeting);
    }
    errno = 0;
    in[0] = 2; /* the first child dies while all the others wait */
    expect(process_map(task_wait_for_dead, in, out, 6, 6) == -1 && errno == ECHILD,
           "A child died while others wait for it: process_map should fail with ECHILD.");
    late = grader_share(1, sizeof *late);
    expect(process_map(task_wait_for_dead, (long[]){2, 0, 7}, out, 3, 2) == -1 && errno == ECHILD,
           "The first of two children died: process_map should fail with ECHILD.");
    expect(
        atomic_load(late) == 0,
        "The first of two children had died, and still process_map started a third, which may wait "
        "for the dead one. After an error start no more: look at it between reaping and starting.");
    shared_free(late);
    faults_expect_no_stray_kill(faults);
}

static void test_fork_fails(void)
{
    enum { N = 12 };
    long in[N] = {0}, out[N];
    struct faults *faults = faults_reset();

    conform_begin(&engine);
    for (int k = 1; k <= N; k += k < 4 ? 1 : 4) {
        struct census before = census_take();
        int failed;

        atomic_store(&faults->fork_fails_at, k);
        errno = 0;
        failed = process_map(task_pid, in, out, N, 3);
        expect(failed == -1 && errno == EAGAIN,
               "fork failed with EAGAIN at its %d%s call: process_map should return -1 with that "
               "errno, but it returned %d, errno: %s.",
               k,
               k == 1   ? "st"
               : k == 2 ? "nd"
               : k == 3 ? "rd"
                        : "th",
               failed, strerror(errno));
        faults_expect_no_stray_kill(faults);
        census_expect_same(before, census_take(), "process_map", 1);
    }
    atomic_store(&faults->fork_fails_at, 0);
    expect(process_map(task_pid, in, out, N, 3) == 0,
           "Once fork works again, so should process_map: %s.", strerror(errno));
}

static int task_print(long in, long *out)
{
    printf("[task %ld]", in);
    *out = in;
    return 0;
}

static atomic_int *goodbyes;

static void count_goodbye(void)
{
    if (goodbyes)
        atomic_fetch_add(goodbyes, 1);
}

static int map_printing_tasks(void)
{
    long in[4] = {0, 1, 2, 3}, out[4];

    return process_map(task_print, in, out, 4, 2);
}

static int times_in(const char *text, const char *word)
{
    int times = 0;

    for (const char *at = text; (at = strstr(at, word)); at++)
        times++;
    return times;
}

static void test_output_once(void)
{
    static const char *const words[] = {"[before]", "[task 0]", "[task 1]",
                                        "[task 2]", "[task 3]", "[after]"};
    char text[512];

    conform_begin(&engine);
    expect(capture_output(map_printing_tasks, text, sizeof text) == 0, "process_map failed: %s.",
           strerror(errno));
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        int times = times_in(text, words[i]);

        expect(times == 1, "%s was printed once, but %d copies came out. All that came out: %s",
               words[i], times, text);
    }
    goodbyes = grader_share(1, sizeof *goodbyes);
    atexit(count_goodbye);
    conform_begin(&engine);
    expect(atomic_load(goodbyes) == 0,
           "The caller's atexit handler ran in %d children: a child leaves with _exit, not exit.",
           atomic_load(goodbyes));
    shared_free(goodbyes);
    goodbyes = NULL;
}

static void test_tidy(void)
{
    conform_begin(&engine);
    conform_no_memory(&engine);
    conform_tidy(&engine);
    conform_alternating(&engine);
}

static void test_signals(void)
{
    conform_begin(&engine);
    conform_signals(&engine);
}

/* clang-format off */
static const struct graded_test tests[] = {
    {"results", 2, "process_map brings every result back to its place", "process_map", test_results,
     {"A child's write to out[] is lost with the child: its memory is a copy.",
      "Let the child write to memory from shared_alloc, made before the fork.",
      "After the last child is reaped, copy the shared results to out[]."}},
    {"new-process", 1, "every task runs in a new process", "start_next", test_new_process,
     {"One fork for each task.",
      "The child runs its one task and leaves with _exit."}},
    {"together", 1, "workers tasks run at once, and never more", "process_map", test_together,
     {"If you wait for each child right after its fork, no two ever run at once.",
      "Fork until `workers` children are under way; only then wait for one.",
      "Keep the PIDs of the children under way, and count them."}},
    {"errors", 1, "bad arguments and failing tasks are reported", "process_map", test_errors,
     {"How does the parent learn what the task in a child returned?",
      "Let the child store the task's error beside its result.",
      "Reap in the order of the tasks, and keep the first error you come across."}},
    {"child-dies", 1, "a child that dies is ECHILD", "reap_oldest", test_child_dies,
     {"A child that died left something unset that a living one sets last.",
      "exit(0) in a task looks like success to waitpid; only the delivered result tells.",
      "When one died, kill the children left (not the one just reaped), and reap them all."}},
    {"fork-fails", 1, "a failing fork is reported, and what was begun is ended",
     "start_next", test_fork_fails,
     {"fork(2) returns -1 when there is no process to be had.",
      "Start no more, but wait for the children that are there.",
      "Keep fork's errno until all is cleaned up."}},
    {"output-once", 1, "what is printed comes out once", "run_child", test_output_once,
     {"Text in a stdio buffer is copied by fork, and then two processes write it.",
      "fflush(NULL) before the fork, and in the child before it leaves.",
      "Leave the child with _exit(2): exit(3) runs the parent's atexit handlers."}},
    {"tidy", 1, "nothing is left behind after 200 calls", "process_map", test_tidy,
     {"Every child needs one waitpid, every shared_alloc one shared_free.",
      "Look at the path after an error, too.",
      "waitpid(-1, ...) reaps children that are not yours."}},
    {"signals", 1, "works while signals arrive", "reap_oldest", test_signals,
     {"A signal can interrupt waitpid: it returns -1 with errno EINTR.",
      "EINTR is no error: call waitpid again."}},
};
/* clang-format on */

const struct graded_suite graded_suite = {"02-process", "process_map.c", tests,
                                          sizeof tests / sizeof tests[0]};
