/* What one more worker costs, and what a process weighs. */
#include "tests/suites/01-processes-and-threads.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "01-processes-and-threads/sharing.h"
#include "tests/harness/grader.h"
#include "tests/harness/wording.h"

/* A clock of the test's own. A look at it takes `look_ns`. It begins at a number that a double
 * cannot hold to the nanosecond. */
static int64_t now, look_ns;
static const int64_t late = INT64_C(1) << 60;

static int64_t fake_clock(void)
{
    now += look_ns;
    return now - look_ns;
}

/* Runs that take so long, one after the other. */
static const int64_t *lengths;
static int runs;

static int fake_run(work_fn *work, void *argument)
{
    work(argument);
    now += lengths[runs++];
    errno = EAGAIN; /* what a call that succeeds leaves there says nothing */
    return 0;
}

/* Runs that take no time. */
static int quick_run(work_fn *work, void *argument)
{
    work(argument);
    runs++;
    return 0;
}

/* Run number `fails_at` fails with ENOMEM, and all after it with EPERM. */
static int fails_at;

static int failing_run(work_fn *work, void *argument)
{
    if (++runs >= fails_at) {
        errno = runs == fails_at ? ENOMEM : EPERM;
        return -1;
    }
    work(argument);
    return 0;
}

/* The cost of so many runs. */
static int64_t cost_by(run_fn *run, int repeats)
{
    int64_t ns = -1;

    runs = 0;
    now = late;
    expect(grader_call(worker_cost(run, fake_clock, repeats, &ns), "worker_cost",
                       "worker_cost of %s", plural(repeats, "repeat")) == 0,
           "worker_cost of %s failed with errno %s.", plural(repeats, "repeat"), error_name(errno));
    expect(runs == repeats, "worker_cost of %s should run the worker %s, not %s.",
           plural(repeats, "repeat"), plural(repeats, "time"), plural(runs, "time"));
    return ns;
}

/* The same, of these lengths. */
static int64_t cost_of(const int64_t run_lengths[], int repeats)
{
    lengths = run_lengths;
    return cost_by(fake_run, repeats);
}

static void check_failing_runs(void)
{
    int64_t ns;

    for (fails_at = 1; fails_at <= 5; fails_at++) {
        runs = 0;
        grader_refused(wording("Run %d of 5 fails with ENOMEM, and each after it with EPERM: "
                               "worker_cost",
                               fails_at),
                       worker_cost(failing_run, fake_clock, 5, &ns), ENOMEM);
        expect(runs == fails_at,
               "Run %d of 5 failed, and worker_cost made %d more: after a failure it should return "
               "at once.",
               fails_at, runs - fails_at);
    }
}

void test_worker_cost(void)
{
    /* 7, 3 and 5 s: more than an int counts in ns. */
    static const int64_t long_ones[] = {7000000000, 3000000000, 5000000000};
    static const int64_t no_time[] = {4, 0, 2}, falling[] = {9, 8, 7, 6, 5};
    int64_t ns = -1;

    look_ns = 1;
    lengths = long_ones;
    grader_begin_of("worker_cost", wording("worker_cost of %s", plural(1, "repeat")),
                    worker_cost(fake_run, fake_clock, 1, &ns) == 0);
    ns = cost_of(long_ones, 3);
    expect(ns == 3000000001,
           "Three runs took 7000000001, 3000000001 and 5000000001 ns. worker_cost should store the "
           "shortest, 3000000001, not %lld.",
           (long long)ns);
    ns = cost_of(falling, 5);
    expect(ns == 6,
           "Five runs took 10, 9, 8, 7 and 6 ns. worker_cost should store the shortest, 6, "
           "not %lld.",
           (long long)ns);
    look_ns = 0;
    ns = cost_of(no_time, 3);
    expect(ns == 0,
           "Three runs took 4, 0 and 2 ns, by a coarse clock. worker_cost should store the "
           "shortest, 0, not %lld.",
           (long long)ns);
    cost_by(quick_run, 3000000); /* no array on the stack holds so many */
    check_failing_runs();
    runs = 0;
    grader_refused("worker_cost with no way to run (NULL)", worker_cost(NULL, fake_clock, 1, &ns),
                   EINVAL);
    grader_refused("worker_cost with no clock (NULL)", worker_cost(fake_run, NULL, 1, &ns), EINVAL);
    grader_refused("worker_cost of 0 repeats", worker_cost(fake_run, fake_clock, 0, &ns), EINVAL);
    grader_refused("worker_cost of -1 repeats", worker_cost(fake_run, fake_clock, -1, &ns), EINVAL);
    grader_refused("worker_cost with nowhere to store (NULL)",
                   worker_cost(fake_run, fake_clock, 1, NULL), EINVAL);
}

/* A file that is a text, and knows whether it was closed. */
struct text_file {
    const char *next;
    int closings;
};

static ssize_t read_text(void *file_, char *buffer, size_t size)
{
    struct text_file *file = file_;
    size_t length = strnlen(file->next, size);

    memcpy(buffer, file->next, length);
    file->next += length;
    return (ssize_t)length;
}

static int note_closing(void *file_)
{
    struct text_file *file = file_;

    file->closings++;
    return 0;
}

