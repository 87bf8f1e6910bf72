/* What follows from the numbers that the system gives: a quota, and how many workers to use. */
#include "tests/suites/05-cpus.h"

#include <errno.h>
#include <math.h>

#include "05-cpus/cpus.h"
#include "tests/harness/grader.h"
#include "tests/harness/wording.h"

/* A text as it would be written in C: in one line. */
static const char *in_one_line(const char *text)
{
    char line[64];
    size_t length = 0;

    for (; *text && length < sizeof line - 2; text++) {
        if (*text == '\n' || *text == '\t' || *text == '\r')
            line[length++] = '\\';
        line[length++] = *text == '\n' ? 'n' : *text == '\t' ? 't' : *text == '\r' ? 'r' : *text;
    }
    line[length] = '\0';
    return wording("%s", line);
}

static void expect_quota(const char *function, const char *what, double got, double wanted)
{
    enum { ROUGH = 6, EXACT = 17 };
    const bool near = fabs(got - wanted) < 1e-4;

    grader_did();
    expect_at(function,
              isinf(wanted) ? isinf(got) && got > 0 : fabs(got - wanted) < 1e-9 * fmax(1, wanted),
              "%s: %s should be %s, but the answer was %.*g.%s", function, what,
              isinf(wanted) ? "no limit (INFINITY)"
                            : wording("%.*g CPUs", near ? EXACT : ROUGH, wanted),
              near ? EXACT : ROUGH, got, near ? " Is it worked out as a double?" : "");
}

static void check_quotas_v2(void)
{
    static const struct {
        const char *text;
        double quota;
    } rows[] = {{"50000 100000\n", 0.5},
                {"200000 100000", 2},
                {"100000 300000\n", 1.0 / 3},
                {"max 100000\n", INFINITY},
                {"max 100000", INFINITY},
                {"10000000000 1000000\n", 10000},
                {"1000000 4000000000\n", 0.00025},
                {"1 1\n", 1},
                {"max 1\n", INFINITY},
                {"999999999999999999 999999999999999999\n", 1},
                {"999999999999999999 100000\n", 9999999999999.9999}};

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *what = wording("cpu.max of \"%s\"", in_one_line(rows[i].text));

        expect_quota("quota_v2", what,
                     grader_call(quota_v2(rows[i].text), "quota_v2", "quota_v2, %s", what),
                     rows[i].quota);
    }
}

static void check_quotas_v1(void)
{
    static const struct {
        const char *quota, *period;
        double cpus;
    } rows[] = {{"150000\n", "100000\n", 1.5},
                {"50000", "100000\n", 0.5},
                {"50000\n", "100000", 0.5},
                {"1\n", "1\n", 1},
                {"100000\n", "300000\n", 1.0 / 3},
                {"10000000000\n", "1000000\n", 10000},
                {"-1\n", "100000\n", INFINITY},
                {"-1", "1", INFINITY},
                {"999999999999999999\n", "999999999999999999\n", 1},
                {"999999999999999999", "100000", 9999999999999.9999}};

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *what = wording("a quota of \"%s\" in a period of \"%s\"",
                                   in_one_line(rows[i].quota), in_one_line(rows[i].period));

        expect_quota(
            "quota_v1", what,
            grader_call(quota_v1(rows[i].quota, rows[i].period), "quota_v1", "quota_v1, %s", what),
            rows[i].cpus);
    }
}

/* So many digits that not every such number fits in a long: either what it says, or NAN with
 * EINVAL; but not what is left where digits are added up in a long: 50000, 100000, 0 or -1. The
 * largest long is a number like any other. NULL: no limit. */
static const struct {
    const char *quota, *period;
    double cpus;
} many_digits[] = {{"9223372036854775807", "100000", 92233720368547.758},
                   {"9223372036854775807", "9223372036854775807", 1},
                   {NULL, "9223372036854775807", INFINITY},
                   {"99999999999999999999", "100000", 1e15},
                   {"50000", "99999999999999999999", 5e-16},
                   {NULL, "99999999999999999999", INFINITY},
                   {"9223372036854775808", "100000", 92233720368547.758},
                   {"18446744073709601616", "100000", 184467440737096.02},
                   {"50000", "18446744073709651616", 50000 / 18446744073709651616.0},
                   {"50000", "18446744073709551616", 50000 / 18446744073709551616.0},
                   {"18446744073709551615", "100000", 184467440737095.52},
                   {"340282366920938463463374607431768261456", "100000", 3.402823669209385e33}};

