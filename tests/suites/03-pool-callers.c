/* What else a caller may have or do: two pools, globals that it changes, threads that end, SIGCHLD
 * ignored. */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/harness/conformance.h"
#include "tests/harness/faults.h"
#include "tests/harness/wording.h"
#include "tests/suites/03-pool-support.h"
#include "tests/watch/quiet.h"

/* In a worker. */
static int task_die_at_1(long in, long *out)
{
    *out = in;
    if (in == 1)
        raise(SIGKILL);
    return 0;
}

void pool_try_killed_in_another(void)
{
    struct pool *whole = pool_begin(2), *broken = pool_begin(2);

    pool_refused("pool_map", "Two pools are open, and a task of one kills its worker: pool_map",
                 pool_map(broken, task_die_at_1, pool_values, pool_results, 5, 1), ECHILD);
    pool_expect_mapped(whole, "A worker of another pool has died. Now ", POOL_TASKS, 4);
    pool_refused("pool_close", "The worker of a pool has died: pool_close", pool_close(broken),
                 ECHILD);
    pool_end(whole);
}

/* In a worker. */
static int task_meet(long in, long *out)
{
    *out = in;
    return meeting_join(pool_meeting);
}

static void *map_in_thread(void *pool)
{
    static long in[2], out[2];

    pool_map(pool, task_meet, in, out, 2, 1);
    return NULL;
}

/* Maps of two pools, whose tasks wait for each other; the meeting was made before the pools. */
static void expect_maps_at_once(struct pool *first, struct pool *second)
{
    const char *call = "Two threads call pool_map, each on a pool of 2 workers";
    pthread_t thread;

    if (pthread_create(&thread, NULL, map_in_thread, first))
        grader_fail("The test itself went wrong: pthread_create failed.");
    grader_call(pool_map(second, task_meet, pool_values, pool_results, 2, 1), "pool_map", "%s",
                call);
    pthread_join(thread, NULL);
    expect(meeting_most(pool_meeting) == 4,
           "%s: %d workers should be at work at the same time, but there were never more than %d.",
           call, 4, meeting_most(pool_meeting));
}

/* Their capacities differ. */
void pool_try_two(void)
{
    enum { MORE = POOL_TASKS + 1, LARGER = 3 * POOL_TASKS };
    static long in[MORE], out[MORE];
    const char *both = "Two pools are open. ";
    struct pool *first, *second;

    pool_meeting = meeting_create(4);
    first = pool_begin(2);
    second = grader_call(pool_open(2, LARGER), "pool_open", "pool_open of 2 workers");
    expect(second, "pool_open of 2 workers failed with errno %s.", error_name(errno));
    pool_refused(
        "pool_map",
        wording("pool_map of %zu tasks on a pool with a capacity of %d", (size_t)MORE, POOL_TASKS),
        pool_map(first, conform_task, in, out, MORE, 1), E2BIG);
    for (int map = 0; map < 3; map++) {
        pool_expect_mapped(first, both, POOL_TASKS, 2);
        pool_expect_mapped(second, both, POOL_TASKS, 3);
    }
    expect_maps_at_once(first, second);
    meeting_free(pool_meeting);
    expect(grader_call(pool_close(first), "reap",
                       "pool_close of a pool of 2 workers, while another one, which was opened "
                       "after it, stays open") == 0,
           "Two pools are open, and pool_close of the first one failed with errno %s.",
           error_name(errno));
    pool_expect_mapped(second, "Another pool, opened before, has been closed. Now ", POOL_TASKS, 3);
    pool_end(second);
}

/* A global of the program's. */
static long season;

/* In a worker. */
static int task_season(long in, long *out)
{
    (void)in;
    *out = season;
    return 0;
}

void pool_try_globals(void)
{
    struct pool *pool;

    season = 1;
    pool = grader_call(pool_open(2, POOL_TASKS), "pool_open", "pool_open of 2 workers");
    expect(pool, "pool_open of 2 workers failed with errno %s.", error_name(errno));
    season = 2;
    for (int map = 1; map <= 2; map++) {
        pool_must_map(pool, "pool_open", "", task_season, 4, 1);
        for (int i = 0; i < 4; i++)
            expect(pool_results[i] == 1,
                   "A global was 1 at pool_open, and the caller has set it to 2 since. To a task "
                   "of the pool's map %d it should still be 1, but it is %ld: workers are forked "
                   "by pool_open.",
                   map, pool_results[i]);
    }
    pool_end(pool);
}

static void *open_in_thread(void *pool)
{
    *(struct pool **)pool = pool_open(2, POOL_TASKS);
    quiet_wait_briefly(NULL); /* until the workers wait for work */
    return NULL;
}

void pool_try_thread(void)
{
    struct pool *pool = NULL;
    pthread_t thread;

    grader_doing("pool_open", "pool_open of 2 workers in a thread of the caller's");
    if (pthread_create(&thread, NULL, open_in_thread, &pool))
        grader_fail("The test itself went wrong: pthread_create failed.");
    pthread_join(thread, NULL);
    grader_did();
    expect(pool, "pool_open in a thread of the caller's failed.");
    quiet_wait_briefly(NULL); /* until the thread is gone, and with it whoever goes with it */
    pool_lead_to("worker_main");
    for (int map = 0; map < 2; map++) {
        int failed = pool_try(pool, "worker_main", conform_task, 5, 1);

        expect(!failed,
               "The thread that called pool_open has ended, but its process lives. The workers "
               "should, too, but pool_map failed with errno %s.",
               error_name(errno));
    }
    pool_end(pool);
}

