#include "tests/suites/04-fifth-powers.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/harness/conformance.h"
#include "tests/harness/grader.h"

/* single_pool in the shape of the other engines. */
static int single_engine(task_fn *task, const long in[], long out[], size_t n, int workers)
{
    if (workers < 1) {
        errno = EINVAL;
        return -1;
    }
    return single_pool(task, in, out, n);
}

static const struct engine single = {"single_pool", single_engine, ENGINE_SERIAL, 1000, 1000};

static void expect_power(long in, long wanted)
{
    long out = 77;

    expect(fifth_power(in, &out) == 0 && out == wanted,
           "%ld to the fifth power is %ld, but fifth_power says %ld.", in, wanted, out);
}

static void test_power(void)
{
    long out;
    int error = fifth_power(2, &out);

    errno = error;
    grader_begin("fifth_power", error == 0);
    expect_power(0, 0);
    expect_power(1, 1);
    expect_power(-3, -243);
    expect_power(12, 248832);
    expect_power(1000, 1000000000000000);
    expect_power(6207, 6207L * 6207 * 6207 * 6207 * 6207); /* odd and long: no double has it */
}

static void expect_overflow(long in)
{
    long out = 77;
    int error = fifth_power(in, &out);

    expect(
        error == ERANGE,
        "%ld to the fifth power does not fit in a long: ERANGE (%d) is expected, but fifth_power "
        "returned %d.",
        in, ERANGE, error);
    expect(out == 77, "When fifth_power(%ld) fails it should leave *out as it was.", in);
}

static void test_overflow(void)
{
    long out;
    int error = fifth_power(2, &out);

    errno = error;
    grader_begin("fifth_power", error == 0);
    expect_power(6208, 6208L * 6208 * 6208 * 6208 * 6208);
    expect_power(-6208, -(6208L * 6208 * 6208 * 6208 * 6208));
    expect_overflow(6209);
    expect_overflow(-6209);
    expect_overflow(10000);
    expect_overflow(LONG_MAX);
    expect_overflow(LONG_MIN);
    expect_overflow(1L << 13);
    expect_overflow(1L << 32);
}

static void test_single(void)
{
    conform_begin(&single);
    conform_results(&single);
    conform_at_most(&single);
    conform_arguments(&single);
    conform_errors(&single);
}

static int task_pid(long in, long *out)
{
    *out = getpid() + 0 * in;
    return 0;
}

static void test_single_here(void)
{
    long in[3] = {0}, pids[3];

    conform_begin(&single);
    expect(single_pool(task_pid, in, pids, 3) == 0, "single_pool failed: %s.", strerror(errno));
    for (int i = 0; i < 3; i++)
        expect(pids[i] == getpid(),
               "single_pool should run every task in the calling process (PID %ld), but task %d "
               "ran in %ld.",
               (long)getpid(), i, pids[i]);
}

static void expect_list(const long values[], size_t n, size_t size, const char *wanted, int length)
{
    char text[64];
    int got;

    memset(text, '#', sizeof text);
    got = list_format(values, n, text, size);
    expect(got == length, "list_format should return the length of the whole text, %d, not %d.",
           length, got);
    expect(size == 0 || strcmp(text, wanted) == 0,
           "With room for %zu bytes list_format should write \"%s\", but it wrote \"%.63s\".", size,
           wanted, text);
    for (size_t i = size; i < sizeof text; i++)
        expect(text[i] == '#', "With room for %zu bytes list_format wrote to text[%zu].", size, i);
}

static void expect_long_list(void)
{
    enum { N = 1000 };
    static long values[N];
    static char text[N * 24], wanted[N * 24];
    size_t length = 0;

    for (int i = 0; i < N; i++) {
        values[i] = LONG_MIN + i;
        length += (size_t)sprintf(wanted + length, "%s%ld", i ? ", " : "[", values[i]);
    }
    length += (size_t)sprintf(wanted + length, "]");
    expect(list_format(values, N, text, sizeof text) == (int)length,
           "list_format of 1000 long numbers should return %zu.", length);
    expect(strcmp(text, wanted) == 0, "A list of 1000 long numbers came out wrong.");
}

