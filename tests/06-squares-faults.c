#include "tests/06-squares.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/grader/census.h"
#include "tests/grader/faults.h"
#include "tests/grader/grader.h"

static void delay_die(long value)
{
    if (value == 3)
        raise(SIGKILL);
    if (value == 4)
        exit(0);
}

static void check_dies(const char *name, squares_fn *squares_of)
{
    struct census before = census_take();
    long squares[N];
    int output;

    begin(name, squares_of);
    output = open_output();
    errno = 0;
    expect(squares_of(values, squares, N, output, delay_die) == -1 && errno == ECHILD,
           "A child of %s was killed before it delivered: ECHILD is expected, but errno says: %s.",
           name, strerror(errno));
    errno = 0;
    expect(
        squares_of(values + 3, squares, 1, output, delay_die) == -1 && errno == ECHILD,
        "A child of %s called exit(0) before it delivered: ECHILD is expected, but errno says: %s.",
        name, strerror(errno));
    close(output);
    census_expect_same(before, census_take(), name, 3);
}

void test_child_dies(void)
{
    check_dies("squares_one_by_one", squares_one_by_one);
    check_dies("squares_together", squares_together);
}

static void check_overflow(const char *name, squares_fn *squares_of)
{
    static const long large[] = {2, 3037000500, 3};
    char text[1024];
    long squares[3], largest = 3037000499;
    int output;

    begin(name, squares_of);
    output = open_output();
    errno = 0;
    expect(squares_of(large, squares, 3, output, NULL) == -1 && errno == ERANGE,
           "The square of 3037000500 does not fit in a long: %s should fail with ERANGE, but errno "
           "says: %s.",
           name, strerror(errno));
    expect(squares_of(&largest, squares, 1, output, NULL) == 0 && squares[0] == 9223372030926249001,
           "The square of 3037000499 fits in a long; %s says %ld.", name, squares[0]);
    read_output(output, text, sizeof text);
    expect(!strstr(text, "3037000500"), "A child whose square does not fit should print nothing.");
}

void test_overflow(void)
{
    check_overflow("squares_one_by_one", squares_one_by_one);
    check_overflow("squares_together", squares_together);
}

static void check_tidy(const char *name, squares_fn *squares_of)
{
    struct faults *faults = faults_reset();
    struct census before = {0};
    int output;

    begin(name, squares_of);
    output = open_output();
    for (int call = 1; call <= 60; call++) {
        long squares[N];
        int k = call % 4 == 3 ? 1 + call % N : 0;

        atomic_store(&faults->fork_fails_at, k);
        errno = 0;
        expect((squares_of(values, squares, N, output, NULL) == 0) == (k == 0),
               "%s should %s, errno: %s.", name, k ? "fail, as fork failed" : "succeed",
               strerror(errno));
        expect(k == 0 || errno == EAGAIN, "fork failed with EAGAIN, but errno says: %s.",
               strerror(errno));
        if (call == 4)
            before = census_take();
    }
    close(output);
    before.descriptors--;
    census_expect_same(before, census_take(), name, 60);
}

void test_tidy(void)
{
    check_tidy("squares_one_by_one", squares_one_by_one);
    check_tidy("squares_together", squares_together);
}