static void expect_waiting(struct pool *pool)
{
    expect(pool_try(pool, "worker_main", conform_task, 5, 1) == 0,
           "A pool had nothing to do for so long that its workers looked around hundreds of times. "
           "Their parent lives, so they should go on waiting, but then pool_map failed with errno "
           "%s.",
           error_name(errno));
}

/* Its workers look around again and again, as if much time passed before the map, and after it. */
void pool_try_many_looks(struct pool *pool)
{
    enum { MANY = 2000 };

    atomic_store(&faults_now()->time_passes, MANY);
    expect_waiting(pool);
    quiet_wait_briefly(NULL);
    atomic_store(&faults_now()->time_passes, 0);
    expect_waiting(pool);
}

/* The owner dies before its first worker has done anything. All orphans come to this process, a
 * subreaper, in a group of processes of their own. Returns the group when the owner is dead. */
pid_t pool_make_born_orphans(void)
{
    pid_t owner;

    atomic_store(&faults_now()->late_children, 1);
    owner = grader_fork();
    if (owner == 0) {
        setpgid(0, 0);
        pool_open(2, POOL_TASKS);
        raise(SIGKILL);
    }
    waitpid(owner, NULL, 0);
    return owner;
}

void pool_await_born_orphans(pid_t group)
{
    grader_doing("worker_main", "a wait for the workers of a process that was killed right after "
                                "pool_open, before its first worker had begun: they should end by "
                                "themselves");
    while (waitpid(-group, NULL, 0) > 0)
        ;
    grader_did();
}

/* In memory with nothing behind it. */
void pool_try_no_more_input(void)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    char *memory = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    struct pool *pool = pool_begin(2);
    long *in;

    if (memory == MAP_FAILED)
        grader_fail("The test itself went wrong: no memory (%s).", error_name(errno));
    in = (long *)(void *)(memory + page) - 3;
    for (int i = 0; i < 3; i++)
        in[i] = i;
    munmap(memory + page, page);
    expect(grader_call(pool_map(pool, conform_task, in, pool_results, 3, 1), "start_map",
                       "pool_map of 3 tasks, whose in[] is at the end of the memory") == 0,
           "pool_map of 3 tasks failed with errno %s.", error_name(errno));
    pool_end(pool);
    munmap(memory, page);
}

/* A worker is stopped while it is idle, and goes on when everybody else is asleep: when the caller
 * waits for it. */
void pool_try_stopped(void)
{
    struct pool *pool;
    siginfo_t info;
    long pids[2];
    pid_t helper;
    int failed;

    pool_meeting = meeting_create(2);
    pool = pool_begin(2);
    pool_find_workers(pool, pids, 2);
    meeting_free(pool_meeting);
    kill((pid_t)pids[0], SIGSTOP);
    waitid(P_PID, (id_t)pids[0], &info, WSTOPPED | WNOWAIT);
    helper = grader_fork();
    if (helper == 0) {
        quiet_wait_briefly(NULL);
        kill((pid_t)pids[0], SIGCONT);
        _exit(0);
    }
    failed = pool_try(pool, "reap", conform_task, 5, 1);
    expect(!failed,
           "A worker was stopped (SIGSTOP) while it was idle, and went on during the next map. It "
           "had not died, but %s failed with errno %s.",
           pool_call(5, 1), error_name(errno));
    waitpid(helper, NULL, 0);
    pool_end(pool);
}

void pool_try_sigchld_ignored(void)
{
    struct sigaction ignore = {.sa_handler = SIG_IGN}, before;
    const char *ignored = "The caller ignores SIGCHLD, so dead children disappear by themselves. ";
    struct pool *pool;
    siginfo_t info;
    long pids[2];

    sigaction(SIGCHLD, &ignore, &before);
    pool = pool_begin(2);
    pool_expect_mapped(pool, ignored, POOL_TASKS, 1);
    expect(
        grader_call(pool_close(pool), "reap", "pool_close while the caller ignores SIGCHLD") == 0,
        "%sNo worker has died, but pool_close failed with errno %s.", ignored, error_name(errno));
    pool_meeting = meeting_create(2);
    pool = pool_begin(2);
    pool_find_workers(pool, pids, 2);
    kill((pid_t)pids[0], SIGKILL);
    waitid(P_PID, (id_t)pids[0], &info, WEXITED | WNOWAIT); /* until it is gone: then it fails */
    pool_refused("reap", wording("%sA worker was killed while it was idle: pool_map", ignored),
                 pool_map(pool, conform_task, pool_values, pool_results, 5, 1), ECHILD);
    pool_refused("pool_close", wording("%sA worker has died: pool_close", ignored),
                 pool_close(pool), ECHILD);
    meeting_free(pool_meeting);
    sigaction(SIGCHLD, &before, NULL);
}
