#include <fcntl.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/program/terminal.h"
#include "tests/unit/support/unit.h"

/* A terminal that nobody sits at, or NULL on a machine that has none to give (no /dev/pts). */
static FILE *open_terminal(void)
{
    int master = posix_openpt(O_RDWR | O_NOCTTY), terminal;

    if (master == -1 || grantpt(master) || unlockpt(master))
        return NULL;
    terminal = open(ptsname(master), O_RDWR | O_NOCTTY);
    return terminal == -1 ? NULL : fdopen(terminal, "w"); /* `master` lives as long as the test */
}

/* Sets an environment variable, or takes it away if `value` is NULL. */
static void set(const char *name, const char *value)
{
    ck_assert_int_eq(value ? setenv(name, value, 1) : unsetenv(name), 0);
}

static void set_all(const char *term, const char *no_color, const char *locale)
{
    set("TERM", term);
    set("NO_COLOR", no_color);
    set("LC_ALL", locale);
}

static void assert_plain(FILE *stream)
{
    struct terminal seen;

    ck_assert_ptr_nonnull(stream);
    seen = terminal_look(stream);
    ck_assert(!seen.watched);
    ck_assert(!seen.utf8);
    ck_assert(!seen.colour);
    ck_assert_str_eq(terminal_sgr(&seen, "31"), "");
    fclose(stream);
}

START_TEST(files_and_pipes_are_plain)
{
    int pipe_ends[2];

    set_all("xterm", NULL, "C.UTF-8");
    ck_assert_int_eq(pipe(pipe_ends), 0);
    assert_plain(fdopen(pipe_ends[1], "w"));
    close(pipe_ends[0]);
    assert_plain(tmpfile());
    assert_plain(fopen("/dev/null", "w"));
}
END_TEST

START_TEST(a_terminal_has_colours_unless_told_otherwise)
{
    static const struct {
        const char *term, *no_color;
        bool colour;
    } cases[] = {
        {"xterm", NULL, true}, {"xterm-256color", NULL, true},
        {"xterm", "", true},   {"xterm", "1", false},
        {"xterm", "0", false}, {"dumb", NULL, false},
        {"dumb", "", false},   {"", NULL, false},
        {NULL, NULL, false},   {"dumber", NULL, true},
    };
    FILE *terminal = open_terminal();

    for (size_t i = 0; terminal && i < sizeof cases / sizeof cases[0]; i++) {
        struct terminal seen;

        set_all(cases[i].term, cases[i].no_color, "C");
        seen = terminal_look(terminal);
        ck_assert(seen.watched);
        ck_assert_msg(seen.colour == cases[i].colour, "case %zu", i);
        ck_assert_str_eq(terminal_sgr(&seen, "0"), cases[i].colour ? "\033[0m" : "");
    }
}
END_TEST

START_TEST(a_terminal_has_utf8_if_the_locale_has)
{
    FILE *terminal = open_terminal();

    if (!terminal)
        return;
    set_all("dumb", "1", "C");
    ck_assert(!terminal_look(terminal).utf8);
    set("LC_ALL", "no_such_locale");
    ck_assert(!terminal_look(terminal).utf8);
    if (!setlocale(LC_CTYPE, "C.UTF-8"))
        return;
    setlocale(LC_CTYPE, "C"); /* that it is there is all we wanted to know */
    set("LC_ALL", "C.UTF-8");
    ck_assert(terminal_look(terminal).utf8);
    set("LC_ALL", NULL);
    set("LANG", NULL);
    set("LC_CTYPE", "C.UTF-8");
    ck_assert(terminal_look(terminal).utf8);
}
END_TEST

START_TEST(sgr_knows_its_colours)
{
    static const char *const known[] = {"0", "1", "2", "31", "32", "33", "34", "36"};
    const struct terminal colour = {.watched = true, .colour = true};
    const struct terminal plain = {.watched = true, .utf8 = true};

    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        char escape[16];

        snprintf(escape, sizeof escape, "\033[%sm", known[i]);
        ck_assert_str_eq(terminal_sgr(&colour, known[i]), escape);
        ck_assert_str_eq(terminal_sgr(&plain, known[i]), "");
    }
    ck_assert_str_eq(terminal_sgr(&colour, "no such colour"), "");
    ck_assert_str_eq(terminal_sgr(&colour, ""), "");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        files_and_pipes_are_plain,
        a_terminal_has_colours_unless_told_otherwise,
        a_terminal_has_utf8_if_the_locale_has,
        sgr_knows_its_colours,
    };

    return unit_main("terminal", tests, sizeof tests / sizeof tests[0]);
}
