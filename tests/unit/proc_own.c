#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/support/unit.h"
#include "tests/watch/proc.h"

/* What one thread tells the other. */
struct meeting {
    sem_t end;
    atomic_int child;
};

START_TEST(all_children_are_read_though_only_some_are_stored)
{
    /* More than one page of numbers, of which read(2) gives one at a time. */
    enum { CHILDREN = 900, ROOM = 2 };
    int children[ROOM + 1] = {0, 0, -7};
    pid_t first[ROOM];

    for (int i = 0; i < CHILDREN; i++) {
        pid_t child = fork();

        ck_assert_int_ne(child, -1);
        if (child == 0)
            _exit(0);
        if (i < ROOM)
            first[i] = child;
    }
    ck_assert_int_eq(proc_count_children(), CHILDREN);
    ck_assert_int_eq(proc_read_children(getpid(), getpid(), children, ROOM), CHILDREN);
    ck_assert_int_eq(children[0], first[0]);
    ck_assert_int_eq(children[1], first[1]);
    ck_assert_int_eq(children[2], -7);
    while (wait(NULL) > 0)
        ;
    ck_assert_int_eq(proc_count_children(), 0);
}
END_TEST

static void *fork_in_thread(void *argument)
{
    struct meeting *meeting = argument;

    atomic_store(&meeting->child, unit_sleeper());
    sem_wait(&meeting->end);
    return NULL;
}

START_TEST(children_of_all_threads_are_counted)
{
    struct meeting meeting = {0};
    pthread_t thread;
    pid_t mine;

    sem_init(&meeting.end, 0, 0);
    ck_assert_int_eq(pthread_create(&thread, NULL, fork_in_thread, &meeting), 0);
    mine = unit_sleeper();
    while (!atomic_load(&meeting.child))
        sched_yield();
    ck_assert_int_eq(proc_count_children(), 2);
    ck_assert_int_eq(proc_read_children(getpid(), getpid(), NULL, 0), 1);
    unit_bury(mine);
    unit_bury(meeting.child);
    sem_post(&meeting.end);
    pthread_join(thread, NULL);
}
END_TEST

START_TEST(descriptors_and_shared_mappings_are_counted)
{
    int descriptors = proc_count_descriptors(), mappings = proc_count_shared_mappings();
    int file = open("/dev/null", O_RDONLY), high = fcntl(file, F_DUPFD, 500);
    void *shared = mmap(NULL, 1, PROT_READ, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    void *private = mmap(NULL, 1, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    ck_assert_int_ge(descriptors, 3);
    ck_assert_int_eq(proc_count_descriptors(), descriptors + 2);
    ck_assert_int_eq(proc_count_shared_mappings(), mappings + 1);
    close(file);
    close(high);
    munmap(shared, 1);
    munmap(private, 1);
    ck_assert_int_eq(proc_count_descriptors(), descriptors);
    ck_assert_int_eq(proc_count_shared_mappings(), mappings);
}
END_TEST

START_TEST(what_is_unknown_is_not_counted_as_none)
{
    ck_assert_int_eq(proc_count_children(), 0);
    unit_allow_descriptors(false);
    ck_assert_int_eq(proc_count_children(), -1);
    ck_assert_int_eq(proc_count_descriptors(), -1);
    ck_assert_int_eq(proc_count_shared_mappings(), -1);
    unit_allow_descriptors(true);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        all_children_are_read_though_only_some_are_stored,
        children_of_all_threads_are_counted,
        descriptors_and_shared_mappings_are_counted,
        what_is_unknown_is_not_counted_as_none,
    };

    return unit_main("proc_own", tests, sizeof tests / sizeof tests[0]);
}
