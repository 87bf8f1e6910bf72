#include "tests/suites/01-processes-and-threads.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "tests/harness/grader.h"

/* A clock of the test's own, and runs that take 7, 3 and 5 s, more than an int counts in ns; a look
 * at the clock takes 1 ns. */
static int64_t now;
static int runs;

static int64_t fake_clock(void)
{
    return now++;
}

static int fake_run(work_fn *work, void *argument)
{
    static const int64_t lengths[] = {7000000000, 3000000000, 5000000000};

    work(argument);
    now += lengths[runs++ % 3];
    return 0;
}

static int failing_run(work_fn *work, void *argument)
{
    errno = ENOMEM;
    return ++runs == 2 ? -1 : (work(argument), 0);
}

void test_cost(void)
{
    int64_t ns = -1;

    now = 1000;
    grader_begin("worker_cost", worker_cost(fake_run, fake_clock, 1, &ns) == 0);
    runs = 0;
    expect(worker_cost(fake_run, fake_clock, 3, &ns) == 0 && ns == 3000000001 && runs == 3,
           "Of three runs of 7000000001, 3000000001 and 5000000001 ns the shortest is 3000000001 "
           "ns, not %lld; it should run 3 times, not %d.",
           (long long)ns, runs);
    runs = 0;
    errno = 0;
    expect(worker_cost(failing_run, fake_clock, 5, &ns) == -1 && errno == ENOMEM,
           "If a run fails, worker_cost should fail with its error.");
    errno = 0;
    expect(worker_cost(NULL, fake_clock, 1, &ns) == -1 && errno == EINVAL,
           "No way to run: EINVAL.");
    errno = 0;
    expect(worker_cost(fake_run, NULL, 1, &ns) == -1 && errno == EINVAL, "No clock: EINVAL.");
    errno = 0;
    expect(worker_cost(fake_run, fake_clock, 0, &ns) == -1 && errno == EINVAL,
           "0 repeats: EINVAL.");
    errno = 0;
    expect(worker_cost(fake_run, fake_clock, -1, &ns) == -1 && errno == EINVAL,
           "-1 repeats: EINVAL.");
    errno = 0;
    expect(worker_cost(fake_run, fake_clock, 1, NULL) == -1 && errno == EINVAL,
           "Nowhere to store: EINVAL.");
}

/* Reads private_kib from a text. Returns it, or -errno. */
static long weigh(const char *text)
{
    FILE *file = fmemopen((void *)text, strlen(text), "r");
    long kib = -1;
    int failed;

    errno = 0;
    failed = private_kib(file, &kib);
    fclose(file);
    return failed == -1 ? -errno : failed ? LONG_MIN : kib;
}

void test_memory(void)
{
    static const char rollup[] = "5581a000-7ffe5000 ---p 00000000 00:00 0    [rollup]\n"
                                 "Rss:                1860 kB\nPss:                 237 "
                                 "kB\nPss_Dirty:           104 kB\nShared_Clean:       1756 "
                                 "kB\nShared_Dirty:         31 kB\nPrivate_Clean:        12 "
                                 "kB\nPrivate_Dirty:       104 kB\nReferenced:         1860 "
                                 "kB\nPrivate_Hugetlb:       7 kB\nPrivate_Clean_Pss:     9 "
                                 "kB\nPrivate_Dirty_Pss:     9 kB\n";
    FILE *file;
    long kib = -1;

    if (weigh(rollup) == -ENOSYS) {
        errno = ENOSYS;
        grader_begin("private_kib", false);
    }
    expect(weigh(rollup) == 116,
           "Private_Clean of 12 and Private_Dirty of 104 kB are 116 KiB, but private_kib says %ld.",
           weigh(rollup));
    expect(weigh("Private_Dirty: 1 kB\nPrivate_Clean: 0 kB\n") == 1,
           "The order of the fields should not matter.");
    expect(weigh("Private_Clean: 3 kB\nPrivate_Dirty: 0 kB\n") == 3,
           "A field may be 0: 3 and 0 kB are 3 KiB.");
    expect(weigh("Private_Dirty: 1 kB\n") == -ENODATA,
           "Without Private_Clean private_kib should fail with ENODATA.");
    expect(weigh("Private_Dirty: x kB\nPrivate_Clean: 0 kB\n") == -ENODATA,
           "A field that is no number should make private_kib fail with ENODATA.");
    errno = 0;
    expect(private_kib(NULL, &kib) == -1 && errno == EINVAL, "No file: EINVAL is expected.");
    file = fopen("/proc/self/smaps_rollup", "r");
    if (!file)
        return;
    expect(private_kib(file, &kib) == 0 && kib > 0, "This very process should weigh something.");
    errno = 0;
    expect(private_kib(file, NULL) == -1 && errno == EINVAL, "Nowhere to store: EINVAL.");
    fclose(file);
}
