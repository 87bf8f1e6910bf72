/* The small modules of the builder: archives, names, commands, texts, lists of included files. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "tests/judge/build/archive.h"
#include "tests/judge/build/command.h"
#include "tests/judge/build/includes.h"
#include "tests/judge/build/source.h"
#include "tests/judge/build/names.h"
#include "tests/judge/build/text.h"
#include "tests/unit/support/unit.h"

#define INDEX "/               0           0     0     0       "

/* What archive_read says of these bytes; "" if nothing. Of the names, how many there are. */
static const char *read_archive(const char *bytes, size_t size, size_t *count)
{
    struct names names = {0};
    char *copy = malloc(size); /* so that a sanitiser sees what lies outside */
    const char *wrong;

    ck_assert_ptr_nonnull(copy);
    memcpy(copy, bytes, size);
    wrong = archive_read(copy, size, &names);
    *count = names.count;
    names_free(&names);
    free(copy);
    return wrong ? wrong : "";
}

static const char *read_good_start(const char *rest, size_t size)
{
    char bytes[512] = "!<arch>\n" INDEX;
    size_t start = strlen(bytes), count;

    ck_assert_uint_le(start + size, sizeof bytes);
    memcpy(bytes + start, rest, size);
    return read_archive(bytes, start + size, &count);
}
#define GOOD_START(rest) read_good_start(rest, sizeof rest - 1)

START_TEST(an_archives_index_is_read)
{
    static const char bytes[] = "!<arch>\n" INDEX "20        `\n\0\0\0\2aaaabbbbone\0two\0more";
    struct names names = {0};

    ck_assert_ptr_null(archive_read(bytes, sizeof bytes - 1, &names));
    names_sort(&names);
    ck_assert_uint_eq(names.count, 2);
    ck_assert(names_have(&names, "one") && names_have(&names, "two"));
    names_free(&names);
}
END_TEST

START_TEST(bad_archives_are_refused)
{
    size_t count;

    ck_assert_str_eq(read_archive("x", 1, &count), "not an archive");
    ck_assert_str_eq(GOOD_START("20        "), "not an archive"); /* too short */
    ck_assert_str_eq(GOOD_START("20        `\n\0\0\0\2aaaabbbbone\0two"), "cut off");
    ck_assert_str_eq(GOOD_START("99999999999`\n\0\0\0\0"), "cut off");
    ck_assert_str_eq(GOOD_START("3         `\n\0\0\0\0"), "with a damaged index");
    ck_assert_str_eq(GOOD_START("4         `\n\0\0\0\1"), "with a damaged index");
    ck_assert_str_eq(GOOD_START("4         `\n\377\377\377\377"), "with a damaged index");
    ck_assert_str_eq(GOOD_START("8         `\n\0\0\0\1aaaa"), "with a damaged index");
    ck_assert_str_eq(GOOD_START("11        `\n\0\0\0\1aaaaone"), "with a damaged index");
    ck_assert_str_eq(GOOD_START("12        `\n\0\0\0\1aaaaone"), "cut off");
    ck_assert_str_eq(GOOD_START("12        `\n\0\0\0\1aaaaone\0"), "");
    ck_assert_str_eq(read_archive("!<arch>\none.o/          0           0     0     0       "
                                  "4         `\naaaa",
                                  72, &count),
                     "without an index");
}
END_TEST

START_TEST(names_are_kept_once)
{
    struct names names = {0};

    ck_assert(!names_have(&names, "a"));
    names_sort(&names);
    for (int i = 0; i < 1000; i++) {
        char name[16];

        snprintf(name, sizeof name, "n%d", i % 500);
        names_add(&names, name);
    }
    names_sort(&names);
    ck_assert_uint_eq(names.count, 500);
    ck_assert_str_eq(names.names[0], "n0");
    ck_assert_str_eq(names.names[499], "n99");
    ck_assert(names_have(&names, "n0") && names_have(&names, "n499") && names_have(&names, "n99"));
    ck_assert(!names_have(&names, "n500") && !names_have(&names, "n") && !names_have(&names, ""));
    names_free(&names);
    ck_assert_uint_eq(names.count, 0);
}
END_TEST

