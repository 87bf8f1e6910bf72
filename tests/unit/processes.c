#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/support/unit.h"
#include "tests/watch/processes.h"

START_TEST(descent_follows_parents_and_ends)
{
    struct proc_process all[] = {
        {.pid = 1, .parent = 0},   {.pid = 10, .parent = 1},  {.pid = 11, .parent = 10},
        {.pid = 12, .parent = 11}, {.pid = 13, .parent = 99}, {.pid = 20, .parent = 21},
        {.pid = 21, .parent = 20}, /* read while numbers were used again */
    };
    struct processes processes = {.all = all, .count = sizeof all / sizeof all[0]};

    ck_assert(processes_descend(&processes, 11, 10));
    ck_assert(processes_descend(&processes, 12, 10));
    ck_assert(processes_descend(&processes, 12, 1));
    ck_assert(processes_descend(&processes, 13, 99));
    ck_assert(!processes_descend(&processes, 10, 10));
    ck_assert(!processes_descend(&processes, 10, 12));
    ck_assert(!processes_descend(&processes, 13, 1));
    ck_assert(!processes_descend(&processes, 20, 1));
    ck_assert(!processes_descend(&processes, 1, 0));
}
END_TEST

START_TEST(descendants_are_signalled_and_nobody_else)
{
    pid_t stranger = unit_sleeper(), child;
    int ready[2];
    int status;
    char byte;

    ck_assert_int_eq(pipe(ready), 0);
    child = fork();
    ck_assert_int_ne(child, -1);
    if (child == 0) {
        pid_t grandchild = fork();

        (void)!write(ready[1], "x", 1);
        if (grandchild == 0)
            for (;;)
                pause();
        waitpid(grandchild, NULL, 0);
        _exit(processes_signal_descendants(getpid(), 0) == 0 ? 42 : 1);
    }
    ck_assert_int_eq(read(ready[0], &byte, 1), 1);
    ck_assert_int_eq(read(ready[0], &byte, 1), 1);
    ck_assert_int_eq(processes_signal_descendants(child, 0), 1);
    ck_assert_int_eq(processes_signal_descendants(getpid(), 0), 3);
    ck_assert_int_eq(processes_signal_descendants(child, SIGKILL), 1);
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 42);
    ck_assert_int_eq(waitpid(stranger, NULL, WNOHANG), 0);
    ck_assert_int_eq(processes_signal_descendants(getpid(), SIGKILL), 1);
    ck_assert_int_eq(waitpid(stranger, NULL, 0), stranger);
}
END_TEST

static void *wait_for_end(void *end)
{
    sem_wait(end);
    return NULL;
}

START_TEST(tasks_of_a_user_include_every_thread)
{
    struct processes processes;
    pthread_t thread;
    sem_t end;
    size_t me = 0;

    sem_init(&end, 0, 0);
    ck_assert_int_eq(pthread_create(&thread, NULL, wait_for_end, &end), 0);
    ck_assert_int_eq(processes_read(&processes), 0);
    while (me < processes.count && processes.all[me].pid != getpid())
        me++;
    ck_assert_uint_lt(me, processes.count);
    ck_assert_int_eq(processes.all[me].threads, 2);
    processes_free(&processes);
    ck_assert_int_ge(processes_count_tasks(getuid()), 3); /* Check's own process, and these two */
    sem_post(&end);
    pthread_join(thread, NULL);
}
END_TEST

START_TEST(what_is_unknown_is_not_counted_as_none)
{
    struct processes processes;

    unit_allow_descriptors(false);
    ck_assert_int_eq(processes_count_tasks(getuid()), -1);
    ck_assert_int_eq(processes_signal_descendants(getpid(), 0), -1);
    ck_assert_int_eq(processes_read(&processes), -1);
    ck_assert_int_eq(errno, EMFILE);
    ck_assert_uint_eq(processes.count, 0);
    unit_allow_descriptors(true);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        descent_follows_parents_and_ends,
        descendants_are_signalled_and_nobody_else,
        tasks_of_a_user_include_every_thread,
        what_is_unknown_is_not_counted_as_none,
    };

    return unit_main("processes", tests, sizeof tests / sizeof tests[0]);
}