static void test_list(void)
{
    static const long values[] = {1, 32, 243}, negative[] = {-1, LONG_MIN};
    char text[16];

    grader_begin("list_format", list_format(values, 1, text, sizeof text) != -1);
    expect_list(values, 3, 64, "[1, 32, 243]", 12);
    expect_list(values, 1, 64, "[1]", 3);
    expect_list(NULL, 0, 64, "[]", 2);
    expect_list(negative, 2, 64, "[-1, -9223372036854775808]", 26);
    expect_long_list();
}

static void test_list_cut(void)
{
    static const long values[] = {1, 32, 243};
    char text[16];

    grader_begin("list_format", list_format(values, 1, text, sizeof text) != -1);
    expect_list(values, 3, 13, "[1, 32, 243]", 12);
    expect_list(values, 3, 12, "[1, 32, 243", 12);
    expect_list(values, 3, 6, "[1, 3", 12);
    expect_list(values, 3, 1, "", 12);
    expect_list(values, 3, 0, "", 12);
    expect(list_format(values, 3, NULL, 0) == 12,
           "list_format with no room (NULL, 0) should return the length of the whole text, 12.");
    errno = 0;
    expect(list_format(NULL, 1, text, sizeof text) == -1 && errno == EINVAL,
           "list_format of NULL with one value should fail with EINVAL.");
    errno = 0;
    expect(list_format(values, 1, NULL, 1) == -1 && errno == EINVAL,
           "list_format to NULL with room for 1 byte should fail with EINVAL.");
}

/* clang-format off */
static const struct graded_test tests[] = {
    {"power", 1, "the fifth power", "fifth_power", test_power,
     {"Multiply by `in` five times, beginning with 1."}},
    {"overflow", 2, "a power that does not fit is ERANGE", "fifth_power", test_overflow,
     {"Look before you multiply: after an overflow it is too late.",
      "__builtin_mul_overflow(a, b, &product) returns true if the product does not fit.",
      "Work in a variable of your own; write to *out at the end."}},
    {"single", 1, "single_pool runs every task in order", "single_pool", test_single,
     {"It is lab 08's loop: run the task on each in[i], stop at the first error.",
      "A task returns its error; put it into errno and return -1."}},
    {"single-here", 1, "single_pool runs in the calling process", "single_pool", test_single_here,
     {"No fork, no pool: one process."}},
    {"multi", 1, "multi_pool runs every task", "multi_pool", test_multi,
     {"pool_open, pool_map, pool_close: see 03-pool/pool.h.",
      "pool_open wants a capacity of 1 or more: n == 0 needs no pool.",
      "pool_close may change errno: keep the map's error."}},
    {"multi-workers", 1, "multi_pool uses as many workers as asked for", "multi_pool", test_multi_workers,
     {"Hand `workers` on to pool_open.",
      "Chunk 0 lets the pool cut 12 tasks for 6 workers into chunks of 1, and 48 for 2 into chunks of 6.",
      "As many workers as asked for, even if there are fewer tasks; none for no tasks."}},
    {"multi-tidy", 1, "nothing is left behind", "multi_pool", test_multi_tidy,
     {"Every pool that was opened is closed, also when the map failed."}},
    {"list", 1, "the list is printed as Python prints it", "list_format", test_list,
     {"A comma and a blank between two numbers, none after the last.", "No numbers: []."}},
    {"list-cut", 1, "a list that is too long is cut off safely", "list_format", test_list_cut,
     {"snprintf returns the length that the text would have, even if it had to cut it off.",
      "Write only while the length so far is less than `size`.",
      "size - length must not go below 0: it is unsigned."}},
};
/* clang-format on */

const struct graded_suite graded_suite = {"04-fifth-powers", "powers.c", tests,
                                          sizeof tests / sizeof tests[0]};
