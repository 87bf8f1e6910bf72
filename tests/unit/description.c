#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tests/unit/support/unit.h"
#include "tests/watch/description.h"

#define COMPLETE                                                                                   \
    "compiler gcc\nfamily gcc\ncompile gcc -O2  -g\nunfinished -Wno-unused\nlink gcc\n"            \
    "check -lcheck\nsanitize -\nsystem -\nobjects build/gcc\n"

/* A file in memory that holds the text. Returns its path. */
static const char *file_of(const char *text, size_t length)
{
    static char path[32];
    int file = memfd_create("description", MFD_CLOEXEC);

    ck_assert_int_eq(write(file, text, length), (ssize_t)length);
    snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    return path;
}

START_TEST(values_are_the_rest_of_the_line)
{
    struct description description;
    static const char text[] = COMPLETE "mpi   -L/x \t-lmpi \t\n";

    ck_assert_int_eq(description_read(&description, file_of(text, strlen(text))), 0);
    ck_assert_str_eq(description_value(&description, "compiler"), "gcc");
    ck_assert_str_eq(description_value(&description, "compile"), "gcc -O2  -g");
    ck_assert_str_eq(description_value(&description, "objects"), "build/gcc");
    ck_assert_str_eq(description_value(&description, "mpi"), "-L/x \t-lmpi");
    description_free(&description);
}
END_TEST

START_TEST(none_and_unknown_are_told_apart)
{
    struct description description;

    ck_assert_int_eq(description_read(&description, file_of(COMPLETE, strlen(COMPLETE))), 0);
    ck_assert_str_eq(description_value(&description, "sanitize"), "");
    ck_assert_ptr_null(description_value(&description, "mpi"));
    ck_assert_ptr_null(description_value(&description, "compil"));
    ck_assert_ptr_null(description_value(&description, "compiler gcc"));
    description_free(&description);
}
END_TEST

START_TEST(a_last_line_may_lack_its_newline)
{
    struct description description;

    ck_assert_int_eq(description_read(&description, file_of(COMPLETE, strlen(COMPLETE) - 1)), 0);
    ck_assert_str_eq(description_value(&description, "objects"), "build/gcc");
    description_free(&description);
}
END_TEST

static void read_in_child(void *path)
{
    struct description description;

    if (description_read(&description, path) == 0)
        puts("it was read");
    else if (description.count != 0)
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
    ck_assert_msg(strstr(seen.err, "description: ") && strstr(seen.err, clue), "no '%s' in: %s",
                  clue, seen.err);
}

static void assert_text_refused(const char *text, size_t length, const char *clue)
{
    assert_refused(file_of(text, length), clue);
}

START_TEST(what_is_not_a_description_is_refused)
{
    static const char with_zero[] = COMPLETE "mpi -lm\0pi\n";
    char many[1024] = COMPLETE;

    assert_refused("/proc/self/there-is-none", "there-is-none: No such file");
    assert_refused("/proc/self", "/proc/self: Is a directory");
    assert_text_refused("", 0, "no line 'compiler'");
    assert_text_refused(COMPLETE, strlen(COMPLETE) - strlen("objects build/gcc\n"),
                        "no line 'objects'");
    assert_text_refused("compiler gcc\n\n", 14, ":2: not a key and a value");
    assert_text_refused("compiler\n", 9, ":1: not a key and a value");
    assert_text_refused("compiler  \n", 11, ":1: not a key and a value");
    assert_text_refused(" compiler gcc\n", 14, ":1: not a key and a value");
    assert_text_refused(COMPLETE "link clang\n", strlen(COMPLETE) + 11, ":10: ");
    assert_text_refused(with_zero, sizeof with_zero - 1, ":10: ");
    for (int i = 0; i < DESCRIPTION_MOST_LINES; i++)
        sprintf(many + strlen(many), "key%d x\n", i);
    assert_text_refused(many, strlen(many), ":33: ");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        values_are_the_rest_of_the_line,
        none_and_unknown_are_told_apart,
        a_last_line_may_lack_its_newline,
        what_is_not_a_description_is_refused,
    };

    return unit_main("description", tests, sizeof tests / sizeof tests[0]);
}
