/* What is a number, and what is none: whoever asks for many may read their answers by a way of his
 * own. */
#include <errno.h>
#include <limits.h>
#include <string.h>

#include "tests/harness/grader.h"
#include "tests/harness/wording.h"
#include "tests/suites/11-blocking-io-support.h"

static const char *look_at(const struct blocking_way *way)
{
    return way->polled ? "settle" : "fetch_task";
}

static void check_refused(struct server *server, const struct blocking_way *way, const char *answer,
                          char zero, int error)
{
    strcpy(server->answer, answer);
    server->zero = zero;
    blocking_refused(way, look_at(way),
                     *answer == '\n' ? "The answer is an empty line"
                     : zero          ? "The answer is 12 and then a '\\0' and an x"
                                     : wording("The answer is \"%s\"", answer),
                     1, 1, error);
    server->zero = '\0';
}

static void check_number(struct server *server, const struct blocking_way *way, const char *answer,
                         long expected)
{
    const long in[1] = {1};
    long out[1] = {-1};
    int failed;

    strcpy(server->answer, answer);
    failed = grader_call(way->run(in, out, 1, 1), look_at(way), "%s of a number, answered \"%s\"",
                         way->name, answer);
    expect(!failed, "%s of a number, answered \"%s\", should succeed, but it failed with errno %s.",
           way->name, answer, error_name(errno));
    expect_at(look_at(way), out[0] == expected,
              "%s of a number, answered \"%s\", in 0 rounds: out[0] should be %ld, but it is %ld.",
              way->name, answer, expected, out[0]);
}

void blocking_check_numbers(struct server *server, const struct blocking_way *way)
{
    static const char *const bad[] = {"12x", "x",   "-",   "\n",
                                      " 12", "+12", "1 2", "9223372036854775808"};

    server_reset(server);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        check_refused(server, way, bad[i], '\0', EBADMSG);
    check_refused(server, way, "12@x", '@', EBADMSG);
    check_number(server, way, "-9223372036854775808", LONG_MIN);
    check_number(server, way, "9223372036854775807", LONG_MAX);
    check_number(server, way, "000000000000000000000000000012", 12);
    check_refused(server, way, "0000000000000000000000000000012", '\0', EMSGSIZE);
    server_reset(server);
}
