/* How a list of numbers is printed. */
#include "tests/suites/04-fifth-powers.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "04-fifth-powers/powers.h"
#include "tests/harness/grader.h"
#include "tests/harness/wording.h"

static void expect_list(const long values[], size_t n, size_t size, const char *wanted, int length)
{
    char text[64];
    int got;

    memset(text, '#', sizeof text);
    got = list_format(values, n, text, size);
    expect(got == length, "list_format should return the length of the whole text, %d, not %d.",
           length, got);
    expect(size == 0 || strcmp(text, wanted) == 0,
           "With room for %s list_format should write \"%s\", but it wrote \"%.63s\".",
           plural((long)size, "byte"), wanted, text);
    for (size_t i = size; i < sizeof text; i++)
        expect(text[i] == '#', "With room for %s list_format wrote to text[%zu].",
               plural((long)size, "byte"), i);
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
}

void test_list_cut(void)
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
    grader_refused("list_format of one value that is not there (NULL)",
                   list_format(NULL, 1, text, sizeof text), EINVAL);
    grader_refused("list_format to nowhere (NULL) with room for 1 byte",
                   list_format(values, 1, NULL, 1), EINVAL);
}
