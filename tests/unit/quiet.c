/* Who is asleep, and of whom that cannot be said. */
#include <grp.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/clock.h"
#include "tests/unit/support/unit.h"
#include "tests/watch/proc.h"
#include "tests/watch/quiet.h"

enum { NO_NAMESPACES = 77, MOST_LOOKS = 20000, NOBODY = 65534 };

static void sleep_for_ever(void)
{
    for (;;)
        pause();
}

/* Looks at a process until all of it is seen asleep; the last look if that does not come about. */
static struct quiet_look look_until_asleep(int process)
{
    struct quiet_look look = {0};

    for (int i = 0; i < MOST_LOOKS && (look.threads == 0 || !quiet_all_asleep(&look)); i++) {
        look = quiet_look_at(process);
        clock_sleep(NS_PER_MS);
    }
    return look;
}

START_TEST(a_scan_finds_the_children_that_the_kernel_lists)
{
    int listed[4] = {0}, scanned[4] = {0};
    pid_t child = fork();

    if (child == 0)
        sleep_for_ever();
    ck_assert_int_eq(proc_read_children(getpid(), getpid(), listed, 4), 1);
    ck_assert_int_eq(proc_scan_children(getpid(), scanned, 4), 1);
    ck_assert_int_eq(listed[0], child);
    ck_assert_int_eq(scanned[0], child);
    ck_assert_int_eq(proc_scan_children(child, NULL, 0), 0);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
}
END_TEST

START_TEST(who_is_gone_is_not_asleep)
{
    pid_t child = fork();
    struct quiet_look look;

    if (child == 0)
        sleep_for_ever();
    look = look_until_asleep(child);
    ck_assert(quiet_all_asleep(&look));
    ck_assert_int_eq(look.threads, 1);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    look = quiet_look_at(child);
    ck_assert_int_eq(look.threads, 0);
    ck_assert_int_eq(look.unknown, 1);
    ck_assert(!quiet_all_asleep(&look));
}
END_TEST

/* Makes and reaps a child on SIGUSR1. All else is sleep. */
static void make_a_child(int signal)
{
    pid_t child = fork();

    (void)signal;
    if (child == 0)
        _exit(0);
    waitpid(child, NULL, 0);
}

START_TEST(who_reaps_a_child_between_two_looks_has_gone_on)
{
    pid_t parent = fork();
    struct quiet_look first, second;

    if (parent == 0) {
        signal(SIGUSR1, make_a_child);
        sleep_for_ever();
    }
    look_until_asleep(parent);
    first = quiet_look_at(parent);
    second = quiet_look_at(parent);
    ck_assert(!quiet_has_gone_on(&first, &second));
    kill(parent, SIGUSR1);
    for (int i = 0; i < MOST_LOOKS && second.reaped == first.reaped; i++) {
        second = quiet_look_at(parent);
        clock_sleep(NS_PER_MS);
    }
    ck_assert(quiet_has_gone_on(&first, &second));
    ck_assert_int_eq(look_until_asleep(parent).threads, 1);
    kill(parent, SIGKILL);
    waitpid(parent, NULL, 0);
}
END_TEST

/* Leaves with a number that tells the place if something is not as it should be. */
static void want(bool good, int place)
{
    if (!good)
        _exit(place);
}

static void write_to(const char *path, const char *text)
{
    FILE *file = fopen(path, "we");

    if (!file || fputs(text, file) < 0 || fclose(file))
        _exit(NO_NAMESPACES);
}

/* For the first process of a PID namespace: what /proc shows of others is only what it could
 * trace, and it has no rights. */
static void hide_others(void)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {{0}};

    if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
        mount("proc", "/proc", "proc", 0, "hidepid=2") || syscall(SYS_capset, &header, none))
        _exit(NO_NAMESPACES);
}

/* A hidden process, and a child of it that is not. */
static void hide_and_fork(int ready)
{
    prctl(PR_SET_DUMPABLE, 0);
    if (fork() == 0) {
        prctl(PR_SET_DUMPABLE, 1);
        (void)!write(ready, "x", 1);
        sleep_for_ever();
    }
    wait(NULL);
    (void)!write(ready, "x", 1);
    sleep_for_ever();
}

static void look_at_hidden(void)
{
    int ready[2], seen[4];
    struct quiet_look look;
    pid_t hidden = -1;
    char byte;

    want(pipe(ready) == 0 && (hidden = fork()) != -1, 1);
    if (hidden == 0)
        hide_and_fork(ready[1]);
    want(read(ready[0], &byte, 1) == 1, 2);
    quiet_watch_this_process();
    look = quiet_look();
    want(look.unknown == 1 && !quiet_all_asleep(&look), 3);
    look = look_until_asleep(hidden);
    want(quiet_all_asleep(&look) && look.threads == 1, 4);
    want(proc_scan_children(hidden, seen, 4) == 1 && kill(seen[0], SIGKILL) == 0, 5);
    want(read(ready[0], &byte, 1) == 1, 6);
    look = quiet_look_at(hidden);
    want(look.threads == 0 && look.unknown == 1 && !quiet_all_asleep(&look), 7);
    _exit(EXIT_SUCCESS);
}

static void enter_namespaces(void *unused)
{
    unsigned user, group;
    char map[64];
    int status = 0;

    (void)unused;
    /* From root's group nothing is hidden. */
    if (getuid() == 0 && (setgroups(0, NULL) || setgid(NOBODY) || setuid(NOBODY)))
        _exit(NO_NAMESPACES);
    user = getuid();
    group = getgid();
    prctl(PR_SET_DUMPABLE, 1); /* or its files in /proc belong to root */
    if (unshare(CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNS))
        _exit(NO_NAMESPACES);
    write_to("/proc/self/setgroups", "deny");
    snprintf(map, sizeof map, "%d %u 1", NOBODY, user);
    write_to("/proc/self/uid_map", map);
    snprintf(map, sizeof map, "%d %u 1", NOBODY, group);
    write_to("/proc/self/gid_map", map);
    if (fork() == 0) {
        hide_others();
        look_at_hidden();
    }
    wait(&status);
    _exit(WEXITSTATUS(status));
}

START_TEST(who_is_hidden_is_not_asleep)
{
    int status = unit_in_child(enter_namespaces, NULL);

    ck_assert(WIFEXITED(status));
    if (WEXITSTATUS(status) == NO_NAMESPACES)
        return; /* nobody can hide here */
    ck_assert_int_eq(WEXITSTATUS(status), 0);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        a_scan_finds_the_children_that_the_kernel_lists,
        who_is_gone_is_not_asleep,
        who_reaps_a_child_between_two_looks_has_gone_on,
        who_is_hidden_is_not_asleep,
    };

    return unit_main("quiet", tests, sizeof tests / sizeof tests[0]);
}
