/* What follows from the numbers that the system gives: a quota, and how many workers to use. */
#include "tests/suites/05-cpus.h"

#include <errno.h>
#include <math.h>

#include "05-cpus/cpus.h"
#include "tests/harness/grader.h"
#include "tests/harness/wording.h"

static void expect_quota(const char *what, double got, double wanted)
{
    expect(isinf(wanted) ? isinf(got) && got > 0 : fabs(got - wanted) < 1e-9,
           "%s is a quota of %g CPUs, but the answer was %g.", what, wanted, got);
}

static void check_quotas(void)
{
    expect_quota("cpu.max \"50000 100000\"", quota_v2("50000 100000\n"), 0.5);
    expect_quota("cpu.max \"200000 100000\" without a newline", quota_v2("200000 100000"), 2);
    expect_quota("cpu.max \"max 100000\"", quota_v2("max 100000\n"), INFINITY);
    expect_quota("cpu.max \"10000000000 1000000\"", quota_v2("10000000000 1000000\n"), 10000);
    expect_quota("150000 in 100000 us", quota_v1("150000\n", "100000\n"), 1.5);
    expect_quota("cpu.max \"1 1\"", quota_v2("1 1\n"), 1);
    expect_quota("cpu.max \"max 1\"", quota_v2("max 1\n"), INFINITY);
    expect_quota("1 in 1 us", quota_v1("1\n", "1\n"), 1);
    expect_quota("-1 (no limit) in 100000 us", quota_v1("-1\n", "100000\n"), INFINITY);
}

static void check_bad_texts(void)
{
    static const char *const bad_v2[] = {
        "",      "max",          "50000",          "50000 ",  "0 100000",   "-1 1000",   "50000 0",
        "x 100", "5 y",          "50000 100000 1", "5x 10",   "50000,1000", "maximum 5", "max 0",
        "max x", "max 100000 1", "max -1",         "5 10\n1", "max5 5"};
    static const char *const bad_v1[][2] = {
        {"", "100000"}, {"50000", ""},   {"0", "100000"},     {"-2", "100000"},
        {"50000", "0"}, {"x", "100000"}, {"50000 1", "1000"}, {"50000", "1000x"},
        {"-1", "0"},    {"-1", "x"},     {"-1 1", "1000"},    {"5\n1", "1000"}};

    for (size_t i = 0; i < sizeof bad_v2 / sizeof bad_v2[0]; i++)
        grader_refused(wording("\"%s\" is not in the form of cpu.max: quota_v2", bad_v2[i]),
                       quota_v2(bad_v2[i]), EINVAL);
    for (size_t i = 0; i < sizeof bad_v1 / sizeof bad_v1[0]; i++)
        grader_refused(wording("A quota of \"%s\" in a period of \"%s\" is not in the form: "
                               "quota_v1",
                               bad_v1[i][0], bad_v1[i][1]),
                       quota_v1(bad_v1[i][0], bad_v1[i][1]), EINVAL);
    grader_refused("quota_v2 of NULL", quota_v2(NULL), EINVAL);
    grader_refused("quota_v1 with a quota of NULL", quota_v1(NULL, "100000"), EINVAL);
    grader_refused("quota_v1 with a period of NULL", quota_v1("50000", NULL), EINVAL);
}

void test_quota(void)
{
    errno = 0;
    grader_begin("quota_v2", !isnan(quota_v2("50000 100000\n")));
    errno = 0;
    grader_begin("quota_v1", !isnan(quota_v1("50000\n", "100000\n")));
    check_quotas();
    check_bad_texts();
}

/* The numbers in words: "2 CPUs online, 1 CPU allowed and a quota of 0.5". */
static const char *numbers(int online, int allowed, double quota)
{
    return wording("%s online, %s allowed and a quota of %g", plural(online, "CPU"),
                   plural(allowed, "CPU"), quota);
}

static void expect_use(int online, int allowed, double quota, int wanted)
{
    int got = cpus_to_use(online, allowed, quota);

    expect(got == wanted, "With %s the number to use is %d, but cpus_to_use says %d.",
           numbers(online, allowed, quota), wanted, got);
}

static void expect_use_refused(int online, int allowed, double quota)
{
    grader_refused(wording("cpus_to_use with %s", numbers(online, allowed, quota)),
                   cpus_to_use(online, allowed, quota), EINVAL);
}

void test_cpus_to_use(void)
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
