/* What the system says about CPUs. */
#include "tests/suites/05-cpus.h"

#include <errno.h>
#include <limits.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <malloc.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <omp.h>

#include "05-cpus/cpus.h"
#include "tests/harness/census.h"
#include "tests/harness/cpu_files.h"
#include "tests/harness/faults.h"
#include "tests/harness/grader.h"
#include "tests/harness/masks.h"
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

static void expect_number(int got, const char *when)
{
    long online = sysconf(_SC_NPROCESSORS_ONLN) + atomic_load(&faults_now()->more_cpus);

    expect(got == online, "The number of CPUs online here is %ld%s, but cpus_online says %d.",
           online, when, got);
}

static void expect_online(const char *when)
{
    expect_number(grader_call(cpus_online(), "cpus_online", "cpus_online"), when);
}

/* Some CPUs are there, and off. The files that say so are gone before the test can end. */
static void expect_some_off(void)
{
    enum { OFF = 6 };
    int got;

    atomic_store(&faults_now()->spare_cpus, OFF);
    cpu_files_play((int)sysconf(_SC_NPROCESSORS_ONLN), OFF);
    got = grader_call(cpus_online(), "cpus_online", "cpus_online");
    cpu_files_stop();
    expect_number(got, ", and 6 more could be plugged in");
}

/* CPUs are switched on and off while a machine runs: an answer is not to be kept. And a machine may
 * have more of them than a narrow type can hold. Who never asks
 * the C library sees the real machine, where nothing has changed. */
static void expect_online_anew(void)
{
    static const int more[] = {3, 300, 70000};
    struct faults *faults = faults_now();

    for (size_t i = 0; i < sizeof more / sizeof more[0]; i++) {
        if (atomic_load(&faults->cpus_asked) == 0)
            return;
        atomic_store(&faults->more_cpus, more[i]);
        expect_online(wording(", as %d more were switched on since the last call",
                              more[i] - (i ? more[i - 1] : 0)));
    }
}

/* Whoever knows the number in another way may say it all the same. */
static void expect_online_fails(void)
{
    const char *what = "cpus_online, where sysconf fails (EPERM),";
    struct faults *faults = faults_now();
    int got, error, online;

    atomic_store(&faults->online_error, EPERM);
    grader_trying(what);
    errno = GRADER_NOT_SET;
    got = cpus_online();
    error = errno;
    atomic_store(&faults->online_error, 0);
    online = (int)sysconf(_SC_NPROCESSORS_ONLN); /* sets errno where there is no /sys */
    errno = error;
    if (got != online)
        grader_expect_refused(what, grader_answer_int(got), EPERM);
}