static void expect_as_it_is(const char *what, double got, double wanted)
{
    if (isnan(got) || !(isinf(wanted) ? isinf(got) : fabs(got / wanted - 1) < 1e-9))
        grader_expect_refused(what, grader_answer_double(got), EINVAL);
}

static void check_many_digits(void)
{
    for (size_t i = 0; i < sizeof many_digits / sizeof many_digits[0]; i++) {
        const char *quota = many_digits[i].quota, *period = many_digits[i].period;
        const char *text = wording("%s %s\n", quota ? quota : "max", period);
        const char *what =
            wording("quota_v2 of \"%s\", a number of more than 18 digits,", in_one_line(text));

        grader_trying(what);
        errno = GRADER_NOT_SET;
        expect_as_it_is(what, quota_v2(text), many_digits[i].cpus);
        quota = quota ? quota : "-1";
        what = wording("quota_v1 of \"%s\" in a period of \"%s\", a number of more than 18 digits,",
                       quota, period);
        grader_trying(what);
        errno = GRADER_NOT_SET;
        expect_as_it_is(what, quota_v1(quota, period), many_digits[i].cpus);
    }
}

/* Texts that are not in the form of cpu.max. */
/* clang-format off */
static const char *const bad_v2[] = {
    "", "\n", "max", "max ", "max\n", "50000", "50000 ", "0 100000", "-1 1000", "50000 0",
    "50000 -1", "x 100", "5 y", "50000 100000 1", "5x 10", "50000,1000", "maximum 5", "max 0",
    "max x", "max 100000 1", "max -1", "5 10\n1", "5 10\n\n", "5 10 ", "5 10x", "max5 5",
    "max100000", "max\n100000", "Max 100000", "50000+100000", "50000\n100000", "50000\t100000",
    "x max 100000", "5 10\r\n", "5\r 10",
    "0x10 10", "0.5 1", "1e5 10", "inf 10", "nan 10", "-50000 -100000"};
/* clang-format on */

static void check_bad_texts_v2(void)
{
    for (size_t i = 0; i < 2 * (sizeof bad_v2 / sizeof bad_v2[0]); i++) {
        const char *text = wording("%s%s", bad_v2[i / 2], i % 2 ? "\n" : "");

        grader_refused(
            wording("quota_v2 of \"%s\", which is not in the form of cpu.max,", in_one_line(text)),
            quota_v2(text), EINVAL);
    }
    grader_refused("quota_v2 of NULL", quota_v2(NULL), EINVAL);
}

static void check_bad_texts_v1(void)
{
    static const char *const bad[][2] = {
        {"", "100000"},     {"50000", ""},     {"0", "100000"}, {"-2", "100000"},
        {"50000", "0"},     {"50000", "-1"},   {"x", "100000"}, {"50000 1", "1000"},
        {"50000", "1000x"}, {"-1", "0"},       {"-1", "x"},     {"-1", ""},
        {"-1", "1000 1"},   {"-1 1", "1000"},  {"-1x", "1000"}, {"5\n1", "1000"},
        {"5", "1000\n1"},   {"max", "100000"}, {"0.5", "1"},    {"5", "1e5"},
        {"0x10", "10"},     {"\n", "100000"},  {"50000", "\n"}, {"-50000", "-100000"},
        {"5\r\n", "1000"},  {"5", "1000\r\n"}};

    for (size_t i = 0; i < 4 * (sizeof bad / sizeof bad[0]); i++) {
        const char *quota = wording("%s%s", bad[i / 4][0], i % 2 ? "\n" : "");
        const char *period = wording("%s%s", bad[i / 4][1], i % 4 / 2 ? "\n" : "");

        grader_refused(wording("quota_v1 of a quota text \"%s\" and a period text \"%s\", which "
                               "are not both as the kernel writes them,",
                               in_one_line(quota), in_one_line(period)),
                       quota_v1(quota, period), EINVAL);
    }
    grader_refused("quota_v1 with a quota of NULL", quota_v1(NULL, "100000"), EINVAL);
    grader_refused("quota_v1 with a period of NULL", quota_v1("50000", NULL), EINVAL);
    grader_refused("quota_v1 with no limit and a period of NULL", quota_v1("-1", NULL), EINVAL);
    grader_refused("quota_v1 with no limit and a period of NULL", quota_v1("-1\n", NULL), EINVAL);
}

