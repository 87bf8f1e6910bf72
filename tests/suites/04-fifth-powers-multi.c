/* Many powers in a pool. */
#include "tests/suites/04-fifth-powers.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "04-fifth-powers/powers.h"
#include "tests/harness/census.h"
#include "tests/harness/conformance.h"
#include "tests/harness/grader.h"
#include "tests/harness/meeting.h"
#include "tests/harness/wording.h"
#include "tests/watch/proc.h"

const struct engine multi = {"multi_pool",      multi_pool, WORKER_PROCESS,
                             "04-fifth-powers", 20000,      20000};

/* In a worker. */
static int task_fail(long in, long *out)
{
    *out = in;
    return EDOM;
}

/* A worker has ended: what multi_pool does then is interrupted, and sets errno. */
static void on_child(int signal)
{
    (void)signal;
    errno = EINTR;
}

static void check_errno(void)
{
    struct sigaction leave_trace = {.sa_handler = on_child, .sa_flags = SA_RESTART}, before;
    struct census kept;
    long in[2] = {0}, out[2];

    sigaction(SIGCHLD, &leave_trace, &before);
    kept = census_take();
    grader_refused("The tasks fail with EDOM, and closing the pool may change errno: multi_pool",
                   multi_pool(task_fail, in, out, 2, 2), EDOM);
    sigaction(SIGCHLD, &before, NULL);
    census_expect_same(kept, census_take(), "multi_pool, of which the tasks failed,", 1);
}

/* As if there were room for MOST_CHILDREN processes more, and not for the next one. */
enum { MOST_CHILDREN = 2 };
static bool few_processes;
static struct rlimit usual_limit;

static void before_fork(void)
{
    struct rlimit none = usual_limit;

    none.rlim_cur = 0;
    if (few_processes && proc_read_children(proc_self(), proc_self(), NULL, 0) >= MOST_CHILDREN)
        setrlimit(RLIMIT_NPROC, &none);
}

static void after_fork(void)
{
    if (few_processes)
        setrlimit(RLIMIT_NPROC, &usual_limit);
}

/* With one worker less it would go well. Only where a limit is kept (not for root): the test has
 * asked that before. */
static void check_few_processes(void)
{
    long in[3] = {1, 2, 3}, out[3];

    getrlimit(RLIMIT_NPROC, &usual_limit);
    pthread_atfork(before_fork, after_fork, NULL);
    few_processes = true;
    grader_refused("Only 2 processes can be made (the third fork fails with EAGAIN), but 3 workers "
                   "were asked for: multi_pool",
                   multi_pool(conform_task, in, out, 3, 3), EAGAIN);
    few_processes = false;
}

/* With a limit of no processes, nobody but root can fork. */
static void check_no_process(void)
{
    struct rlimit before, none;
    long in[2] = {0}, out[2];
    pid_t child;

    getrlimit(RLIMIT_NPROC, &before);
    none = before;
    none.rlim_cur = 0;
    setrlimit(RLIMIT_NPROC, &none);
    child = fork();
    if (child == 0)
        _exit(0);
    if (child == -1) {
        grader_refused("No process can be made (fork fails with EAGAIN): multi_pool",
                       multi_pool(conform_task, in, out, 2, 2), EAGAIN);
        grader_refused("No process can be made (fork fails with EAGAIN), and 65536 workers were "
                       "asked for: multi_pool",
                       multi_pool(conform_task, in, out, 2, 1 << 16), EAGAIN);
    } else
        waitpid(child, NULL, 0);
    setrlimit(RLIMIT_NPROC, &before);
    if (child == -1)
        check_few_processes();
}

/* What the workers of check_death reach; made by the test before the call. */
static atomic_int *deaths;
static struct meeting *pair;

/* In a worker. The first task that comes here kills it; those that run again would go well. */
static int task_die_once(long in, long *out)
{
    *out = in;
    if (in == 1 && atomic_fetch_add(deaths, 1) == 0)
        raise(SIGKILL);
    return 0;
}

/* In a worker. Both are under way; then one fails, and the worker of the other dies. */
static int task_fail_or_die(long in, long *out)
{
    *out = in;
    meeting_join(pair);
    if (in == 1)
        raise(SIGKILL);
    return EDOM;
}

static void check_death(void)
{
    const long in[4] = {0, 1, 2, 3};
    long out[4];
    struct grader_answer both;

    deaths = grader_share(1, sizeof *deaths);
    grader_refused("A worker is killed at task 1 of 4 (it would not be killed again): multi_pool",
                   multi_pool(task_die_once, in, out, 4, 2), ECHILD);
    expect(atomic_load(deaths) == 1,
           "Task 1 of multi_pool killed its worker, and then it was run again: %s.",
           plural(atomic_load(deaths), "time"));
    pair = meeting_create(2);
    grader_trying("multi_pool of 2 tasks, one of which kills its worker");
    both = grader_answer(multi_pool(task_fail_or_die, in, out, 2, 2));
    if (meeting_most(pair) == 2) /* whether two are at work is asked in multi-workers */
        grader_expect_refused(
            "A worker is killed, and the task of another one fails with EDOM: multi_pool", both,
            ECHILD);
    meeting_free(pair);
}

