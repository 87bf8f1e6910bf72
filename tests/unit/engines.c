#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "tests/harness/engines.h"
#include "tests/unit/support/unit.h"

/* A line of labs/table, as far as engines are concerned. */
struct row {
    char lab[64], engine[64], kind[64];
};

/* Reads the next line that is not a comment. Returns false at the end. */
static bool read_row(FILE *table, struct row *row)
{
    char line[512];

    while (fgets(line, sizeof line, table))
        if (line[0] != '#' &&
            sscanf(line, "%63s %*s %*s %*s %*s %63s %63s", row->lab, row->engine, row->kind) == 3)
            return true;
    return false;
}

START_TEST(the_table_of_labs_has_the_same_engines)
{
    FILE *table = fopen("labs/table", "r");
    struct row row;
    int engines = 0;

    ck_assert_ptr_nonnull(table);
    ck_assert(read_row(table, &row)); /* the columns' names */
    ck_assert_str_eq(row.lab, "lab");
    ck_assert_str_eq(row.engine, "engine");
    ck_assert_str_eq(row.kind, "kind");
    while (read_row(table, &row)) {
        if (strcmp(row.engine, "-") == 0)
            continue;
        ck_assert_int_lt(engines, ENGINE_COUNT);
        ck_assert_str_eq(engine_table[engines].lab, row.lab);
        ck_assert_str_eq(engine_table[engines].name, row.engine);
        ck_assert_str_eq(worker_kind_name(engine_table[engines].kind), row.kind);
        engines++;
    }
    ck_assert_int_eq(engines, ENGINE_COUNT);
    fclose(table);
}
END_TEST

START_TEST(an_engine_is_found_by_its_name)
{
    for (int i = 0; i < ENGINE_COUNT; i++)
        ck_assert_ptr_eq(engine_find(engine_table[i].name), &engine_table[i]);
}
END_TEST

static void find_nothing(void *unused)
{
    (void)unused;
    engine_find("no_map");
}

START_TEST(a_name_that_is_not_there_ends_the_program)
{
    struct unit_output output;

    unit_capture(find_nothing, NULL, &output);
    ck_assert_int_ne(output.status, 0);
    ck_assert_str_eq(output.err, "tests/harness/engines.c has no engine 'no_map'\n");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        the_table_of_labs_has_the_same_engines,
        an_engine_is_found_by_its_name,
        a_name_that_is_not_there_ends_the_program,
    };

    return unit_main("engines", tests, sizeof tests / sizeof tests[0]);
}