/* What an earlier call has left in errno, which says nothing; 0: nothing. */
static int left_in_errno;

/* private_kib of a text. */
static int weigh(const char *text, long *kib)
{
    cookie_io_functions_t functions = {.read = read_text, .close = note_closing};
    struct text_file contents = {text, 0};
    FILE *file = fopencookie(&contents, "r", functions);
    int failed, error;

    if (left_in_errno)
        errno = left_in_errno;
    failed = private_kib(file, kib);
    error = errno;
    expect(contents.closings == 0, "private_kib closed the file, which its caller has opened.");
    fclose(file);
    errno = error;
    return failed;
}

static void expect_kib(const char *what, const char *text, long wanted)
{
    long kib = -1;

    expect(grader_call(weigh(text, &kib), "private_kib", "private_kib of %s", what) == 0,
           "private_kib of %s failed with errno %s.", what, error_name(errno));
    expect(kib == wanted,
           "private_kib was given %s: that is %ld KiB, but it stored %ld. Does it read the whole "
           "stream that it was given, and whole lines? Does it add up Private_Clean and "
           "Private_Dirty alone, as long?",
           what, wanted, kib);
}

static void check_bad_files(void)
{
    static const char *const bad[][2] = {
        {"a file without Private_Clean", "Private_Dirty: 1 kB\n"},
        {"a file without Private_Dirty", "Rss: 5 kB\nPrivate_Clean: 1 kB\n"},
        {"a file with neither field", "Rss: 5 kB\n"},
        {"a file without Private_Dirty, but with Private_Dirty_Pss",
         "Private_Clean: 1 kB\nPrivate_Dirty_Pss: 2 kB\n"},
        {"a file whose Private_Dirty is no number", "Private_Dirty: x kB\nPrivate_Clean: 0 kB\n"},
        {"a file whose Private_Clean is no number", "Private_Dirty: 7 kB\nPrivate_Clean: kB\n"}};
    long kib;

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        grader_refused(wording("private_kib of %s", bad[i][0]), weigh(bad[i][1], &kib), ENODATA);
}

/* strtol(3) puts these into errno, and never takes away what is there. */
static void check_errno_before(void)
{
    static const int left[] = {ERANGE, EINVAL};

    for (size_t i = 0; i < sizeof left / sizeof left[0]; i++) {
        left_in_errno = left[i];
        expect_kib(wording("a file with Private_Clean of 3 and Private_Dirty of 1 kB, where an "
                           "earlier call had left %s in errno,",
                           error_name(left[i])),
                   "Private_Clean: 3 kB\nPrivate_Dirty: 1 kB\n", 4);
    }
    left_in_errno = 0;
}

/* A later system may know more fields. */
static void check_long_file(void)
{
    enum { FIELDS = 500 };
    static char text[FIELDS * 32 + 64];
    size_t end = 0;

    for (int i = 0; i < FIELDS; i++)
        end += (size_t)sprintf(text + end, "Field_%03d:            9 kB\n", i);
    strcpy(text + end, "Private_Clean: 5 kB\nPrivate_Dirty: 2 kB\n");
    expect_kib("a file with Private_Clean of 5 and Private_Dirty of 2 kB after 500 other fields",
               text, 7);
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
    const char *among = "a file with Private_Clean of 12 and Private_Dirty of 104 kB, among other "
                        "fields";
    FILE *file;
    long kib = -1;

    grader_begin_of("private_kib", wording("private_kib of %s", among), weigh(rollup, &kib) == 0);
    expect_kib(among, rollup, 116);
    expect_kib("a file of two lines, Private_Dirty of 1 kB and then Private_Clean of 0 kB,",
               "Private_Dirty: 1 kB\nPrivate_Clean: 0 kB\n", 1);
    expect_kib("a file with Private_Clean of 3 and Private_Dirty of 0 kB",
               "Private_Clean: 3 kB\nPrivate_Dirty: 0 kB\n", 3);
    expect_kib("a file with both fields, of 0 kB", "Private_Clean: 0 kB\nPrivate_Dirty: 0 kB\n", 0);
    expect_kib("a file with Private_Clean of 3000000001 and Private_Dirty of 4000000000 kB",
               "Private_Clean: 3000000001 kB\nPrivate_Dirty: 4000000000 kB\n", 7000000001);
    expect_kib(
        "a file with Private_Clean of 3 and Private_Dirty of 1 kB, and with fields whose names "
        "end in these words",
        "Private_Clean: 3 kB\nPrivate_Dirty: 1 kB\nNot_Private_Clean: 9 kB\n"
        "Not_Private_Dirty: 9 kB\n",
        4);
    check_long_file();
    check_errno_before();
    check_bad_files();
    grader_refused("private_kib of an empty file", weigh("", &kib), ENODATA);
    grader_refused("private_kib with nowhere to store (NULL)", weigh(rollup, NULL), EINVAL);
    grader_refused("private_kib with no file (NULL)", private_kib(NULL, &kib), EINVAL);
    file = fopen("/proc/self/smaps_rollup", "r");
    if (!file)
        return;
    expect(private_kib(file, &kib) == 0 && kib > 0,
           "private_kib of /proc/self/smaps_rollup, this very process, should be more than 0.");
    fclose(file);
}
