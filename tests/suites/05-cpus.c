#include <errno.h>
#include <limits.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <math.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <omp.h>

#include "05-cpus/cpus.h"
#include "tests/harness/faults.h"
#include "tests/harness/grader.h"
#include "tests/harness/no_memory.h"

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

static void test_online(void)
{
    long online = sysconf(_SC_NPROCESSORS_ONLN);
    cpu_set_t all;
    int got = cpus_online();

    grader_begin("cpus_online", got != -1);
    expect(got == online, "%ld CPUs are online here, but cpus_online says %d.", online, got);
    sched_getaffinity(0, sizeof all, &all);
    allow(&all, 1);
    got = cpus_online();
    expect(
        got == online,
        "%ld CPUs are online here, also when this process may run on one of them only (taskset), "
        "but cpus_online says %d.",
        online, got);
    sched_setaffinity(0, sizeof all, &all);
    atomic_store(&faults_reset()->spare_cpus, 6);
    got = cpus_online();
    expect(got == online,
           "%ld CPUs are online here, and 6 more could be plugged in, but cpus_online says %d.",
           online, got);
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

static int count_allowed;

static int see_allowed(void)
{
    int got = cpus_allowed();

    return got == count_allowed || got == -1 ? got : -2;
}

static void test_allowed(void)
{
    cpu_set_t all;
    int got, count;

    grader_begin("cpus_allowed", cpus_allowed() != -1);
    sched_getaffinity(0, sizeof all, &all);
    count = CPU_COUNT(&all);
    for (int wanted = count; wanted >= 1; wanted /= 2) {
        allow(&all, wanted);
        got = cpus_allowed();
        expect(got == wanted,
               "This process may run on %d CPUs (taskset), but cpus_allowed says %d.", wanted, got);
    }
    sched_setaffinity(0, sizeof all, &all);
    count_allowed = count;
    no_memory_try("cpus_allowed", see_allowed);
    if (!refuse_masks_below(4096, EINVAL))
        return;
    got = cpus_allowed();
    expect(got == count,
           "On a machine made for 4096 CPUs sched_getaffinity refuses a mask for 1024 (EINVAL). %d "
           "CPUs are allowed there, but cpus_allowed says %d.",
           count, got);
    no_memory_try("cpus_allowed on such a machine", see_allowed);
    if (!refuse_masks_below(1U << 30, EINVAL))
        return;
    got = cpus_allowed();
    expect(got == -1 || got == count,
           "When sched_getaffinity refuses masks of all sizes that are tried, cpus_allowed should "
           "fail, but it says %d.",
           got);
    if (!refuse_masks_below(UINT_MAX, EPERM))
        return;
    errno = 0;
    got = cpus_allowed();
    expect((got == -1 && errno == EPERM) || got == count,
           "When sched_getaffinity is not permitted (EPERM), cpus_allowed should fail so, too, but "
           "it says %d, errno: %s.",
           got, strerror(errno));
}

static void expect_quota(const char *what, double got, double wanted)
{
    expect(isinf(wanted) ? isinf(got) && got > 0 : fabs(got - wanted) < 1e-9,
           "%s is a quota of %g CPUs, but %g came out.", what, wanted, got);
}

static void expect_refused(const char *what, double got)
{
    expect(isnan(got) && errno == EINVAL,
           "%s is not in the form: NAN with errno EINVAL is expected, but %g came out, errno: %s.",
           what, got, strerror(errno));
    errno = 0;
}

static void test_quota(void)
{
    static const char *const bad_v2[] = {
        "",      "max",          "50000",          "50000 ",  "0 100000",   "-1 1000",   "50000 0",
        "x 100", "5 y",          "50000 100000 1", "5x 10",   "50000,1000", "maximum 5", "max 0",
        "max x", "max 100000 1", "max -1",         "5 10\n1", "max5 5"};
    static const char *const bad_v1[][2] = {
        {"", "100000"}, {"50000", ""},   {"0", "100000"},     {"-2", "100000"},
        {"50000", "0"}, {"x", "100000"}, {"50000 1", "1000"}, {"50000", "1000x"},
        {"-1", "0"},    {"-1", "x"},     {"-1 1", "1000"},    {"5\n1", "1000"}};
    char what[64];

    errno = 0;
    grader_begin("quota_v2", !isnan(quota_v2("50000 100000\n")));
    errno = 0;
    grader_begin("quota_v1", !isnan(quota_v1("50000\n", "100000\n")));
    expect_quota("\"50000 100000\"", quota_v2("50000 100000\n"), 0.5);
    expect_quota("\"200000 100000\" without a newline", quota_v2("200000 100000"), 2);
    expect_quota("\"max 100000\"", quota_v2("max 100000\n"), INFINITY);
    expect_quota("\"10000000000 1000000\"", quota_v2("10000000000 1000000\n"), 10000);
    expect_quota("150000 in 100000", quota_v1("150000\n", "100000\n"), 1.5);
    expect_quota("\"1 1\"", quota_v2("1 1\n"), 1);
    expect_quota("\"max 1\"", quota_v2("max 1\n"), INFINITY);
    expect_quota("1 in 1", quota_v1("1\n", "1\n"), 1);
    expect_quota("-1 (no limit)", quota_v1("-1\n", "100000\n"), INFINITY);
    errno = 0;
    for (size_t i = 0; i < sizeof bad_v2 / sizeof bad_v2[0]; i++) {
        snprintf(what, sizeof what, "cpu.max \"%s\"", bad_v2[i]);
        expect_refused(what, quota_v2(bad_v2[i]));
    }
    for (size_t i = 0; i < sizeof bad_v1 / sizeof bad_v1[0]; i++) {
        snprintf(what, sizeof what, "\"%s\" in \"%s\"", bad_v1[i][0], bad_v1[i][1]);
        expect_refused(what, quota_v1(bad_v1[i][0], bad_v1[i][1]));
    }
    expect_refused("NULL", quota_v2(NULL));
    expect_refused("NULL", quota_v1(NULL, "100000"));
    expect_refused("NULL", quota_v1("50000", NULL));
}

static void test_team(void)
{
    int inside = 0;

    grader_begin("cpus_team", cpus_team() != -1);
    for (int threads = 1; threads <= 5; threads++) {
        omp_set_num_threads(threads);
        expect(cpus_team() == threads,
               "A parallel region has a team of %d threads now, but cpus_team says %d.", threads,
               cpus_team());
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

static void expect_use(int online, int allowed, double quota, int wanted)
{
    int got = cpus_to_use(online, allowed, quota);

    expect(got == wanted,
           "With %d CPUs online, %d allowed and a quota of %g the number to use is %d, not %d.",
           online, allowed, quota, wanted, got);
}

static void expect_use_refused(int online, int allowed, double quota)
{
    int got;

    errno = 0;
    got = cpus_to_use(online, allowed, quota);
    expect(
        got == -1 && errno == EINVAL,
        "%d CPUs online, %d allowed, a quota of %g: -1 with errno EINVAL is expected, but %d came "
        "out, errno: %s.",
        online, allowed, quota, got, strerror(errno));
}

static void test_to_use(void)
{
    grader_begin("cpus_to_use", cpus_to_use(1, 1, 1) != -1);
    expect_use(8, 8, INFINITY, 8);
    expect_use(8, 2, INFINITY, 2);
    expect_use(2, 8, INFINITY, 2);
    expect_use(8, 8, 0.5, 1);
    expect_use(8, 8, 2, 2);
    expect_use(8, 8, 2.5, 3);
    expect_use(8, 8, 2.25, 3);
    expect_use(8, 8, 0.01, 1);
    expect_use(8, 8, 7.5, 8);
    expect_use(8, 2, 2.5, 2);
    expect_use(4, 4, 1e30, 4);
    expect_use_refused(0, 1, 1);
    expect_use_refused(-1, 1, 1);
    expect_use_refused(1, 0, 1);
    expect_use_refused(1, -1, INFINITY);
    expect_use_refused(1, 1, NAN);
    expect_use_refused(1, 1, 0);
    expect_use_refused(1, 1, -1);
}

/* clang-format off */
static const struct graded_test tests[] = {
    {"online", 1, "how many CPUs are online", "cpus_online", test_online,
     {"sysconf(3) knows many numbers: this one is called _SC_NPROCESSORS_ONLN."}},
    {"allowed", 1, "how many CPUs this process may use", "cpus_allowed", test_allowed,
     {"taskset changes what sched_getaffinity(2) tells, but not what is online.",
      "Count the mask with CPU_COUNT_S, with the size that you gave the call.",
      "EINVAL means that the mask was too small: free it, and try again with twice the room."}},
    {"quota", 1, "how much CPU time a control group gives", "quota_v2", test_quota,
     {"A quota of 50000 in a period of 100000 is half a CPU.",
      "\"max\" in version 2 and -1 in version 1 mean that there is no limit: INFINITY.",
      "What is not in the form is NAN: look at what stands behind each number, too."}},
    {"team", 1, "how many threads OpenMP uses", "cpus_team", test_team,
     {"Outside a parallel region omp_get_num_threads() is always 1.",
      "#pragma omp parallel, and in it #pragma omp single."}},
    {"to-use", 1, "the number to use", "cpus_to_use", test_to_use,
     {"The least of the three.",
      "Half a CPU still needs one worker: round the quota up.",
      "Compare before you convert: (int)INFINITY is undefined."}},
};
/* clang-format on */

const struct graded_suite graded_suite = {"05-cpus", "cpus.c", tests,
                                          sizeof tests / sizeof tests[0]};