void test_cpus_online(void)
{
    cpu_set_t all;

    faults_reset();
    grader_begin("cpus_online", cpus_online() != -1);
    expect_online("");
    omp_set_num_threads((int)sysconf(_SC_NPROCESSORS_ONLN) + 5);
    expect_online(", however many threads OpenMP is asked for");
    sched_getaffinity(0, sizeof all, &all);
    allow(&all, 1);
    expect_online(", also while this process may run on only one of them (taskset)");
    sched_setaffinity(0, sizeof all, &all);
    expect_some_off();
    expect_online_fails();
    expect_online_anew();
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

static const char *what_was_asked(void)
{
    struct masks_asked asked = masks_asked();

    if (asked.calls == 0)
        return "";
    return wording(" It asked %s, the last time with a size of %zu bytes: a mask for %zu CPUs.",
                   plural(asked.calls, "time"), asked.size, asked.size * 8);
}

static void expect_allowed(const char *where)
{
    int got, error;

    masks_forget_asked();
    errno = 0;
    got = grader_call(cpus_allowed(), "cpus_allowed", "cpus_allowed, %s", where);
    error = errno;
    expect(got == count_allowed || got == -1,
           "The number of CPUs allowed is %d %s, but cpus_allowed says %d.", count_allowed, where,
           got);
    expect(got == count_allowed,
           "The number of CPUs allowed is %d %s, but cpus_allowed says -1%s.%s", count_allowed,
           where, error ? wording(" with errno %s", error_name(error)) : " and did not set errno",
           what_was_asked());
}

/* Once, while an allocation may fail. */
static int see_allowed(void)
{
    int got = grader_call(cpus_allowed(), "cpus_allowed", "cpus_allowed"), error = errno;

    expect(got == count_allowed || got == -1,
           "The number of CPUs allowed is %d, and if there is no memory cpus_allowed should return "
           "-1 with errno ENOMEM, but it says %d.",
           count_allowed, got);
    errno = error;
    return got;
}

/* What is lost in each call shows in the heap, where even large masks are from now on. */
static void expect_masks_freed(const char *where)
{
    enum { CALLS = 8 };
    size_t before = 0;

    mallopt(M_MMAP_MAX, 0);
    for (int call = -2; call < CALLS; call++) {
        if (call == 0)
            before = census_heap();
        grader_call(cpus_allowed(), "cpus_allowed", "cpus_allowed, %s", where);
    }
    expect(
        census_heap() < before + 100 * CALLS,
        "After %d calls of cpus_allowed, %s, %zu more bytes of the heap are in use. Is each mask "
        "freed, also when the call fails?",
        CALLS, where, census_heap() - before);
}

/* Masks of more and more sizes are refused. A filter, once set, is there to stay. */
static void try_refused_masks(void)
{
    int got;

    if (!refuse_masks_below(8192, EINVAL))
        return;
    expect_allowed("on a machine made for 8192 CPUs, where sched_getaffinity refuses a mask for "
                   "1024 (EINVAL)");
    no_memory_try("cpus_allowed, on a machine made for 8192 CPUs,", see_allowed);
    if (!refuse_masks_below(1U << 30, EINVAL))
        return;
    got = grader_call(cpus_allowed(), "cpus_allowed",
                      "cpus_allowed, where sched_getaffinity refuses masks of all sizes (EINVAL)");
    expect(got == -1 || got == count_allowed,
           "When sched_getaffinity refuses masks of all sizes that are tried, cpus_allowed should "
           "fail, but it says %d.",
           got);
    expect_masks_freed("where sched_getaffinity refuses masks of all sizes (EINVAL)");
    if (!refuse_masks_below(UINT_MAX, EPERM))
        return;
    errno = GRADER_NOT_SET;
    got = cpus_allowed();
    if (got != count_allowed)
        grader_expect_refused("cpus_allowed, where sched_getaffinity is not permitted (EPERM),",
                              grader_answer_int(got), EPERM);
    expect_masks_freed("where sched_getaffinity is not permitted (EPERM)");
}

/* Machines made for as many CPUs as a cpu_set_t has room for, or for more. This process may run on
 * a few, whose numbers are not the lowest: a CPU that is off keeps its number. */
static void check_odd_masks(void)
{
    static const int last[] = {1023}, gaps[] = {1, 64, 300, 1022}, few[] = {8191},
                     apart[] = {0, 5, 1023, 1024, 1500, 4095, 8190};
    static int many[5000];
    static const struct {
        int bits;
        const int *allowed;
        int count;
        const char *which;
    } rows[] = {{1024, last, 1, "number 1023"},
                {1024, gaps, 4, "1, 64, 300 and 1022"},
                {8192, few, 1, "number 8191"},
                {8192, apart, 7, "0, 5, 1023, 1024, 1500, 4095 and 8190"},
                {8192, many, 5000, "0 to 4999"}};

    for (int i = 0; i < 5000; i++)
        many[i] = i;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct masks_machine machine = {(size_t)rows[i].bits, rows[i].allowed, rows[i].count,
                                        false};
        int got;

        masks_play(&machine);
        got = grader_call(cpus_allowed(), "cpus_allowed",
                          "cpus_allowed on a machine made for %d CPUs", rows[i].bits);
        masks_play(NULL);
        /* Who asks the kernel in another way sees the real machine. */
        expect(!machine.asked || got == machine.count,
               "On a machine made for %d CPUs this process may run on %s (%s), but cpus_allowed "
               "says %d. Are the bits of the whole mask counted, with the size that the call got, "
               "before the mask is freed? Is just that number returned?",
               rows[i].bits, plural(machine.count, "CPU"), rows[i].which, got);
    }
}

void test_cpus_allowed(void)
{
    cpu_set_t all;

    grader_begin("cpus_allowed", cpus_allowed() != -1);
    sched_getaffinity(0, sizeof all, &all);
    for (int wanted = CPU_COUNT(&all); wanted >= 1; wanted /= 2) {
        allow(&all, wanted);
        count_allowed = wanted;
        expect_allowed("for this process now (taskset)");
    }
    omp_set_num_threads(5);
    expect_allowed("however many threads OpenMP is asked for");
    sched_setaffinity(0, sizeof all, &all);
    count_allowed = CPU_COUNT(&all);
    check_odd_masks();
    no_memory_try("cpus_allowed", see_allowed);
    allow(&all, 1); /* fewer than are online, where there are two */
    count_allowed = 1;
    try_refused_masks();
}