void test_quota(void)
{
    errno = 0;
    grader_begin_of(
        "quota_v2",
        wording("quota_v2, %s", wording("cpu.max of \"%s\"", in_one_line("50000 100000\n"))),
        !isnan(quota_v2("50000 100000\n")));
    errno = 0;
    grader_begin_of(
        "quota_v1",
        wording("quota_v1, %s", wording("a quota of \"%s\" in a period of \"%s\"",
                                        in_one_line("50000\n"), in_one_line("100000\n"))),
        !isnan(quota_v1("50000\n", "100000\n")));
    check_quotas_v2();
    check_bad_texts_v2();
    check_quotas_v1();
    check_many_digits();
    check_bad_texts_v1();
}

/* The numbers in words: "2 CPUs online, 1 CPU allowed and a quota of 0.5". */
static const char *numbers(int online, int allowed, double quota)
{
    return wording("%s online, %s allowed and a quota of %.17g", plural(online, "CPU"),
                   plural(allowed, "CPU"), quota);
}

static void expect_use(int online, int allowed, double quota, int wanted)
{
    int got = grader_call(cpus_to_use(online, allowed, quota), "cpus_to_use", "cpus_to_use with %s",
                          numbers(online, allowed, quota));

    expect(got == wanted, "With %s the number to use is %d, but cpus_to_use says %d.",
           numbers(online, allowed, quota), wanted, got);
}

static void expect_use_refused(int online, int allowed, double quota)
{
    grader_refused(wording("cpus_to_use with %s", numbers(online, allowed, quota)),
                   cpus_to_use(online, allowed, quota), EINVAL);
}

static void check_least(void)
{
    expect_use(8, 8, INFINITY, 8);
    expect_use(8, 2, INFINITY, 2);
    expect_use(2, 8, INFINITY, 2);
    expect_use(8, 2, 2.5, 2);
    expect_use(2, 8, 2.5, 2);
    expect_use(8, 3, 1.5, 2);
    expect_use(3, 8, 1.5, 2);
    expect_use(8, 8, 2, 2);
    expect_use(4, 4, 1e30, 4);
    expect_use(100000, 100000, 70000, 70000);
}

/* A hair above a whole number is a part of one more CPU; a hair below is a part of this one. */
static void check_rounding(void)
{
    expect_use(8, 8, 0.5, 1);
    expect_use(8, 8, 0.01, 1);
    expect_use(8, 8, 2.5, 3);
    expect_use(8, 8, 2.25, 3);
    expect_use(8, 8, 2.0001, 3);
    expect_use(8, 8, nextafter(2, 3), 3);
    expect_use(8, 8, nextafter(2, 1), 2);
    expect_use(8, 8, 7.5, 8);
    expect_use(8, 8, 1e-300, 1);
    expect_use(8, 8, 1e-310, 1); /* less than a double can hold with all its digits */
    expect_use(8, 8, 1, 1);
}

void test_cpus_to_use(void)
{
    grader_begin_of("cpus_to_use", wording("cpus_to_use with %s", numbers(1, 1, 1)),
                    cpus_to_use(1, 1, 1) != -1);
    check_least();
    check_rounding();
    expect_use_refused(0, 1, 1);
    expect_use_refused(-1, 1, 1);
    expect_use_refused(1, 0, 1);
    expect_use_refused(1, -1, INFINITY);
    expect_use_refused(2, 0, 0.5);
    expect_use_refused(0, 2, 0.5);
    expect_use_refused(1, 1, NAN);
    expect_use_refused(1, 1, 0);
    expect_use_refused(1, 1, -1);
    expect_use_refused(1, 1, -INFINITY);
}
