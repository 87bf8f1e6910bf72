#include <sched.h>
#include <stdio.h>
#include <string.h>

#include "common/program/machine.h"
#include "tests/unit/support/unit.h"

START_TEST(cpus_are_those_of_the_affinity_mask)
{
    cpu_set_t mine, one;
    int cpus = machine_cpus();

    ck_assert_int_ge(cpus, 1);
    if (sched_getaffinity(0, sizeof mine, &mine))
        return; /* more CPUs than a cpu_set_t has room for */
    ck_assert_int_eq(cpus, CPU_COUNT(&mine));
    for (int i = 0; i < CPU_SETSIZE; i++) {
        if (!CPU_ISSET(i, &mine))
            continue;
        CPU_ZERO(&one);
        CPU_SET(i, &one);
        ck_assert_int_eq(sched_setaffinity(0, sizeof one, &one), 0);
        ck_assert_int_eq(machine_cpus(), 1);
    }
    ck_assert_int_eq(sched_setaffinity(0, sizeof mine, &mine), 0);
    ck_assert_int_eq(machine_cpus(), cpus);
}
END_TEST

START_TEST(lists_are_counted)
{
    static const struct {
        const char *list;
        int cpus;
    } cases[] = {
        {"0", 1},          {"7", 1},      {"0-3", 4},       {"0-3,8", 5},
        {"0,2,4-5,11", 5}, {"10-19", 10}, {"0-4095", 4096}, {"1024-2047,4000", 1025},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        ck_assert_int_eq(machine_count_list(cases[i].list), cases[i].cpus);
}
END_TEST

START_TEST(model_is_a_name_or_says_that_it_is_unknown)
{
    char name[512] = "";

    machine_model(name, sizeof name);
    ck_assert_uint_gt(strlen(name), 0);
    ck_assert_ptr_null(strchr(name, '\n'));
    ck_assert_int_ne(name[0], ' ');
}
END_TEST

START_TEST(model_is_cut_off_where_there_is_no_room)
{
    char whole[512], part[8];

    machine_model(whole, sizeof whole);
    memset(part, 'x', sizeof part);
    machine_model(part, 5);
    ck_assert_uint_eq(strlen(part), strlen(whole) < 4 ? strlen(whole) : 4);
    ck_assert_int_eq(strncmp(part, whole, 4), 0);
    ck_assert_int_eq(part[5], 'x');
    machine_model(part, 1);
    ck_assert_str_eq(part, "");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        cpus_are_those_of_the_affinity_mask,
        lists_are_counted,
        model_is_a_name_or_says_that_it_is_unknown,
        model_is_cut_off_where_there_is_no_room,
    };

    return unit_main("machine", tests, sizeof tests / sizeof tests[0]);
}