/* The files of a rule, with < and > around each. */
static const char *files_in(const char *rule)
{
    static char files[256];
    char copy[256], *rest = copy, *name;

    snprintf(copy, sizeof copy, "%s", rule);
    *files = '\0';
    while ((name = includes_next(&rest)))
        snprintf(files + strlen(files), sizeof files - strlen(files), "<%s>", name);
    return files;
}

START_TEST(included_files_are_taken_as_make_understands_them)
{
    ck_assert_str_eq(files_in(""), "");
    ck_assert_str_eq(files_in(" \n"), "");
    ck_assert_str_eq(files_in(" a.c b.h\n"), "<a.c><b.h>");
    ck_assert_str_eq(files_in(" a.c \\\n b.h \\\n  /c/d.h"), "<a.c><b.h></c/d.h>");
    ck_assert_str_eq(files_in("a\\ b c"), "<a b><c>");
    ck_assert_str_eq(files_in("a\\\tb"), "<a\tb>");
    ck_assert_str_eq(files_in("a\\\\ b"), "<a\\><b>");
    ck_assert_str_eq(files_in("a\\\\\\ b"), "<a\\ b>");
    ck_assert_str_eq(files_in("a\\\\b"), "<a\\\\b>");
    ck_assert_str_eq(files_in("a\\#b\\:c:d"), "<a#b:c:d>");
    ck_assert_str_eq(files_in("a$$b$c"), "<a$b$c>");
    ck_assert_str_eq(files_in("a$$$$b"), "<a$$b>");
    ck_assert_str_eq(files_in("a\\"), "<a\\>");
    ck_assert_str_eq(files_in("\\ a"), "< a>");
}
END_TEST

START_TEST(files_may_come_from_the_named_folders)
{
    char *names[] = {"/top/labs", "/students/Kim: 3/03-pool", "/usr/include"};
    const struct names folders = {.names = names, .count = 3};

    ck_assert(includes_allowed("/usr/include/stdio.h", &folders));
    ck_assert(includes_allowed("/top/labs/02-process/x.h", &folders));
    ck_assert(includes_allowed("/students/Kim: 3/03-pool/x.h", &folders));
    ck_assert(!includes_allowed("/students/Kim: 3/02-process/x.h", &folders));
    ck_assert(!includes_allowed("/students/Kim: 3/03-pool2/x.h", &folders));
    ck_assert(!includes_allowed("/students/Kim/x.h", &folders));
    ck_assert(!includes_allowed("/top/labs2/x", &folders));
    ck_assert(!includes_allowed("/top/solutions/03-pool/pool.c", &folders));
}
END_TEST

START_TEST(lines_are_taken_one_by_one)
{
    const char *text = "one\n\nTWO";
    struct text_line line;

    ck_assert(text_next_line(&text, &line));
    ck_assert_uint_eq(line.length, 3);
    ck_assert(text_line_has(&line, "one", false) && text_line_has(&line, "ne", false));
    ck_assert(!text_line_has(&line, "one\n", false) && !text_line_has(&line, "ones", false));
    ck_assert(text_next_line(&text, &line));
    ck_assert_uint_eq(line.length, 0);
    ck_assert(!text_line_has(&line, "T", true));
    ck_assert(text_next_line(&text, &line));
    ck_assert(text_line_has(&line, "two", true) && !text_line_has(&line, "two", false));
    ck_assert(!text_next_line(&text, &line));
}
END_TEST

static struct output output;

/* Runs the words, with one more behind them that may hold blanks. */
static int run(const char *words, const char *last)
{
    struct command command = {0};
    int status;

    output.length = 0;
    command_add_words(&command, words);
    if (last)
        command_add(&command, last);
    status = command_run(&command, &output);
    ck_assert_uint_eq(command.count, 0);
    return status;
}

