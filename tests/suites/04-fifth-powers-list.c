/* How a list of numbers is printed. */
#include "tests/suites/04-fifth-powers.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "04-fifth-powers/powers.h"
#include "tests/harness/census.h"
#include "tests/harness/grader.h"
#include "tests/harness/wording.h"

static void expect_list(const long values[], size_t n, size_t size, const char *wanted, int length)
{
    const char *call = wording("list_format of %s%s with room for %s", plural((long)n, "number"),
                               values ? "" : " (NULL)", plural((long)size, "byte"));
    char text[64];
    int got;

    memset(text, '#', sizeof text);
    got = grader_call(list_format(values, n, text, size), "list_format", "%s", call);
    expect(got != -1, "%s should return %d, but it failed with errno %s.", call, length,
           error_name(errno));
    expect(size == 0 || memchr(text, '\0', size),
           "%s should end its text with '\\0' within these bytes, but it did not.", call);
    expect(size == 0 || strcmp(text, wanted) == 0,
           "%s should write \"%s\", but it wrote \"%.63s\".", call, wanted, text);
    for (size_t i = size; i < sizeof text; i++)
        expect(text[i] == '#', "%s wrote to text[%zu].", call, i);
    expect(got == length, "%s should return the length of the whole list, %d, not %d.", call,
           length, got);
}

static void expect_long_list(void)
{
    enum { N = 1000 };
    static long values[N];
    static char text[N * 24], wanted[N * 24];
    size_t length = 0;
    int got;

    for (int i = 0; i < N; i++) {
        values[i] = LONG_MIN + i;
        length += (size_t)sprintf(wanted + length, "%s%ld", i ? ", " : "[", values[i]);
    }
    length += (size_t)sprintf(wanted + length, "]");
    got = grader_call(list_format(values, N, text, sizeof text), "list_format",
                      "list_format of 1000 long numbers");
    expect(got == (int)length, "list_format of 1000 long numbers should return %zu, not %d.",
           length, got);
    expect(strcmp(text, wanted) == 0, "A list of 1000 long numbers came out wrong.");
}

/* More numbers than the program ever has. Only the length is asked for. */
static void expect_longest_list(void)
{
    enum { N = 20000, LENGTH = 22 * N };
    long *values = malloc(N * sizeof *values);
    int got;

    if (!values)
        grader_fail("The test itself went wrong: no memory.");
    for (int i = 0; i < N; i++)
        values[i] = LONG_MIN;
    got = grader_call(list_format(values, N, NULL, 0), "list_format",
                      "list_format of 20000 numbers with no room (NULL, 0)");
    expect(got == LENGTH,
           "list_format of 20000 times %ld with no room (NULL, 0) should return the length of the "
           "whole list, %d, not %d.",
           LONG_MIN, LENGTH, got);
    free(values);
}

/* Nothing stays allocated, whether the list fits or not. */
static void check_heap(void)
{
    enum { FIRST = 20, CALLS = 60 };
    static const size_t sizes[] = {64, 12, 1, 0};
    static const long values[] = {1, 32, 243};
    struct census before, after;
    char text[64];

    for (int series = 0; series < CENSUS_SERIES; series++) {
        for (int call = 0; call < FIRST + CALLS; call++) {
            if (call == FIRST)
                before = census_take();
            for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
                grader_call(list_format(values, 3, text, sizes[i]), "list_format",
                            "list_format of 3 numbers, over and over");
        }
        after = census_take();
        if (!census_heap_grew(before, after))
            return;
    }
    census_expect_heap(before, after, "list_format", 4 * CALLS);
}

/* With every size there is, from one more than it needs down to none. A list of no number or of one
 * is a list like any other. */
static void expect_cut(const long values[], size_t n)
{
    char whole[64], wanted[64] = "";
    int length = snprintf(whole, sizeof whole, "[");

    for (size_t i = 0; i < n; i++)
        length += snprintf(whole + length, sizeof whole - (size_t)length, "%s%ld", i ? ", " : "",
                           values[i]);
    length += snprintf(whole + length, sizeof whole - (size_t)length, "]");
    for (size_t size = (size_t)length + 3; size-- > 0;) {
        snprintf(wanted, size, "%s", whole);
        expect_list(values, n, size, wanted, length);
    }
}

void test_list(void)
{
    static const long values[] = {1, 32, 243}, negative[] = {-1, LONG_MIN};
    char text[16];

    grader_begin("list_format", list_format(values, 1, text, sizeof text) != -1);
    expect_list(values, 3, 64, "[1, 32, 243]", 12);
    expect_list(values, 1, 64, "[1]", 3);
    expect_list(NULL, 0, 64, "[]", 2);
    expect_list(negative, 2, 64, "[-1, -9223372036854775808]", 26);
    expect_long_list();
    expect_longest_list();
}

void test_list_cut(void)
{
    static const long values[] = {1, 32, 243}, wide[] = {LONG_MIN, LONG_MAX};
    char text[16];
    int got;

    grader_begin("list_format", list_format(values, 1, text, sizeof text) != -1);
    expect_cut(values, 3);
    expect_cut(values, 1);
    expect_cut(NULL, 0);
    expect_cut(wide, 2);
    got = grader_call(list_format(values, 3, NULL, 0), "list_format",
                      "list_format of 3 numbers with no room (NULL, 0)");
    expect(got == 12,
           "list_format with no room (NULL, 0) should return the length of the whole list, 12, not "
           "%d.",
           got);
    grader_refused("list_format of 1 number that is not there (NULL)",
                   list_format(NULL, 1, text, sizeof text), EINVAL);
    grader_refused("list_format to nowhere (NULL) with room for 1 byte",
                   list_format(values, 1, NULL, 1), EINVAL);
    check_heap();
}
