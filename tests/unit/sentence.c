#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/program/columns.h"
#include "common/program/formats.h"
#include "common/program/language.h"
#include "common/program/particles.h"
#include "common/program/sentence.h"
#include "tests/unit/support/unit.h"

/* A catalogue of a language that nobody speaks, sorted as msgfmt sorts it. */
static const struct entry {
    const char *english, *other;
} entries[] = {
    {" is late", " LATE"},
    {" with errno %s", " <%s>"},
    {"%ld task", "<%ld>"},
    {"%ld CPU", "CPU:%ld"},
    {"%s failed with errno %s.", "%2$s: %1$s FAILED."},
    {"%s out of %s", "%2$s|%1$s"},
    {"Another died. Now ", "DEAD. "},
    {"It hung: all sleep.", "HUNG."},
    {"Of %d rounds %d%% are lost.", "%2$d%% LOST of %1$d."},
    {"The process %s.", "PROCESS %s."},
    {"It returned %d%s.", "RETURNED: %d%s."},
    {"It said: %s Then it left.", "LEFT after %s"},
    {"sleeps", "SLEEPS"},
    {"%d worker%s", "%1$d WORKERS%2$.0s"},
};
enum { ENTRIES = sizeof entries / sizeof entries[0] };

static int by_english(const void *a, const void *b)
{
    return strcmp(((const struct entry *)a)->english, ((const struct entry *)b)->english);
}

/* Writes texts behind the tables, and where each of them is into `table`. */
static void add(char file[], uint32_t table[][2], size_t number, const char *text, size_t *end)
{
    table[number][0] = (uint32_t)strlen(text);
    table[number][1] = (uint32_t)*end;
    memcpy(file + *end, text, strlen(text) + 1);
    *end += strlen(text) + 1;
}

/* Where a program looks first: beside itself. */
static void path_of_catalogue(char path[PATH_MAX], bool make_folders)
{
    static const char *const folders[] = {"/locale", "/xx", "/LC_MESSAGES"};
    ssize_t length = readlink("/proc/self/exe", path, PATH_MAX - 64);

    path[length > 0 ? length : 0] = '\0';
    path[strrchr(path, '/') ? strrchr(path, '/') - path : 0] = '\0';
    for (int i = 0; i < 3; i++) {
        strcat(path, folders[i]);
        if (make_folders)
            mkdir(path, 0755);
    }
    strcat(path, "/lockstep.mo");
}

/* Speaks the language, from a catalogue of `size` bytes of the one above (0: all of it). */
static void speak(size_t size)
{
    static _Alignas(uint32_t) char file[4096];
    const uint32_t head[] = {0x950412de, 0, ENTRIES + 1, 28, 28 + 8 * (ENTRIES + 1), 0, 0};
    uint32_t english[ENTRIES + 1][2], other[ENTRIES + 1][2];
    struct entry sorted[ENTRIES];
    size_t end = sizeof head + sizeof english + sizeof other;
    char path[PATH_MAX];
    FILE *out;

    memcpy(sorted, entries, sizeof sorted);
    qsort(sorted, ENTRIES, sizeof sorted[0], by_english);
    add(file, english, 0, "", &end);
    add(file, other, 0, "Content-Type: text/plain; charset=UTF-8\n", &end);
    for (size_t i = 0; i < ENTRIES; i++) {
        add(file, english, i + 1, sorted[i].english, &end);
        add(file, other, i + 1, sorted[i].other, &end);
    }
    memcpy(file, head, sizeof head);
    memcpy(file + sizeof head, english, sizeof english);
    memcpy(file + sizeof head + sizeof english, other, sizeof other);
    path_of_catalogue(path, true);
    out = fopen(path, "w");
    ck_assert_ptr_nonnull(out);
    fwrite(file, 1, size ? size : end, out);
    fclose(out);
    setenv("LOCKSTEP_LANG", "xx", 1);
    language_begin();
}

static void expect_said(const char *english, const char *other)
{
    char *said = sentence_translated(english);

    ck_assert_str_eq(said, other);
    free(said);
}

START_TEST(a_text_is_said_in_the_language_asked_for)
{
    speak(0);
    ck_assert_str_eq(tr("sleeps"), "SLEEPS");
    ck_assert_str_eq(tr("nobody knows this"), "nobody knows this");
    ck_assert_str_eq(tr(""), "");
    ck_assert_str_eq(strerror(ENOENT), "No such file or directory");
}
END_TEST

