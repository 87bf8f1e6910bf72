#include "tests/suites/04-fifth-powers.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/harness/conformance.h"
#include "tests/harness/grader.h"
#include "tests/harness/meeting.h"

static const struct engine multi = {"multi_pool", multi_pool, ENGINE_PROCESSES, 1000, 1000};

static int task_fail(long in, long *out)
{
    *out = in;
    return EDOM;
}

/* A worker has ended: what multi_pool does then is interrupted, and errno says so. */
static void on_child(int signal)
{
    (void)signal;
    errno = EINTR;
}

static void check_errno(void)
{
    struct sigaction leave_trace = {.sa_handler = on_child, .sa_flags = SA_RESTART}, before;
    long in[2] = {0}, out[2];
    int failed;

    sigaction(SIGCHLD, &leave_trace, &before);
    failed = multi_pool(task_fail, in, out, 2, 2);
    expect(failed == -1 && errno == EDOM,
           "The tasks failed (%s), and multi_pool should fail so. It returned %d, errno: %s. What "
           "does closing the pool do to errno?",
           strerror(EDOM), failed, strerror(errno));
    sigaction(SIGCHLD, &before, NULL);
}

/* Nobody but root can fork then. */
static void check_no_process(void)
{
    struct rlimit before, none;
    long in[2] = {0}, out[2];
    pid_t child;
    int failed;

    getrlimit(RLIMIT_NPROC, &before);
    none = before;
    none.rlim_cur = 0;
    setrlimit(RLIMIT_NPROC, &none);
    child = fork();
    if (child == 0)
        _exit(0);
    if (child == -1) {
        failed = multi_pool(conform_task, in, out, 2, 2);
        expect(failed == -1 && errno == EAGAIN,
               "No process can be made: multi_pool should fail with EAGAIN, but it returned %d, "
               "errno: %s.",
               failed, strerror(errno));
    } else {
        waitpid(child, NULL, 0);
    }
    setrlimit(RLIMIT_NPROC, &before);
}

void test_multi(void)
{
    conform_begin(&multi);
    conform_results(&multi);
    conform_arguments(&multi);
    conform_errors(&multi);
    check_errno();
    check_no_process();
}

static struct meeting *meeting;

static int task_meet_pid(long in, long *out)
{
    *out = getpid() + 0 * in;
    return meeting_join(meeting);
}

static int forks; /* of this process, wherever they are called */

static void count_fork(void)
{
    forks++;
}

static void expect_forks(long n, int workers, int wanted)
{
    long in[3] = {1, 2, 3}, out[3];

    forks = 0;
    expect(multi_pool(conform_task, in, out, (size_t)n, workers) == 0,
           "%ld tasks on %d workers: multi_pool failed: %s.", n, workers, strerror(errno));
    expect(forks == wanted, "%ld tasks on %d workers: %d processes should be forked, not %d.", n,
           workers, wanted, forks);
}

/* The first tasks of two chunks wait for each other: so two workers have them, and neither has run
 * anything else of the other's chunk. */
static int task_chunk(long in, long *out)
{
    *out = getpid();
    return in == 0 || in == 6 ? meeting_join(meeting) : 0;
}

static void check_chunks(void)
{
    enum { N = 48, CHUNK = 6 };
    long in[N], pids[N];

    for (long i = 0; i < N; i++)
        in[i] = i;
    meeting = meeting_create(2);
    expect(multi_pool(task_chunk, in, pids, N, 2) == 0,
           "48 tasks on 2 workers are 8 chunks of 6, but while one worker was at task 0 the other "
           "never came to task 6.");
    for (int i = 0; i < CHUNK; i++)
        expect(pids[i] == pids[0] && pids[CHUNK + i] == pids[CHUNK],
               "48 tasks on 2 workers are 8 chunks of 6: tasks %d and %d are each in a chunk with "
               "the task before, but another worker ran one of them.",
               i, CHUNK + i);
    meeting_free(meeting);
}

void test_multi_workers(void)
{
    enum { N = 12, WORKERS = 6 };
    long in[N] = {0}, pids[N];
    int distinct = 0;

    conform_begin(&multi);
    conform_together(&multi);
    conform_at_most(&multi);
    meeting = meeting_create(WORKERS);
    expect(
        multi_pool(task_meet_pid, in, pids, N, WORKERS) == 0,
        "12 tasks on 6 workers: 6 should be under way at once, but there were never more than %d.",
        meeting_most(meeting));
    for (int i = 0; i < N; i++) {
        int known = 0;

        while (known < i && pids[known] != pids[i])
            known++;
        distinct += known == i;
        expect(pids[i] != getpid(), "Task %d ran in the calling process.", i);
    }
    expect(distinct == WORKERS, "12 tasks on 6 workers should run in 6 processes, not %d.",
           distinct);
    meeting_free(meeting);
    check_chunks();
    pthread_atfork(count_fork, NULL, NULL);
    expect_forks(3, 7, 7);
    expect_forks(0, 7, 0);
}

void test_multi_tidy(void)
{
    conform_begin(&multi);
    conform_tidy(&multi);
}