/* Bad arguments are bad even if there are no tasks. */
static void check_no_tasks(void)
{
    grader_refused("multi_pool of 0 tasks with no task function (NULL)",
                   multi_pool(NULL, NULL, NULL, 0, 2), EINVAL);
    grader_refused("multi_pool of 0 tasks with 0 workers",
                   multi_pool(conform_task, NULL, NULL, 0, 0), EINVAL);
}

void test_multi_pool(void)
{
    conform_begin_with(&multi);
    conform_results(&multi);
    /* First of what fails: who leaves a pool open then has hundreds of processes in the end. */
    check_errno();
    conform_small_stack(&multi);
    conform_arguments(&multi);
    conform_errors(&multi);
    conform_errno_of_success(&multi);
    conform_most_tasks(&multi);
    check_no_tasks();
    check_death();
    check_no_process();
}

static struct meeting *meeting; /* made by the test before the call; tasks meet there */

/* In a worker. */
static int task_meet_pid(long in, long *out)
{
    (void)in;
    *out = getpid();
    return meeting_join(meeting);
}

static int forks; /* of this process, wherever they are called */

static void count_fork(void)
{
    forks++;
}

static void expect_forks(long n, int workers, int wanted)
{
    const char *call = conform_call(&multi, (size_t)n, workers);
    long in[3] = {1, 2, 3}, out[3];

    forks = 0;
    expect(grader_call(multi_pool(conform_task, in, out, (size_t)n, workers), "multi_pool", "%s",
                       call) == 0,
           "%s failed with errno %s.", call, error_name(errno));
    expect(forks == wanted, "%s should fork %s, not %d.", call, plural(wanted, "process"), forks);
}

/* In a worker. The first task and the last wait for each other. */
static int task_ends_meet(long in, long *out)
{
    *out = in;
    return in == 0 || in == 47 ? meeting_join(meeting) : 0;
}

/* One map: a worker that is busy with its chunk keeps the other from nothing. */
static void check_one_map(void)
{
    enum { N = 48 };
    long in[N], out[N];

    for (long i = 0; i < N; i++)
        in[i] = i;
    meeting = meeting_create(2);
    expect(multi_pool(task_ends_meet, in, out, N, 2) == 0,
           "While one of 2 workers was at task 0 of 48, the other one never came to task 47, the "
           "last. All tasks should be in one map.");
    meeting_free(meeting);
}

/* In a worker. The first tasks of two chunks wait for each other: so two workers have them, and
 * neither has run anything else of the other's chunk. */
static int task_chunk(long in, long *out)
{
    *out = getpid();
    return in == 0 || in == 6 ? meeting_join(meeting) : 0;
}

/* `n` tasks on 2 workers are chunks of 6. */
static void check_chunks(size_t n)
{
    enum { MOST = 48, CHUNK = 6 };
    long in[MOST], pids[MOST];

    for (long i = 0; i < (long)n; i++)
        in[i] = i;
    meeting = meeting_create(2);
    expect(multi_pool(task_chunk, in, pids, n, 2) == 0,
           "%zu tasks on 2 workers are chunks of 6, but while one worker was at task 0 the other "
           "never came to task 6.",
           n);
    for (int i = 0; i < CHUNK; i++)
        expect(pids[i] == pids[0] && pids[CHUNK + i] == pids[CHUNK],
               "%zu tasks on 2 workers are chunks of 6, and a chunk is run by one worker. But of "
               "tasks 0 to %d, or of tasks 6 to %d, two workers ran a part.",
               n, i, CHUNK + i);
    meeting_free(meeting);
}

void test_multi_pool_workers(void)
{
    enum { N = 12, WORKERS = 6 };
    long in[N] = {0}, pids[N] = {0};
    int distinct = 0;

    conform_begin_with(&multi);
    conform_together(&multi);
    conform_at_most(&multi);
    meeting = meeting_create(WORKERS);
    expect(multi_pool(task_meet_pid, in, pids, N, WORKERS) == 0,
           "Of 12 tasks on 6 workers, 6 should be under way at the same time, but there were never "
           "more than %d.",
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
    check_chunks(48);
    check_chunks(41); /* 8 chunks of 5 would leave one over */
    check_one_map();
    pthread_atfork(count_fork, NULL, NULL);
    expect_forks(3, 7, 7);
    expect_forks(3, 1, 1); /* a pool of one is a pool, */
    expect_forks(1, 2, 2); /* also for one task */
    expect_forks(3, 80, 80);
    expect_forks(0, 7, 0);
}
