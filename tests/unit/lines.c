#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/program/lines.h"
#include "common/program/machine.h"
#include "tests/unit/support/unit.h"

/* What a function wrote to standard output: its writes, one after the other. Seen through a socket
 * that keeps each write apart. */
static struct {
    int writes;
    char text[4][1024];
} seen;

static void watch(int (*print)(void))
{
    int ends[2], real = dup(STDOUT_FILENO), result;
    ssize_t length;

    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends), 0);
    fflush(stdout);
    dup2(ends[1], STDOUT_FILENO);
    close(ends[1]);
    result = print();
    fflush(stdout); /* nothing should be in there */
    dup2(real, STDOUT_FILENO);
    close(real);
    ck_assert_int_eq(result, 0);
    memset(&seen, 0, sizeof seen);
    while (seen.writes < 4 &&
           (length = recv(ends[0], seen.text[seen.writes], sizeof seen.text[0] - 1, 0)) > 0)
        seen.writes++;
    close(ends[0]);
}

/* `print` writes this one line, in one write. */
static void assert_line(int (*print)(void), const char *line)
{
    watch(print);
    ck_assert_int_eq(seen.writes, 1);
    ck_assert_str_eq(seen.text[0], line);
}

static int print_words(void)
{
    return line_print("%d bottles of %s, %ld", 99, "beer", -1L);
}

static int print_nothing(void)
{
    return line_print("%s", "");
}

START_TEST(a_line_is_one_write)
{
    assert_line(print_words, "99 bottles of beer, -1\n");
    assert_line(print_nothing, "\n");
}
END_TEST

static int asked;

static int print_many(void)
{
    char text[1024];

    memset(text, 'x', sizeof text);
    text[asked] = '\0';
    return line_print("%s", text);
}

START_TEST(a_line_has_at_most_511_bytes)
{
    static const struct {
        int asked;
        size_t printed;
    } cases[] = {{100, 100}, {509, 509}, {510, 510}, {511, 510}, {512, 510}, {1023, 510}};

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        asked = cases[i].asked;
        watch(print_many);
        ck_assert_int_eq(seen.writes, 1);
        ck_assert_uint_eq(strlen(seen.text[0]), cases[i].printed + 1);
        ck_assert_uint_eq(strspn(seen.text[0], "x"), cases[i].printed);
        ck_assert_int_eq(seen.text[0][cases[i].printed], '\n');
    }
}
END_TEST

static int64_t run_time;

static int print_run_time(void)
{
    return line_run_time(run_time);
}

START_TEST(run_time_is_rounded_down)
{
    static const struct {
        int64_t ns;
        const char *line;
    } cases[] = {
        {0, "***run time(sec) : 0.000\n"},
        {999999, "***run time(sec) : 0.000\n"},
        {51 * NS_PER_MS, "***run time(sec) : 0.051\n"},
        {999600000, "***run time(sec) : 0.999\n"},
        {NS_PER_S - 1, "***run time(sec) : 0.999\n"},
        {NS_PER_S, "***run time(sec) : 1\n"},
        {2 * NS_PER_S - 1, "***run time(sec) : 1\n"},
        {20040 * NS_PER_MS, "***run time(sec) : 20\n"},
        {86400 * NS_PER_S, "***run time(sec) : 86400\n"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        run_time = cases[i].ns;
        assert_line(print_run_time, cases[i].line);
    }
}
END_TEST

static int print_result(void)
{
    return line_result(4999999950000000);
}

START_TEST(result_and_cores_have_the_form_of_pythons)
{
    char cores[64];

    assert_line(print_result, "Result: 4999999950000000\n");
    snprintf(cores, sizeof cores, "Number of Core : %d\n", machine_cpus());
    assert_line(line_cores, cores);
}
END_TEST

static int print_task(void)
{
    return line_task(-3);
}

/* The moment that a line_task names, in microseconds. */
static int64_t stamp_of(const char *line)
{
    struct tm local = {.tm_isdst = -1};
    const char *rest = strptime(line, "time : %Y-%m-%d %H:%M:%S", &local);

    ck_assert_ptr_nonnull(rest);
    ck_assert_int_eq(rest[0], '.');
    return mktime(&local) * 1000000LL + atol(rest + 1);
}

static int64_t now_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return now.tv_sec * 1000000LL + now.tv_nsec / 1000;
}

START_TEST(task_line_has_the_form_of_pythons)
{
    static const char pattern[] = "^time : [0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}"
                                  "\\.[0-9]{6} value :-3 PID : [0-9]+\n$";
    char pid[32];
    regex_t regex;

    ck_assert_int_eq(regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB), 0);
    watch(print_task);
    ck_assert_int_eq(seen.writes, 1);
    ck_assert_msg(regexec(&regex, seen.text[0], 0, NULL, 0) == 0, "%s", seen.text[0]);
    regfree(&regex);
    snprintf(pid, sizeof pid, "PID : %ld\n", (long)getpid());
    ck_assert_ptr_nonnull(strstr(seen.text[0], pid));
}
END_TEST

/* The time zone has no summer time: in autumn an hour would come twice. */
START_TEST(task_line_shows_the_local_time)
{
    static const char *const zones[] = {"UTC", "KST-9", "XYZ3:30"};

    for (size_t i = 0; i < sizeof zones / sizeof zones[0]; i++) {
        int64_t before, after;

        ck_assert_int_eq(setenv("TZ", zones[i], 1), 0);
        tzset();
        before = now_us();
        watch(print_task);
        after = now_us();
        ck_assert_int_ge(stamp_of(seen.text[0]), before);
        ck_assert_int_ge(after, stamp_of(seen.text[0]));
    }
}
END_TEST

static long waited_out;

static int wait_and_return(void)
{
    return task_line_then_wait(42, &waited_out);
}

START_TEST(task_line_then_wait_prints_and_waits)
{
    static const long lengths[] = {-1, 0, 30}; /* -1: nobody said, so 1000 */

    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        long ms = lengths[i] < 0 ? 1000 : lengths[i];
        int64_t begin = clock_wall();

        if (lengths[i] >= 0)
            line_set_task_ms(ms);
        waited_out = -1;
        watch(wait_and_return);
        ck_assert_int_ge(clock_wall(), begin + ms * NS_PER_MS);
        ck_assert_int_eq(seen.writes, 1);
        ck_assert_ptr_nonnull(strstr(seen.text[0], " value :42 PID : "));
        ck_assert_int_eq(waited_out, 42);
    }
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        a_line_is_one_write,
        a_line_has_at_most_511_bytes,
        run_time_is_rounded_down,
        result_and_cores_have_the_form_of_pythons,
        task_line_has_the_form_of_pythons,
        task_line_shows_the_local_time,
        task_line_then_wait_prints_and_waits,
    };

    return unit_main("lines", tests, sizeof tests / sizeof tests[0]);
}