START_TEST(words_are_taken_as_they_are)
{
    ck_assert_int_eq(run(" sh  -c\t", "printf '%s.' \"$0\" \"$@\" >&2"), 0);
    ck_assert_str_eq(output.text, "sh.");
    ck_assert_int_eq(run("env -- LC_ALL=C printf %s;$HOME*\"'", NULL), 0);
    ck_assert_str_eq(output.text, "");
    ck_assert_int_eq(run("sh -c", "printf 'a\\0b' >&2; echo out; cat"), 0);
    ck_assert_str_eq(output.text, "a?b");
}
END_TEST

START_TEST(paths_are_no_options)
{
    struct command command = {0};

    command_add_path(&command, "-o");
    command_add_path(&command, "@file");
    command_add_path(&command, "a b");
    command_add_path(&command, "/x");
    ck_assert_uint_eq(command.count, 4);
    ck_assert_str_eq(command.words[0], "./-o");
    ck_assert_str_eq(command.words[1], "./@file");
    ck_assert_str_eq(command.words[2], "a b");
    ck_assert_str_eq(command.words[3], "/x");
    ck_assert_ptr_null(command.words[4]);
    command_free(&command);
}
END_TEST

START_TEST(the_end_of_a_command_is_told)
{
    int status = run("sh -c", "echo bad >&2; exit 3");

    ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 3);
    ck_assert_str_eq(output.text, "bad\n");
    status = run("sh -c", "kill -KILL $$");
    ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    errno = 0;
    ck_assert_int_eq(run("/there-is-no-program", NULL), -1);
    ck_assert_int_eq(errno, ENOENT);
    errno = 0;
    ck_assert_int_eq(run("", NULL), -1);
    ck_assert_int_eq(errno, ENOENT);
}
END_TEST

START_TEST(of_a_flood_the_first_part_is_kept)
{
    ck_assert_int_eq(run("sh -c", "head -c 3000000 /dev/zero | tr '\\0' x >&2; echo end >&2"), 0);
    ck_assert_uint_eq(output.length, OUTPUT_MOST);
    ck_assert_uint_eq(strspn(output.text, "x"), OUTPUT_MOST);
    ck_assert_int_eq(output.text[OUTPUT_MOST], '\0');
}
END_TEST

#define KIND(text) source_kind(text, sizeof(text) - 1)

START_TEST(what_is_no_c_is_told_by_its_first_bytes)
{
    char junk[64];

    memset(junk, 3, sizeof junk);
    ck_assert_ptr_null(KIND(""));
    ck_assert_ptr_null(KIND("int x;\r\n\t\f /* \xea\xb0\x80 \xe4 */\n"));
    ck_assert_ptr_null(KIND("\xef\xbb\xbfint x;"));
    ck_assert_ptr_null(
        KIND("int main(void) { return 0; } /* a stray zero, at the end, of a file */\0"));
    ck_assert_ptr_nonnull(KIND("\xff\xfei\0n\0t\0"));
    ck_assert_ptr_nonnull(KIND("i\0n\0t\0"));
    ck_assert_ptr_nonnull(KIND("\177ELF\2"));
    ck_assert_ptr_nonnull(KIND("PK\003\004abc"));
    ck_assert_ptr_nonnull(source_kind(junk, sizeof junk));
}
END_TEST

START_TEST(cpp_is_told_from_c)
{
    ck_assert(source_is_cpp("// mine\n  # include  <iostream>\n"));
    ck_assert(source_is_cpp("using namespace std;"));
    ck_assert(!source_is_cpp("#include <string.h>\n#include <threads.h>\n/* using */"));
    ck_assert(!source_is_cpp(""));
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        an_archives_index_is_read,
        bad_archives_are_refused,
        names_are_kept_once,
        included_files_are_taken_as_make_understands_them,
        files_may_come_from_the_named_folders,
        what_is_no_c_is_told_by_its_first_bytes,
        cpp_is_told_from_c,
        lines_are_taken_one_by_one,
        words_are_taken_as_they_are,
        paths_are_no_options,
        the_end_of_a_command_is_told,
        of_a_flood_the_first_part_is_kept,
    };

    return unit_main("builder_parts", tests, sizeof tests / sizeof tests[0]);
}
