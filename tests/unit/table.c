#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tests/unit/support/unit.h"
#include "tests/watch/table.h"

#define TITLES "lab place files needs flags engine kind hours counts section\n"
#define POOL   "03-pool 4 pool.c - - pool_once process 8 course 2. Pool\n"

/* A file in memory that holds the text. Returns its path. */
static const char *file_of(const char *text)
{
    static char path[32];
    int file = memfd_create("table", MFD_CLOEXEC);

    ck_assert_int_eq(write(file, text, strlen(text)), (ssize_t)strlen(text));
    snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    return path;
}

START_TEST(every_column_is_read)
{
    struct table table;
    const struct table_lab *lab;

    ck_assert_int_eq(table_read(&table, file_of("# what a lab is\n\n" TITLES POOL "  \n#\n"
                                                "12-two \t5 a.c,b_2-x.c jansson,mpi "
                                                "threads,races,engines,network,mpi - - "
                                                "1000 bonus a  section: of it \t\n")),
                     0);
    ck_assert_uint_eq(table.count, 2);
    lab = &table.labs[1];
    ck_assert_ptr_eq(table_find(&table, "12-two"), lab);
    ck_assert_str_eq(lab->lab, "12-two");
    ck_assert_int_eq(lab->place, 5);
    ck_assert_uint_eq(lab->files.count, 2);
    ck_assert_str_eq(lab->files.words[0], "a.c");
    ck_assert_str_eq(lab->files.words[1], "b_2-x.c");
    ck_assert_uint_eq(lab->needs.count, 2);
    ck_assert_str_eq(lab->needs.words[0], "jansson");
    ck_assert_str_eq(lab->needs.words[1], "mpi");
    ck_assert(lab->threads && lab->races && lab->engines && lab->network && lab->mpi);
    ck_assert_ptr_null(lab->engine);
    ck_assert_int_eq(lab->kind, TABLE_NO_ENGINE);
    ck_assert_int_eq(lab->hours, 1000);
    ck_assert(lab->bonus);
    ck_assert_str_eq(lab->section, "a  section: of it");
    table_free(&table);
}
END_TEST

START_TEST(a_dash_is_none)
{
    struct table table;
    const struct table_lab *lab;

    ck_assert_int_eq(table_read(&table, file_of(TITLES POOL)), 0);
    lab = table_find(&table, "03-pool");
    ck_assert_ptr_nonnull(lab);
    ck_assert_uint_eq(lab->needs.count, 0);
    ck_assert(!lab->threads && !lab->races && !lab->engines && !lab->network && !lab->mpi);
    ck_assert_str_eq(lab->engine, "pool_once");
    ck_assert_int_eq(lab->kind, TABLE_PROCESS);
    ck_assert(!lab->bonus);
    ck_assert_ptr_null(table_find(&table, "03"));
    ck_assert_ptr_null(table_find(&table, "03-pool2"));
    table_free(&table);
}
END_TEST

START_TEST(our_own_table_is_good)
{
    struct table table;
    const struct table_lab *pool;

    ck_assert_int_eq(table_read(&table, "labs/table"), 0);
    pool = table_find(&table, "03-pool");
    ck_assert_ptr_nonnull(pool);
    ck_assert_str_eq(pool->files.words[0], "pool.c");
    table_free(&table);
}
END_TEST

static void read_in_child(void *path)
{
    struct table table;

    if (table_read(&table, path) == 0)
        puts("it was read");
    else if (table.labs)
        puts("something is to be freed");
}

/* Reading must fail and print one line with this clue. */
static void assert_refused(const char *path, const char *clue)
{
    struct unit_output seen;
    const char *newline;

    unit_capture(read_in_child, (void *)path, &seen);
    ck_assert_int_eq(seen.status, 0);
    ck_assert_str_eq(seen.out, "");
    newline = strchr(seen.err, '\n');
    ck_assert_msg(newline && newline[1] == '\0', "not one line: %s", seen.err);
    ck_assert_msg(strstr(seen.err, "table: ") && strstr(seen.err, clue), "no '%s' in: %s", clue,
                  seen.err);
}

/* The same for a table with this one line. */
static void assert_line_refused(const char *line, const char *clue)
{
    char text[512];

    snprintf(text, sizeof text, TITLES "%s\n", line);
    assert_refused(file_of(text), clue);
}

START_TEST(what_is_not_a_table_is_refused)
{
    assert_refused("/proc/self/there-is-none", "there-is-none: No such file");
    assert_refused("/proc/self", "Is a directory");
    assert_refused(file_of(""), "no labs");
    assert_refused(file_of(TITLES), "no labs");
    assert_refused(file_of(POOL), ":1: not the line of titles");
    assert_refused(file_of("lab files place needs flags engine kind hours counts section\n" POOL),
                   ":1: not the line of titles");
    assert_refused(file_of(TITLES POOL POOL), ":3: a lab or place that was there before");
    assert_refused(file_of(TITLES POOL "04-x 4 x.c - - - - 8 course 2. Pool\n"),
                   ":3: a lab or place that was there before");
}
END_TEST

START_TEST(a_bad_column_is_named)
{
    assert_line_refused("03-pool 4 pool.c - - pool_once process 8 course", ":2: too few columns");
    assert_line_refused("../x 4 x.c - - - - 8 course x", ":2: bad column 'lab'");
    assert_line_refused("03-pool 0 x.c - - - - 8 course x", "'place'");
    assert_line_refused("03-pool 4x x.c - - - - 8 course x", "'place'");
    assert_line_refused("03-pool 99999999999999999999 x.c - - - - 8 course x", "'place'");
    assert_line_refused("03-pool 4 - - - - - 8 course x", "'files'");
    assert_line_refused("03-pool 4 x.h - - - - 8 course x", "'files'");
    assert_line_refused("03-pool 4 .c - - - - 8 course x", "'files'");
    assert_line_refused("03-pool 4 ../x.c - - - - 8 course x", "'files'");
    assert_line_refused("03-pool 4 x.c, - - - - 8 course x", "'files'");
    assert_line_refused("03-pool 4 x.c a,,b - - - 8 course x", "'needs'");
    assert_line_refused("03-pool 4 x.c a,b,c,d,e,f,g,h,i - - - 8 course x", "'needs'");
    assert_line_refused("03-pool 4 x.c - thread - - 8 course x", "'flags'");
    assert_line_refused("03-pool 4 x.c - - - process 8 course x", "'kind'");
    assert_line_refused("03-pool 4 x.c - - map - 8 course x", "'kind'");
    assert_line_refused("03-pool 4 x.c - - map fibre 8 course x", "'kind'");
    assert_line_refused("03-pool 4 x.c - - - - 1001 course x", "'hours'");
    assert_line_refused("03-pool 4 x.c - - - - 8 none x", "'counts'");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        every_column_is_read,           a_dash_is_none,        our_own_table_is_good,
        what_is_not_a_table_is_refused, a_bad_column_is_named,
    };

    return unit_main("table", tests, sizeof tests / sizeof tests[0]);
}
