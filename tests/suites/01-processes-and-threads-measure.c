/* What one more worker costs, and what a process weighs. */
#include "tests/suites/01-processes-and-threads.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "01-processes-and-threads/sharing.h"
#include "tests/harness/grader.h"
#include "tests/harness/wording.h"

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

static int second_run_fails(work_fn *work, void *argument)
{
    if (++runs == 2) {
        errno = ENOMEM;
        return -1;
    }
    work(argument);
    return 0;
}

void test_worker_cost(void)
{
    int64_t ns = -1;

    now = 1000;
    grader_begin("worker_cost", worker_cost(fake_run, fake_clock, 1, &ns) == 0);
    runs = 0;
    expect(worker_cost(fake_run, fake_clock, 3, &ns) == 0,
           "worker_cost of 3 repeats failed with errno %s.", error_name(errno));
    expect(runs == 3, "worker_cost of 3 repeats should run the worker 3 times, not %d times.",
           runs);
    expect(ns == 3000000001,
           "Three runs took 7000000001, 3000000001 and 5000000001 ns. worker_cost should store the "
           "shortest, 3000000001, not %lld.",
           (long long)ns);
    runs = 0;
    grader_refused("The second of five runs fails with ENOMEM: worker_cost",
                   worker_cost(second_run_fails, fake_clock, 5, &ns), ENOMEM);
    grader_refused("worker_cost with no way to run (NULL)", worker_cost(NULL, fake_clock, 1, &ns),
                   EINVAL);
    grader_refused("worker_cost with no clock (NULL)", worker_cost(fake_run, NULL, 1, &ns), EINVAL);
    grader_refused("worker_cost of 0 repeats", worker_cost(fake_run, fake_clock, 0, &ns), EINVAL);
    grader_refused("worker_cost of -1 repeats", worker_cost(fake_run, fake_clock, -1, &ns), EINVAL);
    grader_refused("worker_cost with nowhere to store (NULL)",
                   worker_cost(fake_run, fake_clock, 1, NULL), EINVAL);
}

/* private_kib of a text. */
static int weigh(const char *text, long *kib)
{
    FILE *file = fmemopen((void *)text, strlen(text), "r");
    int failed = private_kib(file, kib), error = errno;

    fclose(file);
    errno = error;
    return failed;
}

static void expect_kib(const char *what, const char *text, long wanted)
{
    long kib = -1;

    expect(weigh(text, &kib) == 0, "private_kib of %s failed with errno %s.", what,
           error_name(errno));
    expect(kib == wanted, "private_kib of %s should be %ld KiB, not %ld.", what, wanted, kib);
}

void test_private_kib(void)
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

    grader_begin("private_kib", weigh(rollup, &kib) == 0);
    expect_kib("Private_Clean of 12 and Private_Dirty of 104 kB, among other fields,", rollup, 116);
    expect_kib("Private_Dirty of 1 kB before Private_Clean of 0 kB",
               "Private_Dirty: 1 kB\nPrivate_Clean: 0 kB\n", 1);
    expect_kib("Private_Clean of 3 and Private_Dirty of 0 kB",
               "Private_Clean: 3 kB\nPrivate_Dirty: 0 kB\n", 3);
    grader_refused("private_kib of a file without Private_Clean",
                   weigh("Private_Dirty: 1 kB\n", &kib), ENODATA);
    grader_refused("private_kib of a file whose Private_Dirty is no number",
                   weigh("Private_Dirty: x kB\nPrivate_Clean: 0 kB\n", &kib), ENODATA);
    grader_refused("private_kib with no file (NULL)", private_kib(NULL, &kib), EINVAL);
    file = fopen("/proc/self/smaps_rollup", "r");
    if (!file)
        return;
    expect(private_kib(file, &kib) == 0 && kib > 0,
           "private_kib of /proc/self/smaps_rollup, this very process, should be more than 0.");
    grader_refused("private_kib with nowhere to store (NULL)", private_kib(file, NULL), EINVAL);
    fclose(file);
}
