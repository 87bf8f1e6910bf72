#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "common/shared.h"
#include "tests/unit/support/unit.h"

START_TEST(memory_is_zero_and_fit_for_any_type)
{
    static const size_t sizes[] = {1, 3, sizeof(long), 100, 4096, 1 << 20};

    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        unsigned char *memory = shared_alloc(2, sizes[i]);
        size_t zeroes = 0;

        ck_assert_ptr_nonnull(memory);
        ck_assert_uint_eq((uintptr_t)memory % _Alignof(max_align_t), 0);
        for (size_t at = 0; at < 2 * sizes[i]; at++)
            zeroes += memory[at] == 0;
        ck_assert_uint_eq(zeroes, 2 * sizes[i]);
        memset(memory, 0xa5, 2 * sizes[i]);
        shared_free(memory);
    }
}
END_TEST

struct cell {
    struct cell *self; /* where the child found it */
    long value;
};

static void add_one(void *argument)
{
    struct cell *cell = argument;

    cell->self = cell;
    cell->value++;
}

START_TEST(parent_and_siblings_see_a_childs_writes)
{
    struct cell *cell = shared_alloc(1, sizeof *cell);

    ck_assert_ptr_nonnull(cell);
    cell->value = 40;
    ck_assert_int_eq(unit_in_child(add_one, cell), 0);
    ck_assert_int_eq(cell->value, 41);
    ck_assert_int_eq(unit_in_child(add_one, cell), 0);
    ck_assert_int_eq(cell->value, 42);
    ck_assert_ptr_eq(cell->self, cell);
    shared_free(cell);
}
END_TEST

START_TEST(nothing_asked_for_is_refused)
{
    static const size_t bad[][2] = {{0, 8}, {8, 0}, {0, 0}};

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        errno = 0;
        ck_assert_ptr_null(shared_alloc(bad[i][0], bad[i][1]));
        ck_assert_int_eq(errno, EINVAL);
    }
}
END_TEST

START_TEST(too_much_asked_for_is_refused)
{
    static const size_t bad[][2] = {
        {SIZE_MAX, 2},           /* the product does not fit */
        {SIZE_MAX / 2 + 1, 2},   /* it wraps round to 0 */
        {1, SIZE_MAX},           /* no room for the header */
        {SIZE_MAX / 1024, 1023}, /* fits a number, but no address space */
    };

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        errno = 0;
        ck_assert_ptr_null(shared_alloc(bad[i][0], bad[i][1]));
        ck_assert_int_eq(errno, ENOMEM);
    }
}
END_TEST

/* How many shared anonymous mappings this process has: the kernel calls them so. */
static int count_mappings(void)
{
    FILE *maps = fopen("/proc/self/maps", "r");
    char line[4096];
    int count = 0;

    ck_assert_ptr_nonnull(maps);
    while (fgets(line, sizeof line, maps))
        count += strstr(line, "/dev/zero") != NULL;
    fclose(maps);
    return count;
}

START_TEST(free_leaves_nothing_behind)
{
    int before = count_mappings();

    for (size_t i = 1; i <= 200; i++) {
        void *memory = shared_alloc(i, 1000);

        ck_assert_ptr_nonnull(memory);
        if (i == 1)
            ck_assert_int_eq(count_mappings(), before + 1);
        shared_free(memory);
    }
    ck_assert_int_eq(count_mappings(), before);
}
END_TEST

START_TEST(free_keeps_errno_and_allows_null)
{
    void *memory = shared_alloc(1, 1);

    ck_assert_ptr_nonnull(memory);
    errno = ERANGE;
    shared_free(memory);
    shared_free(NULL);
    ck_assert_int_eq(errno, ERANGE);
}
END_TEST

START_TEST(free_in_a_child_leaves_the_parents_memory)
{
    long *number = shared_alloc(1, sizeof *number);

    ck_assert_ptr_nonnull(number);
    *number = 7;
    ck_assert_int_eq(unit_in_child(shared_free, number), 0);
    ck_assert_int_eq(*number, 7);
    shared_free(number);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        memory_is_zero_and_fit_for_any_type,
        parent_and_siblings_see_a_childs_writes,
        nothing_asked_for_is_refused,
        too_much_asked_for_is_refused,
        free_leaves_nothing_behind,
        free_keeps_errno_and_allows_null,
        free_in_a_child_leaves_the_parents_memory,
    };

    return unit_main("shared", tests, sizeof tests / sizeof tests[0]);
}
