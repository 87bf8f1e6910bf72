/* What the system and the runtime say about CPUs. */
#include "tests/suites/05-cpus.h"

#include <errno.h>
#include <limits.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <omp.h>

#include "05-cpus/cpus.h"
#include "tests/harness/faults.h"
#include "tests/harness/grader.h"
#include "tests/harness/no_memory.h"
#include "tests/harness/wording.h"

/* Lets this process run on the last `wanted` CPUs of those it may use. */
static void allow(const cpu_set_t *all, int wanted)
{
    cpu_set_t some;

    CPU_ZERO(&some);
    for (int cpu = CPU_SETSIZE - 1; cpu >= 0 && CPU_COUNT(&some) < wanted; cpu--)
        if (CPU_ISSET(cpu, all))
            CPU_SET(cpu, &some);
    sched_setaffinity(0, sizeof some, &some);
}

static void expect_online(const char *when)
{
    long online = sysconf(_SC_NPROCESSORS_ONLN);
    int got = cpus_online();

    expect(got == online, "The number of CPUs online here is %ld%s, but cpus_online says %d.",
           online, when, got);
}

void test_cpus_online(void)
{
    cpu_set_t all;

    grader_begin("cpus_online", cpus_online() != -1);
    expect_online("");
    sched_getaffinity(0, sizeof all, &all);
    allow(&all, 1);
    expect_online(", also while this process may run on only one of them (taskset)");
    sched_setaffinity(0, sizeof all, &all);
    atomic_store(&faults_reset()->spare_cpus, 6);
    expect_online(", and 6 more could be plugged in");
}

/* From now on sched_getaffinity refuses masks for fewer CPUs than these, with `error`. Returns
 * whether it can be made so. */
static bool refuse_masks_below(unsigned cpus, unsigned error)
{
    struct sock_filter rules[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_sched_getaffinity, 0, 3),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[1])),
        BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, cpus / 8, 1, 0),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | error),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog filter = {sizeof rules / sizeof rules[0], rules};

    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0;
}

static int count_allowed; /* what cpus_allowed should say */

/* Returns what cpus_allowed says, or -2 if that is wrong. */
static int see_allowed(void)
{
    int got = cpus_allowed();

    return got == count_allowed || got == -1 ? got : -2;
}

/* Masks of more and more sizes are refused. A filter, once set, is there to stay. */
static void try_refused_masks(int count)
{
    int got;

    if (!refuse_masks_below(4096, EINVAL))
        return;
    got = cpus_allowed();
    expect(got == count,
           "On a machine made for 4096 CPUs sched_getaffinity refuses a mask for 1024 (EINVAL). "
           "The number of CPUs allowed there is %d, but cpus_allowed says %d.",
           count, got);
    no_memory_try("cpus_allowed, on a machine made for 4096 CPUs,", see_allowed);
    if (!refuse_masks_below(1U << 30, EINVAL))
        return;
    got = cpus_allowed();
    expect(got == -1 || got == count,
           "When sched_getaffinity refuses masks of all sizes that are tried, cpus_allowed should "
           "fail, but it says %d.",
           got);
    if (!refuse_masks_below(UINT_MAX, EPERM))
        return;
    errno = GRADER_NOT_SET;
    got = cpus_allowed();
    if (got != count)
        grader_expect_refused("sched_getaffinity is not permitted (EPERM): cpus_allowed",
                              grader_answer_int(got), EPERM);
}

void test_cpus_allowed(void)
{
    cpu_set_t all;

    grader_begin("cpus_allowed", cpus_allowed() != -1);
    sched_getaffinity(0, sizeof all, &all);
    count_allowed = CPU_COUNT(&all);
    for (int wanted = count_allowed; wanted >= 1; wanted /= 2) {
        int got;

        allow(&all, wanted);
        got = cpus_allowed();
        expect(got == wanted, "This process may run on %s (taskset), but cpus_allowed says %d.",
               plural(wanted, "CPU"), got);
    }
    sched_setaffinity(0, sizeof all, &all);
    no_memory_try("cpus_allowed", see_allowed);
    try_refused_masks(count_allowed);
}

void test_cpus_team(void)
{
    int inside = 0;

    grader_begin("cpus_team", cpus_team() != -1);
    for (int threads = 1; threads <= 5; threads++) {
        omp_set_num_threads(threads);
        expect(cpus_team() == threads,
               "A parallel region has a team of %s now, but cpus_team says %d.",
               plural(threads, "thread"), cpus_team());
    }
    omp_set_max_active_levels(1);
#pragma omp parallel num_threads(2) default(none) shared(inside)
#pragma omp single
    inside = cpus_team();
    expect(inside == 1,
           "A parallel region in another one has a team of 1 thread here (max_active_levels), but "
           "cpus_team says %d there.",
           inside);
}
