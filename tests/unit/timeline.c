#include <stdio.h>
#include <string.h>

#include "common/clock.h"
#include "common/program/timeline.h"
#include "tests/unit/support/unit.h"

enum { LENGTH_MS = 20, COLUMNS = 20, MOST = 6 };

/* What thread `tid` did from `begin` to `end`, in milliseconds. */
static struct trace_event event(int tid, enum trace_state state, int begin, int end)
{
    return (struct trace_event){
        .pid = 1, .tid = tid, .state = state, .begin = begin * NS_PER_MS, .end = end * NS_PER_MS};
}

/* The rows as text. */
static void draw(char *text, size_t size, const struct trace_event events[], size_t count)
{
    const struct terminal plain = {.watched = false};
    FILE *stream = fmemopen(text, size, "w");
    const struct timeline timeline = {.stream = stream,
                                      .terminal = &plain,
                                      .label_width = 4,
                                      .columns = COLUMNS,
                                      .length = LENGTH_MS * NS_PER_MS,
                                      .most_rows = MOST};

    ck_assert_ptr_nonnull(stream);
    ck_assert_int_eq(timeline_rows(&timeline, "who", MOST, 0, events, count), 0);
    fclose(stream);
}

START_TEST(a_row_for_each_of_two)
{
    const struct trace_event events[] = {event(1, TRACE_BLOCKED, 0, 10),
                                         event(2, TRACE_BLOCKED, 0, 10)};
    char text[1024] = "";

    draw(text, sizeof text, events, 2);
    ck_assert_str_eq(text, "  who   1  ----------\n        2  ----------\n");
}
END_TEST

START_TEST(three_alike_are_one_row)
{
    const struct trace_event events[] = {event(1, TRACE_BLOCKED, 0, 10),
                                         event(2, TRACE_BLOCKED, 0, 11),
                                         event(3, TRACE_BLOCKED, 0, 12)};
    char text[1024] = "";

    draw(text, sizeof text, events, 3);
    ck_assert_str_eq(text, "  who  x3  ----------\n");
}
END_TEST

START_TEST(who_is_three_columns_off_has_a_row)
{
    const struct trace_event events[] = {
        event(1, TRACE_BLOCKED, 0, 10), event(2, TRACE_BLOCKED, 0, 10),
        event(3, TRACE_BLOCKED, 0, 10), event(4, TRACE_BLOCKED, 0, 13),
        event(5, TRACE_LOCK, 0, 13)};
    char text[1024] = "";

    draw(text, sizeof text, events, 5);
    ck_assert_str_eq(text, "  who  x3  ----------\n"
                           "        4  -------------\n"
                           "        5  .............\n");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {a_row_for_each_of_two, three_alike_are_one_row,
                                  who_is_three_columns_off_has_a_row};

    return unit_main("timeline", tests, sizeof tests / sizeof tests[0]);
}
