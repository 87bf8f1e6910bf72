#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/clock.h"
#include "tests/unit/support/unit.h"
#include "tests/watch/proc.h"

/* A number that no process has: the kernel gives out none above 2^22. */
enum { NOBODY = 1 << 23 };

static void wait_until_state(pid_t pid, char state)
{
    struct proc_process process;

    do
        ck_assert_int_eq(proc_read_process(pid, &process), 0);
    while (process.state != state);
}

START_TEST(a_process_is_read_with_parent_user_and_state)
{
    struct proc_process me;
    pid_t child = unit_sleeper();

    ck_assert_int_eq(proc_self(), getpid());
    ck_assert_int_eq(proc_read_process(getpid(), &me), 0);
    ck_assert_int_eq(me.pid, getpid());
    ck_assert_int_eq(me.parent, getppid());
    ck_assert_uint_eq(me.user, getuid());
    ck_assert_int_eq(me.threads, 1);
    ck_assert_int_eq(me.state, 'R');
    wait_until_state(child, 'S');
    kill(child, SIGSTOP);
    wait_until_state(child, 'T');
    kill(child, SIGKILL);
    wait_until_state(child, 'Z');
    unit_bury(child);
    ck_assert_int_eq(proc_read_process(child, &me), -1);
    ck_assert_int_eq(errno, ESRCH);
}
END_TEST

static void ignore(int number, void *context)
{
    (void)number;
    (void)context;
}

START_TEST(who_is_not_there_is_told_from_what_cannot_be_read)
{
    struct proc_process process;
    struct proc_thread thread;
    struct proc_usage usage;
    int child;

    for (int i = 0; i < 2; i++) {
        const int wanted = i == 0 ? ESRCH : EMFILE;

        ck_assert_int_eq(proc_read_process(NOBODY, &process), -1);
        ck_assert_int_eq(errno, wanted);
        ck_assert_int_eq(proc_read_thread(getpid(), NOBODY, &thread), -1);
        ck_assert_int_eq(errno, wanted);
        ck_assert_int_eq(proc_each_thread(NOBODY, ignore, NULL), -1);
        ck_assert_int_eq(errno, wanted);
        ck_assert_int_eq(proc_read_children(NOBODY, NOBODY, &child, 1), -1);
        ck_assert_int_eq(errno, wanted);
        ck_assert_int_eq(proc_read_usage(NOBODY, &usage), -1);
        ck_assert_int_eq(errno, wanted);
        unit_allow_descriptors(false);
    }
    ck_assert_int_eq(proc_each_process(ignore, NULL), -1);
    ck_assert_int_eq(errno, EMFILE);
    unit_allow_descriptors(true);
}
END_TEST

/* What one thread tells the other. */
struct meeting {
    sem_t asleep_on; /* never posted but at the end */
    atomic_int thread;
};

static void *sleep_in_thread(void *argument)
{
    struct meeting *meeting = argument;

    atomic_store(&meeting->thread, proc_self_thread());
    sem_wait(&meeting->asleep_on);
    return NULL;
}

static void sum_up(int thread, void *context)
{
    *(long *)context += thread;
}

START_TEST(threads_are_read_with_state_switches_and_time)
{
    struct meeting meeting = {0};
    struct proc_thread mine, later, other;
    volatile unsigned work = 0;
    pthread_t thread;
    long sum = 0;

    sem_init(&meeting.asleep_on, 0, 0);
    ck_assert_int_eq(pthread_create(&thread, NULL, sleep_in_thread, &meeting), 0);
    while (!atomic_load(&meeting.thread))
        sched_yield();
    do
        ck_assert_int_eq(proc_read_thread(getpid(), meeting.thread, &other), 0);
    while (other.state != 'S');
    ck_assert_int_eq(proc_each_thread(getpid(), sum_up, &sum), 0);
    ck_assert_int_eq(sum, (long)getpid() + meeting.thread);

    ck_assert_int_eq(proc_self_thread(), getpid());
    ck_assert_int_eq(proc_read_thread(getpid(), getpid(), &mine), 0);
    ck_assert_int_eq(mine.state, 'R');
    clock_sleep(2 * NS_PER_MS);
    while (work < 1000000)
        work++;
    ck_assert_int_eq(proc_read_thread(getpid(), getpid(), &later), 0);
    ck_assert_uint_gt(later.voluntary, mine.voluntary);
    ck_assert_uint_ge(later.involuntary, mine.involuntary);
    ck_assert_int_ge(mine.ran_ns, 0);
    ck_assert_int_gt(later.ran_ns, mine.ran_ns);
    sem_post(&meeting.asleep_on);
    pthread_join(thread, NULL);
}
END_TEST

START_TEST(errno_is_kept_on_success)
{
    struct proc_process process;
    struct proc_thread thread;
    struct proc_usage usage;

    errno = 1234;
    proc_self();
    proc_self_thread();
    ck_assert_int_eq(proc_read_process(getpid(), &process), 0);
    ck_assert_int_eq(proc_each_process(ignore, NULL), 0);
    ck_assert_int_eq(proc_read_thread(getpid(), getpid(), &thread), 0);
    ck_assert_int_eq(proc_each_thread(getpid(), ignore, NULL), 0);
    ck_assert_int_eq(proc_read_children(getpid(), getpid(), NULL, 0), 0);
    ck_assert_int_eq(proc_read_usage(getpid(), &usage), 0);
    ck_assert_int_eq(proc_count_children(), 0);
    ck_assert_int_ge(proc_count_descriptors(), 0);
    ck_assert_int_ge(proc_count_shared_mappings(), 0);
    ck_assert_int_eq(errno, 1234);
}
END_TEST

START_TEST(usage_counts_time_and_memory)
{
    const size_t size = 32 << 20;
    struct proc_usage before, after;
    volatile char *memory;

    ck_assert_int_eq(proc_read_usage(getpid(), &before), 0);
    ck_assert_int_gt(before.memory_kb, 0);
    memory = malloc(size);
    ck_assert(memory != NULL);
    for (size_t i = 0; i < size; i += 1024)
        memory[i] = 1;
    do
        ck_assert_int_eq(proc_read_usage(getpid(), &after), 0);
    while (after.cpu_ms < before.cpu_ms + 30);
    /* The kernel counts pages on each CPU, and adds them up now and then. */
    ck_assert_int_ge(after.memory_kb, before.memory_kb + (int64_t)size / 1024 / 2);
    free((void *)memory);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        a_process_is_read_with_parent_user_and_state,
        who_is_not_there_is_told_from_what_cannot_be_read,
        threads_are_read_with_state_switches_and_time,
        errno_is_kept_on_success,
        usage_counts_time_and_memory,
    };

    return unit_main("proc", tests, sizeof tests / sizeof tests[0]);
}