START_TEST(english_is_said_where_nothing_else_is_asked_for)
{
    unsetenv("LOCKSTEP_LANG");
    unsetenv("LC_ALL");
    unsetenv("LC_MESSAGES");
    setenv("LANG", "xx_XX", 1); /* not UTF-8 */
    language_begin();
    setenv("LOCKSTEP_LANG", "../..", 1);
    language_begin();
    setenv("LOCKSTEP_LANG", "en", 1);
    language_begin();
    ck_assert_ptr_null(language_catalogue());
    ck_assert_str_eq(tr("sleeps"), "sleeps");
    expect_said("sleeps", "sleeps");
}
END_TEST

START_TEST(a_sentence_is_known_by_its_format)
{
    speak(0);
    expect_said("Of 12 rounds 50% are lost.", "50% LOST of 12.");
    expect_said("pool out of 1 task failed with errno EIO.", "EIO: <1>|pool FAILED.");
    expect_said("map out of 3 tasks", "<3>|map");
    expect_said("map out of 1 CPU", "CPU:1|map"); /* no small letter in it */
    expect_said("3 workers", "3 WORKERS");
    expect_said("It returned -1 with errno EIO.", "RETURNED: -1 <EIO>.");
    expect_said("It returned -1 with errno EINVAL (Invalid argument).",
                "RETURNED: -1 <EINVAL (Invalid argument)>.");
    expect_said("Nobody knows. This is new.", "Nobody knows. This is new.");
    expect_said("", "");
}
END_TEST

START_TEST(sentences_stand_together)
{
    speak(0);
    expect_said("It hung: all sleep. The process sleeps. The process sleeps.",
                "HUNG. PROCESS SLEEPS. PROCESS SLEEPS.");
    expect_said("Another died. Now map out of 2 tasks failed with errno 5.",
                "DEAD. 5: <2>|map FAILED.");
    expect_said("It said: Go. Go away! Then it left.", "LEFT after Go. Go away!");
    expect_said("Something new. It hung: all sleep.", "Something new. HUNG.");
    expect_said("map out of 2 tasks is late", "<2> LATE|map");
}
END_TEST

START_TEST(what_was_made_to_be_hard_comes_to_an_end)
{
    static char text[4000];

    speak(0);
    for (size_t i = 0; i + 16 < sizeof text; i += 8)
        memcpy(text + i, " out of ", 9);
    free(sentence_translated(text));
    memset(text, '.', sizeof text - 1);
    free(sentence_translated(text));
}
END_TEST

static void list_formats(void *size)
{
    speak(*(size_t *)size);
    for (size_t i = 0; format_known(i); i++)
        ;
}

START_TEST(a_catalogue_that_is_cut_off_is_left_alone)
{
    for (size_t size = 1; size < 600; size += 13)
        ck_assert_int_eq(unit_in_child(list_formats, &size), 0);
}
END_TEST

START_TEST(particles_fit_what_stands_before)
{
    char text[] = "작업은(는) 5을(를) 3을(를) 1(으)로 map이(가) \"나무\"을(를) fork과(와) ()은(는)";

    particles_choose(text);
    ck_assert_str_eq(text, "작업은 5를 3을 1로 map이 \"나무\"를 fork와 ()은(는)");
}
END_TEST

START_TEST(a_korean_letter_takes_two_columns)
{
    ck_assert_int_eq(columns_of("abc", 3), 3);
    ck_assert_int_eq(columns_of("한글 a", strlen("한글 a")), 6);
    ck_assert_int_eq(columns_of("█é", strlen("█é")), 2);
    ck_assert_int_eq(columns_field(10, "한글"), 12);
    ck_assert_int_eq(columns_field(-10, "abc"), -10);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        a_text_is_said_in_the_language_asked_for, english_is_said_where_nothing_else_is_asked_for,
        a_sentence_is_known_by_its_format,        sentences_stand_together,
        what_was_made_to_be_hard_comes_to_an_end, a_catalogue_that_is_cut_off_is_left_alone,
        particles_fit_what_stands_before,         a_korean_letter_takes_two_columns,
    };

    char path[PATH_MAX];
    int status = unit_main("sentence", tests, sizeof tests / sizeof tests[0]);

    path_of_catalogue(path, false);
    unlink(path);
    return status;
}
